import { once } from 'node:events';
import { Agent, get } from 'node:http';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { pino } from 'pino';
import { buildApp } from '../../src/app.ts';
import { openDatabase } from '../../src/db/database.ts';
import type { App } from '../../src/http/app.ts';
import { BOOTSTRAP_KEY, clientOf, type TestApp, testApp, testContext } from '../support/app.ts';
import { createTestDatabase } from '../support/database.ts';
import { expectProblem } from './problem.ts';

const portOf = (server: { address(): unknown }) => (server.address() as AddressInfo).port;

describe('while the database is gone', () => {
  let proxy: Server;
  const links = new Set<Socket>();
  let down = false;
  let app: App;
  let close: () => Promise<void>;

  beforeAll(async () => {
    const { url, drop } = await createTestDatabase();
    const behind = new URL(url);
    proxy = createServer((client) => {
      if (down) return void client.destroy();
      const server = connect(Number(behind.port), behind.hostname);
      for (const [from, to] of [[client, server] as const, [server, client] as const]) {
        links.add(from);
        from.on('error', () => to.destroy()).on('close', () => to.destroy());
        from.pipe(to);
      }
    }).listen(0, '127.0.0.1');
    await once(proxy, 'listening');
    const front = new URL(url);
    front.host = `127.0.0.1:${portOf(proxy)}`;
    const context = await testContext();
    const db = openDatabase(front.href, pino({ level: 'silent' }));
    app = await buildApp({ ...context.ctx, db });
    close = async () => {
      await app.close();
      await db.destroy();
      await context.drop();
      proxy.close();
      await drop();
    };
  });
  afterAll(() => close());

  test('requests are put off with 503 and Retry-After, and then answered again', async () => {
    const admin = clientOf(app, BOOTSTRAP_KEY);
    expect((await admin.get('/v1/people')).statusCode).toBe(200);

    down = true;
    for (const link of links) link.destroy();
    for (const path of ['/v1/people', '/readyz']) {
      const reply = await admin.get(path);
      expectProblem(reply, 503, 'unavailable');
      expect(Number(reply.headers['retry-after'])).toBeGreaterThan(0);
    }
    const person = { name: 'A', email: 'a@example.org' };
    expectProblem(await admin.post('/v1/people', person), 503);
    expect((await admin.get('/livez')).statusCode).toBe(200);

    down = false;
    expect((await admin.post('/v1/people', person)).statusCode).toBe(201);
    expect((await admin.get('/readyz')).statusCode).toBe(200);
  });
});

describe('over real connections', () => {
  let app: TestApp;
  let port: number;
  beforeAll(async () => {
    app = await testApp();
    await app.app.listen({ port: 0, host: '127.0.0.1' });
    port = portOf(app.app.server);
  });
  afterAll(() => app.close());

  const body = JSON.stringify({ name: 'A', email: 'halfway@example.org' });
  const request = (length: number, content: string) =>
    [
      'POST /v1/people HTTP/1.1',
      'Host: localhost',
      `Authorization: Bearer ${BOOTSTRAP_KEY}`,
      'Content-Type: application/json',
      'Idempotency-Key: halfway',
      `Content-Length: ${length}`,
      '',
      content,
    ].join('\r\n');
  const people = () => app.ctx.db.selectFrom('people').select('id').execute();

  test('a client that hangs up in mid-request leaves nothing behind', async () => {
    const socket = connect(port, '127.0.0.1');
    await once(socket, 'connect');
    socket.write(request(body.length, body.slice(0, 10)));
    await new Promise((resolve) => setTimeout(resolve, 50));
    socket.destroy();
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(await people()).toEqual([]);
  });

  test('one that does not wait for the answer finds it under its key, and done once', async () => {
    const socket = connect(port, '127.0.0.1');
    await once(socket, 'connect');
    socket.write(request(body.length, body), () => socket.destroy());
    await new Promise((resolve) => setTimeout(resolve, 100));
    const again = await app.as(BOOTSTRAP_KEY).post('/v1/people', JSON.parse(body), {
      'idempotency-key': 'halfway',
    });
    expect(again.statusCode).toBe(201);
    expect(await people()).toHaveLength(1);
  });

  test('what is no HTTP gets a problem document all the same', async () => {
    const socket = connect(port, '127.0.0.1');
    await once(socket, 'connect');
    socket.end('NONSENSE\r\n\r\n');
    const chunks = await socket.toArray();
    const [head, document] = Buffer.concat(chunks).toString().split('\r\n\r\n');
    expect(head).toContain('400');
    expect(head).toContain('application/problem+json');
    expect(JSON.parse(document!)).toMatchObject({ status: 400, code: 'bad-request' });
  });

  test('a NUL character in a header is refused', async () => {
    const socket = connect(port, '127.0.0.1');
    await once(socket, 'connect');
    socket.end('GET /livez HTTP/1.1\r\nHost: a\0b\r\n\r\n');
    expect(Buffer.concat(await socket.toArray()).toString()).toContain('400');
  });
});

test('closing waits for nobody who only keeps a connection open, and answers who is asking', async () => {
  const { app, close, ctx } = await testApp();
  await app.listen({ port: 0, host: '127.0.0.1' });
  const agent = new Agent({ keepAlive: true });
  const path = `http://127.0.0.1:${portOf(app.server)}/readyz`;
  const ask = async () => {
    const [response] = await once(get(path, { agent }), 'response');
    await response.toArray();
    return response;
  };
  expect((await ask()).headers.connection).toBe('keep-alive');

  // One request is under way, held up by the database, when the server is told to close.
  const gate = Promise.withResolvers<void>();
  const held = ctx.db.transaction().execute(async () => gate.promise);
  const others = Array.from({ length: 19 }, () =>
    ctx.db.transaction().execute(async () => gate.promise),
  );
  const arrived = once(app.server, 'request');
  const asking = ask();
  await arrived;
  const closing = app.close();
  gate.resolve();
  const response = await asking;
  expect([response.statusCode, response.headers.connection]).toEqual([200, 'close']);
  await closing;
  await Promise.all([held, ...others]);
  agent.destroy();
  await close();
});
