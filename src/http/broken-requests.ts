import { randomUUID } from 'node:crypto';
import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { Callers } from './callers.ts';
import { type Connections, TUNNEL } from './connections.ts';
import { MethodNotAllowedError, RequestTimeoutError } from './http-errors.ts';
import { observe } from './metrics.ts';
import { type Answer, answerTo, PROBLEM_TYPE, plain, problem } from './problems.ts';
import type { RequestLine } from './request-log.ts';

/**
 * Answers what is no request: the parser refuses it before there is anything for the framework to
 * route. It is counted, logged and answered like any other refusal.
 *
 * @param headers what every reply carries
 */
export function brokenRequests(
  callers: Callers,
  connections: Connections,
  headers: Record<string, string>,
  log: (line: RequestLine) => void,
) {
  return (error: Error & { code?: string }, socket: Socket): void => {
    if (!socket.writable || error.code === 'ECONNRESET' || connections.isReplying(socket))
      return void socket.destroy();
    const requestId = randomUUID();
    const answer = counted(callers, socket) ?? refusalOf(error.code);
    const { status, code, detail } = answer;
    const line = { method: 'none', status };
    observe({ ...line, route: 'none' }, 0);
    log({ ...line, requestId, route: null, ms: 0, actor: null });
    const body = JSON.stringify(problem(status, code, detail, requestId));
    const head = Object.entries({
      ...{ ...headers, ...answer.headers, 'x-request-id': requestId },
      'content-type': `${PROBLEM_TYPE}; charset=utf-8`,
      'content-length': String(Buffer.byteLength(body)),
      ...{ date: new Date().toUTCString(), connection: 'close' },
    }).map(([name, value]) => `${name}: ${value}`);
    socket.end(
      `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${head.join('\r\n')}\r\n\r\n${body}`,
      // Who goes on sending is not listened to.
      () => socket.destroySoon(),
    );
  };
}

function counted(callers: Callers, { remoteAddress }: Socket): Answer | null {
  try {
    callers.countAddress({ ip: remoteAddress ?? '' });
    return null;
  } catch (error) {
    return answerTo(error);
  }
}

function refusalOf(code: string | undefined): Answer {
  switch (code) {
    case 'HPE_HEADER_OVERFLOW':
      return plain(431, 'headers-too-large', 'The headers or the address are too long. Send less.');
    case 'HPE_CHUNK_EXTENSIONS_OVERFLOW':
      return plain(413, 'body-too-large', 'The extensions of a chunk are too long. Send none.');
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return answerTo(new RequestTimeoutError());
    case TUNNEL:
      return answerTo(new MethodNotAllowedError(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE']));
    default:
      return plain(
        400,
        'bad-request',
        'The request is not well-formed HTTP. Check how it is made.',
      );
  }
}
