import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import type { Request } from './request.ts';

export interface Answer {
  status: number;
  body: string;
}

/**
 * One connection that is kept open, with one request on its way at a time. It reads just what the
 * two servers of a comparison send: a body has a length, or the status has none. So little of the
 * machine goes into the load that the rest is the servers'.
 */
export class Connection {
  readonly #socket: Socket;
  #received: Buffer[] = [];
  #settle: ((answer: Answer | Error) => void) | undefined;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.setNoDelay(true);
    socket.on('data', (chunk: Buffer) => {
      this.#received.push(chunk);
      const [first] = this.#received;
      const answer = read(this.#received.length > 1 ? Buffer.concat(this.#received) : first!);
      if (answer) this.#end(answer);
    });
    socket.on('error', (error) => this.#end(error));
    socket.on('close', () => this.#end(new Error('The server closed the connection.')));
  }

  static async open(port: number): Promise<Connection> {
    const socket = connect(port, '127.0.0.1');
    await once(socket, 'connect');
    return new Connection(socket);
  }

  /** @param request its bytes, of `bytesOf` */
  async send(request: Buffer): Promise<Answer> {
    const answer = await new Promise<Answer | Error>((resolve) => {
      this.#settle = resolve;
      this.#socket.write(request);
    });
    if (answer instanceof Error) throw answer;
    return answer;
  }

  close(): void {
    this.#socket.destroy();
  }

  #end(answer: Answer | Error): void {
    const settle = this.#settle;
    this.#settle = undefined;
    this.#received = [];
    settle?.(answer);
  }
}

export function bytesOf({ method, path, headers = {}, body }: Request): Buffer {
  const all = {
    host: '127.0.0.1',
    ...headers,
    ...(body !== undefined && {
      'content-type': 'application/json',
      'content-length': String(Buffer.byteLength(body)),
    }),
  };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  return Buffer.from(`${method} ${path} HTTP/1.1\r\n${lines.join('')}\r\n${body ?? ''}`);
}

/** Undefined while a part is missing. */
function read(bytes: Buffer): Answer | undefined {
  const end = bytes.indexOf('\r\n\r\n');
  if (end === -1) return undefined;
  const head = bytes.toString('latin1', 0, end);
  const status = Number(head.slice(9, 12));
  const length = /\r\ncontent-length: (\d+)/i.exec(head)?.[1];
  if (length === undefined && status !== 304 && status !== 204)
    return { status: 0, body: `an answer without a length: ${head}` };
  const whole = end + 4 + (status === 304 ? 0 : Number(length ?? 0));
  return bytes.length < whole
    ? undefined
    : { status, body: bytes.toString('utf8', end + 4, whole) };
}
