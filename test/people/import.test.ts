import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { sql } from 'kysely';
import type { DbOrTrx } from '../../src/context.ts';
import { newId } from '../../src/ids.ts';
import { expectProblem } from '../http/problem.ts';
import { csvOf, directoryFile } from '../schools/directory-file.ts';
import { type TestApp, testApp } from '../support/app.ts';
import { statementsDuring } from '../support/statements.ts';

let app: TestApp;
beforeAll(async () => {
  app = await testApp();
  await app.admin.csv('/v1/imports/schools', csvOf(directory));
});
afterAll(() => app.close());

const IMPORT = '/v1/imports/assignments';
const HEADER = 'organization,role,name,email,from,to';
const directory = directoryFile(1_000, 50);
const schools = directory.map(([code]) => code!);
const [first, second, third] = schools as [string, string, string];
const district = first.slice(0, 14);
const fileOf = (...rows: string[]) => [HEADER, ...rows].join('\n');

const state = async () => ({
  people: await app.ctx.db.selectFrom('people').selectAll().orderBy('id').execute(),
  assignments: await app.ctx.db.selectFrom('assignments').selectAll().orderBy('id').execute(),
});
const at = async (school: string, role = 'coordinator') =>
  (await app.admin.get(`/v1/assignments?school=${school}&role=${role}`)).json().data;

describe('a file of coordinators', () => {
  const file = fileOf(
    `${first},coordinator,Ann Coach,ann@example.org,2026-10-01,`,
    `${second},coordinator,Ann Coach,ANN@example.org,2026-10-01,2027-06-30`,
    `${district},district,Dan Ito,dan@example.org,2026-10-01,`,
    'ISBE,isbe,"Eve, of the state",eve@example.org,2026-10-01,',
  );

  test('is shown first, and changes nothing then', async () => {
    const before = await state();
    const shown = (await app.admin.csv(`${IMPORT}?dryRun=true`, file)).json();
    expect(shown).toMatchObject({ created: 4, ended: 0, unchanged: 0, peopleCreated: 3 });
    expect(shown.changes[0]).toEqual({
      row: 2,
      change: 'created',
      assignment: null,
      organization: { kind: 'school', code: first },
      role: 'coordinator',
      person: { id: null, name: 'Ann Coach', email: 'ann@example.org' },
      from: '2026-10-01',
      to: null,
    });
    expect(await state()).toEqual(before);
  });

  test('makes people, each once, and what they hold', async () => {
    const made = (await app.admin.csv(IMPORT, file)).json();
    expect(made).toMatchObject({ created: 4, ended: 0, unchanged: 0, peopleCreated: 3 });
    const { people } = await state();
    expect(people.map(({ name, email }) => `${name} <${email}>`).sort()).toEqual([
      'Ann Coach <ann@example.org>',
      'Dan Ito <dan@example.org>',
      'Eve, of the state <eve@example.org>',
    ]);
    const [assignment] = await at(first);
    expect(assignment).toEqual({
      id: made.changes[0].assignment,
      person: made.changes[0].person.id,
      program: 'isbe-comprehensive',
      role: 'coordinator',
      organization: { kind: 'school', code: first },
      from: '2026-10-01',
      to: null,
      demo: false,
      version: 1,
    });
    expect((await at(second))[0]).toMatchObject({ person: assignment.person, to: '2027-06-30' });
    const byRole = async (role: string) =>
      (await app.admin.get(`/v1/assignments?role=${role}`)).json().data[0].organization;
    expect(await byRole('district')).toEqual({ kind: 'district', code: district });
    expect(await byRole('isbe')).toEqual({ kind: 'state', code: 'ISBE' });
  });

  test('taken twice, changes nothing, not even a version', async () => {
    const before = await state();
    app.clock.advance({ days: 1 });
    const again = (await app.admin.csv(IMPORT, file.replaceAll('\n', '\r\n'))).json();
    expect(again).toEqual({
      created: 0,
      ended: 0,
      unchanged: 4,
      peopleCreated: 0,
      rejected: [],
      rejectedTotal: 0,
      changes: [],
    });
    expect(await state()).toEqual(before);
  });

  test('ends the coordinator before, and shows so first', async () => {
    const next = fileOf(`${first},coordinator,Bob Coach,bob@example.org,2027-01-15,`);
    const shown = (await app.admin.csv(`${IMPORT}?dryRun=true`, next)).json();
    expect(shown).toMatchObject({ created: 1, ended: 1, peopleCreated: 1 });
    const [ann] = await at(first);
    expect(ann.to).toBeNull();
    expect(shown.changes[0]).toMatchObject({
      row: 2,
      change: 'ended',
      assignment: ann.id,
      person: { id: ann.person, name: 'Ann Coach', email: 'ann@example.org' },
      to: '2027-01-14',
    });
    await app.admin.csv(IMPORT, next);
    const [before, now] = await at(first);
    expect(before).toEqual({ ...ann, to: '2027-01-14', version: 2 });
    expect(now).toMatchObject({ from: '2027-01-15', to: null });
    const old = (await app.admin.csv(IMPORT, file)).json();
    expect(old).toMatchObject({ created: 0, ended: 0, unchanged: 4 });
  });

  test('lets several people hold any other role', async () => {
    const rows = ['Pat', 'Pam'].map(
      (name) => `${first},principal,${name},${name}@example.org,2026-10-01,`,
    );
    expect((await app.admin.csv(IMPORT, fileOf(...rows))).json()).toMatchObject({ created: 2 });
    expect(await at(first, 'principal')).toHaveLength(2);
  });
});

