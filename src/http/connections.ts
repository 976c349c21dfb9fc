import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { Socket } from 'node:net';
import { RequestTimeoutError, UnavailableError } from './http-errors.ts';

/** How long the other end of a connection may take, in milliseconds. */
export interface Patience {
  /** For the head of a request. */
  head: number;
  /** For a body of which nothing more comes. */
  stalled: number;
  /** For a request as a whole, and for a reply that is not taken. */
  whole: number;
  /** For what is still to come once the server is closing. */
  closing: number;
}

/** The code of the fault of whoever takes this for a proxy. */
export const TUNNEL = 'TUNNEL';

export const usualPatience: Patience = {
  ...{ head: 30_000, stalled: 30_000, whole: 300_000 },
  closing: 2_000,
};

/**
 * The connections of a server. None is held without end: a head, a body and a reply each move on in
 * time, or the connection is closed, with a reply where one can still be given. What is being answered
 * takes as long as it takes.
 */
export class Connections {
  readonly #patience: Patience;
  readonly #all = new Map<Socket, Progress>();
  readonly #latest = new WeakMap<Socket, ServerResponse>();
  #timer: NodeJS.Timeout | undefined;

  constructor(patience: Patience) {
    this.#patience = patience;
  }

  /** A server whose requests come by here; `listen` answers them. */
  serve(listen: RequestListener): Server {
    const { head, whole, stalled } = this.#patience;
    const every = Math.min(stalled, head) / 6;
    const answer = (request: IncomingMessage, response: ServerResponse) => {
      this.#latest.set(request.socket, response);
      listen(request, response);
    };
    const server = createServer(
      {
        keepAliveTimeout: IDLE,
        ...{ headersTimeout: head, requestTimeout: whole, connectionsCheckingInterval: every },
        // Who sends none is refused with all others, and not by the parser.
        requireHostHeader: false,
      },
      answer,
    );
    server.on('checkExpectation', answer);
    server.on('connect', (_request, socket) => {
      server.emit('clientError', Object.assign(new Error('No tunnel.'), { code: TUNNEL }), socket);
    });
    server.on('connection', (socket) => {
      this.#all.set(socket, { bytes: 0, waited: 0, refused: false });
      socket.once('close', () => this.#all.delete(socket));
    });
    server.on('listening', () => {
      this.#timer = setInterval(() => this.#look(every), every).unref();
    });
    server.on('close', () => clearInterval(this.#timer));
    return server;
  }

  /** Whether a reply has begun on a connection and not ended: nothing else may be written there. */
  isReplying(socket: Socket): boolean {
    const response = this.#latest.get(socket);
    return response?.headersSent === true && !response.writableFinished;
  }

  /** Gives whoever is still sending a little time, and then asks no longer for the rest. */
  close(): void {
    const { closing } = this.#patience;
    const refuseAll = () => {
      for (const [socket, progress] of this.#all) {
        const response = this.#latest.get(socket);
        if (response === undefined || response.writableFinished) socket.destroy();
        else if (!response.req.complete)
          refuse(
            socket,
            progress,
            response,
            new UnavailableError('The server is closing. Send it again.'),
          );
      }
    };
    setTimeout(refuseAll, closing).unref();
    // Whose reply has not ended by then has been told and does not take it.
    setTimeout(refuseAll, 1.5 * closing).unref();
  }

  /** @param every milliseconds between two looks; while the process can't look, nobody is late */
  #look(every: number): void {
    const { stalled, whole } = this.#patience;
    for (const [socket, progress] of this.#all) {
      const bytes = socket.bytesRead + socket.bytesWritten;
      const waited = bytes === progress.bytes ? progress.waited + every : 0;
      Object.assign(progress, { bytes, waited });
      const response = this.#latest.get(socket);
      const isSending = response !== undefined && !response.req.complete;
      if (isSending && waited >= stalled)
        refuse(socket, progress, response, new RequestTimeoutError());
      else if (socket.writableLength > 0 && waited >= whole) socket.destroy();
    }
  }
}

/** For the next request, in milliseconds: longer than proxies keep a connection. */
const IDLE = 72_000;

interface Progress {
  /** Read and written, when it was last looked at. */
  bytes: number;
  /** Milliseconds for which it has been so many, in looks. */
  waited: number;
  /** It was told, and the connection is to end. */
  refused: boolean;
}

/** Answers a request of which no more is awaited, as its reader does with any fault of its body. */
function refuse(
  socket: Socket,
  progress: Progress,
  { req, headersSent }: ServerResponse,
  error: Error,
): void {
  const isRead = req.listenerCount('data') > 0 && req.listenerCount('error') > 0;
  if (progress.refused || headersSent || !isRead) return void socket.destroy();
  progress.refused = true;
  req.emit('error', error);
}
