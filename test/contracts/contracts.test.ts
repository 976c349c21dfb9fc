import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { actorOfPerson } from '../../src/people/actor-of-person.ts';
import { expectProblem } from '../http/problem.ts';
import { type TestApp, testApp } from '../support/app.ts';
import { DISTRICT, openTestYears } from '../support/years.ts';

const ANY = { 'if-match': '*' };
let app: TestApp;
let year: string;
let person: string;

beforeAll(async () => {
  app = await testApp({ now: '2026-10-15T15:00:00Z' });
  [year] = (await openTestYears(app.ctx, 2)) as [string];
  await app.admin.post('/v1/vendors', { code: 'V-1', name: 'Partners' });
  const reply = await app.admin.post('/v1/assignments', {
    person: { name: 'Vera', email: 'vera@example.org' },
    program: app.ctx.programs.all[0]!.id,
    role: 'vendor',
    organization: { kind: 'vendor', code: 'V-1' },
    from: '2026-10-01',
  });
  person = reply.json().person;
});
afterAll(() => app.close());

const reachOn = async (day: string) => {
  app.clock.set(`${day}T15:00:00Z`);
  const actor = await actorOfPerson(app.ctx.db, app.ctx, person);
  return actor?.grants.map(({ kind, scope }) => ({ kind, scope })) ?? null;
};

test('a vendor reaches a school from the day of the proposal to the contract’s last day', async () => {
  const wanted = { vendor: 'V-1', planningYear: year, proposedOn: '2026-11-02' };
  const reply = await app.admin.post('/v1/contracts', wanted);
  expect(reply.statusCode).toBe(201);
  const contract = reply.json();
  expect(contract).toMatchObject({ vendor: { code: 'V-1', name: 'Partners' }, signedOn: null });
  const there = [{ kind: 'vendor', scope: { schools: [`${DISTRICT}-0000`] } }];
  expect(await reachOn('2026-11-01')).toBeNull();
  expect(await reachOn('2026-11-02')).toEqual(there);

  const path = `/v1/contracts/${contract.id}`;
  expectProblem(await app.admin.patch(path, { signedOn: '2026-11-20' }), 428);
  const signed = await app.admin.patch(path, { signedOn: '2026-11-20' }, { 'if-match': '"v1"' });
  expect(signed.json()).toMatchObject({ signedOn: '2026-11-20', to: null, version: 2 });
  expectProblem(await app.admin.patch(path, { to: '2026-11-19' }, ANY), 400);
  await app.admin.patch(path, { to: '2027-05-31' }, ANY);
  expect(await reachOn('2027-05-31')).toEqual(there);
  expect(await reachOn('2027-06-01')).toBeNull();
  expectProblem(await app.admin.post('/v1/contracts', wanted), 409, 'contract-exists');
});

test('a contract is between what exists, and seen where it is', async () => {
  const reply = await app.admin.post('/v1/contracts', {
    ...{ vendor: 'V-9', planningYear: person, proposedOn: '2026-11-02' },
  });
  const pointers = expectProblem(reply, 400).errors?.map(({ pointer }) => pointer);
  expect(pointers).toEqual(['/vendor', '/planningYear']);
  const at = async (code: string) =>
    app.as(await app.keyFor({ role: 'principal', scope: { schools: [code] } }));
  const listed = (await (await at(`${DISTRICT}-0000`)).get('/v1/contracts')).json().data;
  expect(listed).toHaveLength(1);
  const elsewhere = await at(`${DISTRICT}-0001`);
  expect((await elsewhere.get('/v1/contracts')).json().data).toEqual([]);
  expectProblem(await elsewhere.get(`/v1/contracts/${listed[0].id}`), 404);
});

test('a vendor’s code is nobody else’s, and roles of vendors are held at vendors alone', async () => {
  expectProblem(await app.admin.post('/v1/vendors', { code: DISTRICT, name: 'X' }), 400);
  expectProblem(await app.admin.post('/v1/vendors', { code: 'V-1', name: 'X' }), 409, 'code-taken');
  const reply = await app.admin.patch('/v1/vendors/V-1', { name: 'Partners, Inc.' }, ANY);
  expect(reply.json()).toEqual({ code: 'V-1', name: 'Partners, Inc.', version: 2 });
  for (const [role, kind, code] of [
    ['principal', 'vendor', 'V-1'],
    ['vendor', 'school', `${DISTRICT}-0000`],
    ['vendor', 'district', DISTRICT],
    ['vendor', 'state', 'ISBE'],
  ]) {
    const wrong = await app.admin.post('/v1/assignments', {
      ...{ person, program: app.ctx.programs.all[0]!.id, role, from: '2026-10-01' },
      organization: { kind, code },
    });
    expect(expectProblem(wrong, 400).errors?.map(({ pointer }) => pointer)).toEqual(['/role']);
  }
});