describe('a file with bad rows', () => {
  const good = `${third},coordinator,Gus Good,gus@example.org,2026-10-01,`;
  const row = (change: Partial<Record<string, string>>) => {
    const cells = { organization: third, role: 'principal', name: 'X', email: 'x@example.org' };
    return Object.values({ ...cells, from: '2026-10-01', to: '', ...change })
      .map((cell) => `"${cell}"`)
      .join(',');
  };
  const bad: [code: string, row: string][] = [
    ['unknown-organization', row({ organization: '99-999-9999-26-9999' })],
    ['unknown-role', row({ role: 'wizard' })],
    ['misplaced-role', row({ role: 'vendor' })],
    ['misplaced-role', row({ organization: 'ISBE' })],
    ['misplaced-role', row({ organization: 'V-1', role: 'coordinator' })],
    ['bad-name', row({ name: '' })],
    ['bad-name', row({ name: 'X\r\nBcc: y@example.org' })],
    ['bad-email', row({ email: 'x' })],
    ['bad-email', row({ email: 'x@example.org,y@example.org' })],
    ['bad-email', row({ email: 'x@example.org\r\nBcc: y@example.org' })],
    ['bad-date', row({ from: '10/1/2026' })],
    ['bad-date', row({ from: '' })],
    ['bad-date', row({ to: '2027-02-29' })],
    ['to-before-from', row({ to: '2026-09-30' })],
    ['duplicate', good.replace('gus@', 'GUS@')],
    ['overlaps', good.replace('2026-10-01', '2026-11-01')],
    ['overlaps', good.replace('Gus Good,gus', 'Bob Coach,bob')],
    ['name-differs', good.replace('coordinator,Gus Good', 'principal,Gus Other')],
    ['name-differs', row({ name: 'Anne Coach', email: 'ann@example.org' })],
    [
      'to-differs',
      row({
        role: 'coordinator',
        organization: second,
        name: 'Ann Coach',
        email: 'ann@example.org',
      }),
    ],
    ['wrong-cell-count', third],
  ];
  const file = fileOf(good, ...bad.map(([, text]) => text));
  const rejected = bad.map(([code], at) => expect.objectContaining({ row: at + 3, code }));

  beforeAll(async () => {
    await app.admin.post('/v1/vendors', { code: 'V-1', name: 'Vendor' });
  });

  test('is refused whole, and every bad row is named by its line', async () => {
    const before = await state();
    const reply = await app.admin.csv(IMPORT, file);
    expect(reply.json()).toMatchObject({ code: 'rows-rejected', rejected });
    expectProblem(reply, 422, 'rows-rejected');
    expect(await state()).toEqual(before);
  });

  test('gives its good rows when asked to', async () => {
    const reply = await app.admin.csv(`${IMPORT}?partial=true`, file);
    expect(reply.json()).toMatchObject({ created: 1, peopleCreated: 1, rejected });
    expect(await at(third)).toHaveLength(1);
  });

  test('is refused for its columns', async () => {
    expectProblem(await app.admin.csv(IMPORT, 'school,role\n'), 422, 'wrong-columns');
  });
});

test('two files at once make each person and each assignment once', async () => {
  const file = fileOf(
    ...[3, 4, 5].map((n) => `${schools[n]},coordinator,Kim,kim@example.org,2026-10-01,`),
  );
  const replies = await Promise.all([1, 2, 3].map(() => app.admin.csv(IMPORT, file)));
  expect(replies.map((reply) => reply.json().created).sort()).toEqual([0, 0, 3]);
});

test('somebody whom another request adds at the same moment is not added twice', async () => {
  const { db, clock } = app.ctx;
  const file = fileOf(`${schools[6]},principal,Lee,lee@example.org,2026-10-01,`);
  const waiting = await db.transaction().execute(async (trx) => {
    const person = { id: newId(clock.now()), name: 'Lee', email: 'Lee@example.org' };
    await trx
      .insertInto('people')
      .values({ ...person, demo: false, version: 1, createdAt: clock.now() })
      .execute();
    const reply = app.admin.csv(IMPORT, file);
    while ((await waitingFor(trx)) === 0) await setTimeout(5);
    return { reply };
  });
  expectProblem(await waiting.reply, 409, 'people-changed');
  expect((await app.admin.csv(IMPORT, file)).json()).toMatchObject({
    created: 1,
    peopleCreated: 0,
  });
});

/** How many wait for somebody else's transaction. */
async function waitingFor(db: DbOrTrx): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select count(*)::int from pg_stat_activity
    where datname = current_database() and wait_event_type = 'Lock'`.execute(db);
  return rows[0]!.count;
}

test('a thousand schools get their coordinators in a few statements', async () => {
  const rows = schools.map((school, n) => {
    const coach = `Coach ${n % 40},coach-${n % 40}@example.org`;
    return `${school},coordinator,${coach},2027-07-01,`;
  });
  const principals = schools.map(
    (school, n) => `${school},principal,Head ${n},head-${n}@example.org,2027-07-01,2028-06-30`,
  );
  const file = fileOf(...rows, ...principals);
  for (const expected of [{ created: 2_000, peopleCreated: 1_040 }, { unchanged: 2_000 }]) {
    const statements = await statementsDuring(async () => {
      const result = (await app.admin.csv(IMPORT, file)).json();
      expect(result).toMatchObject({ ...expected, rejected: [] });
      expect(result.changes.length).toBeLessThanOrEqual(1_000);
    });
    expect(statements).toBeGreaterThan(5);
    expect(statements).toBeLessThan(50);
  }
});

test('only the state imports', async () => {
  const coordinator = app.as(await app.keyFor({ role: 'coordinator' }));
  expectProblem(await coordinator.csv(IMPORT, fileOf()), 403);
});
