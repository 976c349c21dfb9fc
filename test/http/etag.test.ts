import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { FastifyRequest } from 'fastify';
import type { InvalidInputError } from '../../src/errors.ts';
import { etagOf, requireMatch } from '../../src/http/etag.ts';
import { type TestApp, testApp } from '../support/app.ts';
import { expectProblem } from './problem.ts';

const ifMatch = (header?: string) =>
  ({ headers: header === undefined ? {} : { 'if-match': header } }) as unknown as FastifyRequest;

describe('If-Match', () => {
  test.each([
    ['the tag itself', '"v7.ab12"'],
    ['a tag of yesterday, when only the suffix differs', '"v7.old"'],
    ['a tag without suffix', '"v7"'],
    ['anything', '*'],
    ['one of several tags', '"v6", "v7"'],
    ['a tag that nginx has weakened', 'W/"v7.ab12"'],
    ['a tag of Apache', '"v7-gzip"'],
    ['a tag of Caddy', '"v7.ab12-zstd"'],
    ['a tag of Jetty, weakened', 'W/"v7--gzip"'],
  ])('lets a write through with %s', (_, header) => {
    expect(() => requireMatch(ifMatch(header), 7)).not.toThrow();
  });

  test.each([
    ['an older version', '"v6.ab12"'],
    ['a longer number', '"v70"'],
    ['an older version, compressed', 'W/"v6-gzip"'],
    ['a coding that is none', '"v7-pdf"'],
    ['a foreign tag', '"x"'],
  ])('refuses %s', (_, header) => {
    expect(() => requireMatch(ifMatch(header), 7)).toThrow('the current version, which is 7');
  });

  test.each(['v7', '"v7', 'v7, "v7"', '', '*, "v7"'])('%j is no list of tags', (header) => {
    expect(() => requireMatch(ifMatch(header), 7)).toThrow('list of ETags');
  });

  test('that is none is told by its name', () => {
    try {
      requireMatch(ifMatch('v7'), 7);
    } catch (error) {
      expect((error as InvalidInputError).details.errors).toEqual([
        { pointer: 'If-Match', detail: expect.any(String) },
      ]);
    }
    expect.assertions(1);
  });

  test('is needed', () => {
    expect(() => requireMatch(ifMatch(), 7)).toThrow('send If-Match');
  });
});

test('a tag names the version and what else a reader sees', () => {
  expect([etagOf(7), etagOf(7, 'ab12', 'x')]).toEqual(['"v7"', '"v7.ab12.x"']);
});

describe('a resource', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await testApp();
  });
  afterAll(() => app.close());

  const added = async (email: string) =>
    (await app.admin.post('/v1/people', { name: 'A', email })).json().id as string;

  test('is not sent again to whoever has it', async () => {
    const path = `/v1/people/${await added('a@example.org')}`;
    const { etag } = (await app.admin.get(path)).headers;
    const again = await app.admin.get(path, { 'if-none-match': `"other", W/${etag}` });
    expect([again.statusCode, again.body, again.headers.etag]).toEqual([304, '', etag]);
    for (const tag of [etag!.replace(/"$/, '-gzip"'), `W/${etag!.replace(/"$/, '-br"')}`])
      expect((await app.admin.get(path, { 'if-none-match': tag })).statusCode).toBe(304);
    expect((await app.admin.get(path, { 'if-none-match': '"v9"' })).statusCode).toBe(200);
  });

  test('is written only by whoever knows its version, and after the input was found good', async () => {
    const path = `/v1/people/${await added('b@example.org')}`;
    const write = (headers: Record<string, string>, body: object = { name: 'B' }) =>
      app.admin.patch(path, body, headers);
    expectProblem(await write({}, { nme: 'B' }), 400);
    expectProblem(await write({}), 428, 'precondition-required');
    expect(expectProblem(await write({ 'if-match': '"v2"' }), 412).currentVersion).toBe(1);
    const reply = await write({ 'if-match': '"v1"' });
    expect([reply.statusCode, reply.headers.etag]).toEqual([200, '"v2"']);
    expectProblem(await write({ 'if-match': '"v1"' }), 412, 'stale-version');
    expect((await write({ 'if-match': '*' })).headers.etag).toBe('"v3"');
  });
});
