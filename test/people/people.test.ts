import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { expectProblem } from '../http/problem.ts';
import { type TestApp, testApp } from '../support/app.ts';

let app: TestApp;
beforeAll(async () => {
  app = await testApp();
});
afterAll(() => app.close());

const maria = { name: 'Maria Lopez', email: 'Maria.Lopez@example.org' };

test('a person is added, shown, and changed', async () => {
  const added = await app.admin.post('/v1/people', maria);
  const { id } = added.json();
  expect([added.statusCode, added.headers.location]).toEqual([201, `/v1/people/${id}`]);
  expect(added.json()).toEqual({ id, ...maria, demo: false, version: 1 });
  const path = `/v1/people/${id}`;
  expect((await app.admin.get(path)).json()).toEqual(added.json());
  const changed = await app.admin.patch(path, { name: 'Maria Diaz' }, { 'if-match': '"v1"' });
  expect(changed.json()).toEqual({ id, ...maria, name: 'Maria Diaz', demo: false, version: 2 });
  const found = (await app.admin.get('/v1/people?q=DIAZ')).json().data;
  expect(found).toEqual([changed.json()]);
  expect((await app.admin.get('/v1/people?q=%25')).json().data).toEqual([]);
});

test('an address belongs to one person, however it is written', async () => {
  await app.admin.post('/v1/people', { name: 'A', email: 'taken@example.org' });
  const again = { name: 'B', email: 'TAKEN@example.org' };
  expectProblem(await app.admin.post('/v1/people', again), 409, 'email-taken');
  const other = (await app.admin.post('/v1/people', { name: 'B', email: 'b@example.org' })).json();
  const change = { email: 'Taken@Example.org' };
  const path = `/v1/people/${other.id}`;
  expectProblem(await app.admin.patch(path, change, { 'if-match': '*' }), 409, 'email-taken');
  const own = { email: 'B@example.org' };
  expect((await app.admin.patch(path, own, { 'if-match': '*' })).statusCode).toBe(200);
});

describe('is refused:', () => {
  test.each([
    ['a comma in the address', { email: 'a@example.org,b@example.org' }, '/email'],
    ['a line break in the address', { email: 'a@example.org\nBcc: b@example.org' }, '/email'],
    ['an address without a domain', { email: 'a' }, '/email'],
    ['a NUL character in the address', { email: 'a\0@example.org' }, '/email'],
    ['a line break in the name', { name: 'A\r\nBcc: b@example.org' }, '/name'],
    ['a NUL character in the name', { name: 'A\0' }, '/name'],
    ['an empty name', { name: '  ' }, '/name'],
    ['a name without end', { name: 'x'.repeat(201) }, '/name'],
    ['a number for a name', { name: 7 }, '/name'],
  ])('%s', async (_, more, pointer) => {
    const body = { name: 'A', email: 'new@example.org', ...more };
    const { errors } = expectProblem(await app.admin.post('/v1/people', body), 400);
    expect(errors?.map((each) => each.pointer)).toContain(pointer);
  });

  test('a change that changes nothing', async () => {
    const { id } = (
      await app.admin.post('/v1/people', { name: 'C', email: 'c@example.org' })
    ).json();
    expectProblem(await app.admin.patch(`/v1/people/${id}`, {}, { 'if-match': '*' }), 400);
  });
});
