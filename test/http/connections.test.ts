import { once } from 'node:events';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { pino } from 'pino';
import { problemSchema } from '../../src/http/schemas.ts';
import { BOOTSTRAP_KEY, type TestApp, testApp } from '../support/app.ts';
import { until } from '../support/until.ts';

/** Connections as they come from the net: slow, broken, and by other clients than ours. */
let app: TestApp;
let port: number;
const lines: string[] = [];
const PATIENCE = { head: 600, stalled: 600, whole: 3_000, closing: 300 };
beforeAll(async () => {
  const log = pino({ level: 'info' }, { write: (line: string) => void lines.push(line) });
  app = await testApp({ patience: PATIENCE, log, limits: { perKey: 1e9, perAddress: 1e9 } });
  port = await listening(app);
});
afterAll(() => app.close());

async function listening({ app }: TestApp): Promise<number> {
  await app.listen({ port: 0, host: '127.0.0.1' });
  return (app.server.address() as AddressInfo).port;
}

async function opened(to = port): Promise<Socket> {
  const socket = connect(to, '127.0.0.1');
  socket.on('error', () => {});
  await once(socket, 'connect');
  return socket;
}

/** What comes back until the connection ends. */
async function rest(socket: Socket): Promise<string> {
  let text = '';
  socket.on('data', (chunk) => {
    text += chunk;
  });
  if (!socket.closed) await once(socket, 'close');
  return text;
}

async function raw(text: string, to = port): Promise<string> {
  const socket = await opened(to);
  socket.end(text, 'latin1');
  return rest(socket);
}

const head = (more: string[], line = 'POST /v1/people HTTP/1.1') =>
  [line, 'Host: localhost', `Authorization: Bearer ${BOOTSTRAP_KEY}`, ...more, '', ''].join('\r\n');
const JSON_BODY = ['Content-Type: application/json', 'Content-Length: 1000'];

/** Holds a reply to what every refusal promises, whoever has refused. */
function expectRefusal(reply: string, status: number): void {
  const [top = '', body = ''] = reply.split('\r\n\r\n');
  const headers = top.toLowerCase();
  expect(top.split('\r\n')[0]).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
  for (const header of [
    ...['content-type: application/problem+json; charset=utf-8', 'x-content-type-options: nosniff'],
    ...["content-security-policy: default-src 'self'", 'x-frame-options: sameorigin'],
  ])
    expect(headers).toContain(header);
  const document = problemSchema.parse(JSON.parse(body));
  expect(document.status).toBe(status);
  expect(headers).toContain(`x-request-id: ${document.requestId}`);
}

const logged = async (status: number, since: number) =>
  until(() =>
    lines.slice(since).some((line) => {
      const entry = JSON.parse(line);
      return entry.msg === 'request' && entry.status === status;
    }),
  );

describe('is refused like everything else, with a document, headers for browsers, and a line in the log:', () => {
  const HTTP = [
    ['no HTTP at all', 'NONSENSE\r\n\r\n', 400],
    ['a broken request line', 'GET /v1/people NONSENSE\r\n\r\n', 400],
    ['a request of the oldest kind', 'GET /v1/people\r\n\r\n', 401],
    ['a method that there is not', 'FETCH /v1/people HTTP/1.1\r\nHost: a\r\n\r\n', 400],
    ['a version that there is not', 'GET /v1/people HTTP/9.9\r\nHost: a\r\n\r\n', 400],
    ['a NUL in a header', 'GET /v1/people HTTP/1.1\r\nHost: a\0b\r\n\r\n', 400],
    ['a header without a name', 'GET /v1/people HTTP/1.1\r\nHost: a\r\n: x\r\n\r\n', 400],
    ['a blank before a colon', 'GET /v1/people HTTP/1.1\r\nHost : a\r\n\r\n', 400],
    [
      'a length that is none',
      'POST /v1/people HTTP/1.1\r\nHost: a\r\nContent-Length: x\r\n\r\n',
      400,
    ],
    [
      'a body of two lengths',
      'POST /v1/people HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
      400,
    ],
    [
      'headers too large',
      `GET /v1/people HTTP/1.1\r\nHost: a\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`,
      431,
    ],
    [
      'an address too long',
      `GET /v1/people?q=${'x'.repeat(20_000)} HTTP/1.1\r\nHost: a\r\n\r\n`,
      431,
    ],
    ['a tunnel', 'CONNECT example.org:443 HTTP/1.1\r\nHost: example.org\r\n\r\n', 405],
    [
      'an expectation',
      'GET /v1/people HTTP/1.1\r\nHost: a\r\nExpect: wonders\r\nConnection: close\r\n\r\n',
      401,
    ],
    [
      'an upgrade',
      'GET /v1/people HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n',
      401,
    ],
    ...['%ff', '%', '%zz', '%E0%A4%A', '%C0%80'].map(
      (name) =>
        [
          `an address with ${name}`,
          `GET /v1/people/${name} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`,
          401,
        ] as const,
    ),
    ...['PROPFIND', 'PURGE', 'MKCOL', 'OPTIONS', 'TRACE', 'QUERY'].map(
      (method) =>
        [
          `the method ${method}`,
          `${method} /v1/people HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`,
          401,
        ] as const,
    ),
    [
      'a whole address',
      'GET http://example.org/v1/people HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n',
      401,
    ],
    ['an asterisk', 'OPTIONS * HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n', 404],
    [
      'a very long name',
      `GET /v1/people/${'x'.repeat(9_000)} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`,
      401,
    ],
  ] as const;

  test.each(HTTP)('%s', async (_, text, status) => {
    const since = lines.length;
    expectRefusal(await raw(text), status);
    await logged(status, since);
  });

  test('with a key, names that are badly escaped or too long are not found', async () => {
    for (const name of ['%ff', '%', 'x'.repeat(9_000)])
      expectRefusal(await raw(head(['Connection: close'], `GET /v1/people/${name} HTTP/1.1`)), 404);
  });

  test('with a key, a request for nobody’s host', async () => {
    const text = `GET /v1/people HTTP/1.1\r\nAuthorization: Bearer ${BOOTSTRAP_KEY}\r\nConnection: close\r\n\r\n`;
    expectRefusal(await raw(text), 400);
  });

  test('and is counted: an address that sends too many is put off', async () => {
    const few = await testApp({ patience: PATIENCE, limits: { perKey: 1e9, perAddress: 5 } });
    const at = await listening(few);
    const statuses = [];
    for (let n = 0; n < 8; n += 1) {
      const reply = await raw('NONSENSE\r\n\r\n', at);
      statuses.push(reply.slice(9, 12));
      if (n >= 5) expectRefusal(reply, 429);
    }
    expect(statuses).toEqual([...Array(5).fill('400'), ...Array(3).fill('429')]);
    await few.close();
  });
});

