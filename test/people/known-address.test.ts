import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { csvOf, directoryFile } from '../schools/directory-file.ts';
import { type Client, type TestApp, testApp } from '../support/app.ts';

/** Whoever types an address that is known here learns nothing of whose it is. */
const [[school], [other]] = directoryFile(2, 2) as [string[], string[]];
const program = 'isbe-comprehensive';
let app: TestApp;
let principal: Client;
let stranger: string;

beforeAll(async () => {
  app = await testApp({ now: '2026-11-10T15:00:00Z' });
  await app.admin.csv('/v1/imports/schools', csvOf(directoryFile(2, 2)));
  principal = app.as(await app.keyFor({ role: 'principal', scope: { schools: [school!] } }));
  const person = { name: 'Roberta Secret', email: 'r.s@example.org' };
  stranger = (await app.admin.post('/v1/people', person)).json().id;
  await give(app.admin, { person: stranger, organization: { kind: 'school', code: other } });
});
afterAll(() => app.close());

const give = (by: Client, more: object) =>
  by.post('/v1/assignments', {
    ...{ program, role: 'slt', from: '2026-11-01', organization: { kind: 'school', code: school } },
    ...more,
  });

const everythingTold = async (by: Client) =>
  (
    await Promise.all(
      [
        `/v1/people/${stranger}`,
        '/v1/people?limit=1000',
        '/v1/people?q=r.s',
        '/v1/people?q=Typed',
        '/v1/assignments?limit=1000',
        `/v1/assignments?person=${stranger}`,
        `/v1/people/${stranger}/preferences`,
        '/v1/reminders?limit=1000',
      ].map(async (url) => (await by.get(url)).body),
    )
  ).join('\n');

test('a principal who gives a role to a known address is told the name that was typed', async () => {
  const typed = { name: 'Typed By Hand', email: 'R.S@example.org' };
  const reply = await give(principal, { person: typed });
  expect([reply.statusCode, reply.json().person]).toEqual([201, stranger]);
  const told = `${reply.body}${await everythingTold(principal)}`;
  expect(told).toContain('Typed By Hand');
  expect(told).not.toContain('Secret');
});

test('and finds nobody by parts of the name that is not told', async () => {
  for (const q of ['Secret', 'Roberta', 'a S'])
    expect((await principal.get(`/v1/people?q=${encodeURIComponent(q)}`)).json().data).toEqual([]);
  expect((await principal.get('/v1/people?q=by%20hand')).json().data).toHaveLength(1);
});

test('the same in a hand-over', async () => {
  const newcomer = { name: 'New Here', email: 'new@example.org' };
  const { id } = (await give(principal, { person: newcomer })).json();
  const more = { name: 'Paula Hidden', email: 'p.h@example.org' };
  await app.admin.post('/v1/people', more);
  const reply = await principal.post(
    `/v1/assignments/${id}/hand-over`,
    { successor: { name: 'As Typed', email: 'p.h@example.org' }, from: '2026-12-01' },
    { 'if-match': '*' },
  );
  expect(reply.statusCode).toBe(201);
  expect(`${reply.body}${await everythingTold(principal)}`).not.toContain('Hidden');
});

test('the state is told the person’s own name, and so is the principal once the state has named them there', async () => {
  expect((await app.admin.get(`/v1/people/${stranger}`)).json().name).toBe('Roberta Secret');
  await give(app.admin, { person: stranger, from: '2026-01-01', to: '2026-01-31' });
  expect((await principal.get(`/v1/people/${stranger}`)).json().name).toBe('Roberta Secret');
});

test('whom a principal has added is called as the principal has added them', async () => {
  const own = { name: 'Own Member', email: 'own@example.org' };
  const { person } = (await give(principal, { person: own })).json();
  expect((await principal.get(`/v1/people/${person}`)).json().name).toBe('Own Member');
  expect((await app.admin.get(`/v1/people/${person}`)).json().name).toBe('Own Member');
});
