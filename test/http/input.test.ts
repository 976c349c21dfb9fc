import { type AddressInfo, connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type TestApp, testApp } from '../support/app.ts';
import { expectProblem } from './problem.ts';

let app: TestApp;
beforeAll(async () => {
  app = await testApp();
});
afterAll(() => app.close());

const send = (payload: string | Buffer, type = 'application/json') =>
  app.app.inject({
    method: 'POST',
    url: '/v1/people',
    payload,
    headers: { authorization: `Bearer ${app.adminKey}`, 'content-type': type },
  });

/** Writes all of a request before it reads anything, as simple clients do. */
async function sendWhole(port: number, key: string, body: Buffer): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  const head = [
    'POST /v1/people HTTP/1.1',
    'Host: localhost',
    `Authorization: Bearer ${key}`,
    'Content-Type: application/json',
    `Content-Length: ${body.length}`,
  ];
  socket.pause();
  await new Promise<void>((resolve, reject) => {
    socket.once('error', reject);
    socket.write(`${head.join('\r\n')}\r\n\r\n`);
    const half = body.length / 2;
    socket.write(body.subarray(0, half), () => {
      // What comes late finds the server still listening.
      setImmediate(() =>
        socket.write(body.subarray(half), (error) => (error ? reject(error) : resolve())),
      );
    });
  });
  let text = '';
  for await (const chunk of socket) text += chunk;
  return text;
}

describe('a body', () => {
  test.each([
    ['null', 'null', 400],
    ['a list', '[]', 400],
    ['a number', '0', 400],
    ['broken off', '{"name":', 400],
    ['not UTF-8', Buffer.from('{"name":"\xff"}', 'latin1'), 400],
    ['with a prototype', '{"__proto__":{"a":1}}', 400],
    ['nested beyond reason', `{"name":${'['.repeat(50_000)}${']'.repeat(50_000)}}`, 400],
    ['of ten megabytes', `{"name":"${'x'.repeat(10_000_000)}"}`, 413],
  ])('that is %s is refused', async (_, body, status) => {
    expectProblem(await send(body), status);
  });

  test('of another type is refused', async () => {
    expectProblem(await send('name,email', 'text/csv'), 415, 'unsupported-media-type');
    expectProblem(await send('hello', 'text/plain'), 415);
    expectProblem(await send('{}', 'nonsense'), 415);
  });

  test('in another encoding than UTF-8 is refused, whatever its bytes', async () => {
    for (const charset of ['iso-8859-1', '"windows-1252"']) {
      const reply = await send('{}', `application/json; charset=${charset}`);
      expect(expectProblem(reply, 415, 'unsupported-media-type').detail).toContain('UTF-8');
    }
    for (const charset of ['utf-8', 'UTF-8', '"utf8"'])
      expectProblem(await send('{}', `application/json; charset=${charset}`), 400);
  });

  test('that is too large is read away before it is answered, so that the answer arrives', async () => {
    await app.app.listen({ port: 0, host: '127.0.0.1' });
    const { port } = app.app.server.address() as AddressInfo;
    const body = Buffer.alloc(3 * 1024 * 1024, 'x');
    for (let round = 0; round < 5; round += 1) {
      const reply = await sendWhole(port, app.adminKey, body);
      expect(reply).toMatch(/^HTTP\/1\.1 413 /);
    }
  });

  test('that is missing is taken for an empty one', async () => {
    const { errors } = expectProblem(await app.admin.post('/v1/people'), 400);
    expect(errors?.map(({ pointer }) => pointer)).toEqual(['/name', '/email']);
  });

  test('says where it is wrong', async () => {
    const body = { person: 'x', organization: { kind: 'planet' }, from: '2026-02-30', extra: 1 };
    const { errors } = expectProblem(await app.admin.post('/v1/assignments', body), 400);
    expect(errors?.map(({ pointer }) => pointer).sort()).toEqual([
      '/extra',
      '/from',
      '/organization/code',
      '/organization/kind',
      '/person',
      '/program',
      '/role',
    ]);
  });

  test('with countless faults is told the first hundred, and how many there are', async () => {
    const fields = Array.from({ length: 15_000 }, (_, n) => `"f${n}":1`);
    const document = expectProblem(await send(`{${fields.join()}}`), 400);
    expect([document.errors?.length, document.errorsTotal]).toEqual([100, 15_002]);
    const query = Array.from({ length: 500 }, (_, n) => `f${n}`).join('&');
    const asked = expectProblem(await app.admin.get(`/v1/people?${query}`), 400);
    expect([asked.errors?.length, asked.errorsTotal]).toEqual([100, 500]);
    const few = expectProblem(await send('{"name":"A"}'), 400);
    expect([few.errors?.length, few.errorsTotal]).toEqual([1, 1]);
  });

  test('where none is asked for is refused', async () => {
    const reply = await app.app.inject({
      method: 'DELETE',
      url: `/v1/keys/${(await app.admin.get('/v1/keys')).json().data[0].id}`,
      payload: { sure: true },
      headers: { authorization: `Bearer ${app.adminKey}`, 'if-match': '*' },
    });
    expectProblem(reply, 400);
  });
});

describe('text that cannot be stored', () => {
  test('is refused in a body, with its place', async () => {
    const bodies: [string, string][] = [
      ['{"name":"a\\u0000b","email":"a@example.org"}', '/name'],
      ['{"name":"half \\ud800","email":"a@example.org"}', '/name'],
      ['{"na\\u0000me":"a"}', ''],
    ];
    for (const [body, pointer] of bodies)
      expect(expectProblem(await send(body), 400).errors?.[0]?.pointer).toBe(pointer);
  });

  test('is refused in a query', async () => {
    const { errors } = expectProblem(await app.admin.get('/v1/people?q=a%00b'), 400);
    expect(errors?.[0]?.pointer).toBe('?q');
  });

  test('names nothing in a path', async () => {
    for (const path of ['schools/a%00b', 'people/%00', 'programs/%00', 'schools/%ff', 'schools/%'])
      expectProblem(await app.admin.get(`/v1/${path}`), 404, 'not-found');
  });
});

describe('an address', () => {
  test('that is unknown is told to key holders only', async () => {
    expectProblem(await app.as(null).get('/v1/nothing'), 401);
    expectProblem(await app.admin.get('/v1/nothing'), 404);
    expectProblem(await app.as(null).get('/nothing'), 404);
    expectProblem(await app.admin.post('/v1/nothing', { a: 1 }), 404);
  });

  test('that knows other methods says which', async () => {
    const reply = await app.admin.delete('/v1/people');
    expectProblem(reply, 405, 'method-not-allowed');
    expect(reply.headers.allow).toBe('GET, HEAD, POST');
  });
});

test('HEAD answers like GET, without a body', async () => {
  const head = await app.app.inject({ method: 'HEAD', url: '/livez' });
  expect([head.statusCode, head.body]).toEqual([200, '']);
});