describe('is not held without end:', () => {
  test('a connection on which nothing is asked', async () => {
    expectRefusal(await rest(await opened()), 408);
  });

  test('one whose head never ends, however slowly it comes', async () => {
    const socket = await opened();
    const reply = rest(socket);
    socket.write('GET /v1/people HTTP/1.1\r\n');
    while (!socket.closed) {
      socket.write('X: y\r\n');
      await setTimeout(100);
    }
    expectRefusal(await reply, 408);
  });

  test('a body of which nothing more comes', async () => {
    const since = lines.length;
    const socket = await opened();
    socket.write(`${head(JSON_BODY)}{"name":`);
    expectRefusal(await rest(socket), 408);
    await logged(408, since);
  });

  test('a body that trickles', async () => {
    const socket = await opened();
    const reply = rest(socket);
    socket.write(head(JSON_BODY));
    while (!socket.closed) {
      socket.write(' ');
      await setTimeout(100);
    }
    expectRefusal(await reply, 408);
  });

  test('a body that trickles behind a refusal', async () => {
    const socket = await opened();
    const reply = rest(socket);
    socket.write('POST /v1/people HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\n');
    while (!socket.closed) {
      socket.write(' ');
      await setTimeout(100);
    }
    expect(await reply).toMatch(/^HTTP\/1\.1 401 /);
  });

  test('a body that is too large and stops coming', async () => {
    const socket = await opened();
    socket.write(`${head(['Content-Type: application/json', 'Content-Length: 9000000'])}{`);
    expect(await rest(socket)).toMatch(/^HTTP\/1\.1 (408|413) |^$/);
  });

  test('but one that moves on is waited for', async () => {
    const socket = await opened();
    const reply = rest(socket);
    const body = JSON.stringify({ name: 'Slow', email: 'slow@example.org' });
    const size = ['Content-Type: application/json', `Content-Length: ${body.length}`];
    socket.write(head([...size, 'Connection: close']));
    // Longer in all than one may stall.
    for (const part of body.match(/.{1,8}/g)!) {
      socket.write(part);
      await setTimeout(150);
    }
    expect(await reply).toMatch(/^HTTP\/1\.1 201 /);
  });
});

test('closing waits a little for what is still being sent, and no longer', async () => {
  const closing = await testApp({
    patience: { ...PATIENCE, head: 60_000, stalled: 60_000, whole: 60_000 },
  });
  const at = await listening(closing);
  const sockets = await Promise.all(Array.from({ length: 5 }, () => opened(at)));
  const [silent, halfHead, halfBody, tooLarge, refused] = sockets as [
    Socket,
    Socket,
    Socket,
    Socket,
    Socket,
  ];
  halfHead.write('GET /v1/people HTTP/1.1\r\nHost: a\r\n');
  halfBody.write(`${head(JSON_BODY)}{"name":`);
  tooLarge.write(`${head(['Content-Type: application/json', 'Content-Length: 9000000'])}{`);
  refused.write('POST /v1/people HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\n{');
  const replies = Promise.all([silent, halfHead, halfBody, tooLarge, refused].map(rest));
  await setTimeout(200);
  await closing.close();
  const told = await replies;
  expectRefusal(told[2]!, 503);
  expect(told[4]).toMatch(/^HTTP\/1\.1 401 /);
});
