import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { sql } from 'kysely';
import { type Actor, actorWith, type Grant, witness } from '../../src/actor.ts';
import type { Db } from '../../src/context.ts';
import type { KeyScope } from '../../src/db/tables.ts';
import { actingBy, can, inScope, rolesSeen, type Subject } from '../../src/policy/can.ts';
import { type Kind, type PolicyRow, policies } from '../../src/policy/table.ts';
import { whereCan } from '../../src/policy/where.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';

const KINDS: Kind[] = [
  ...([
    'state',
    'coach',
    'local',
    'school',
    'team',
    'board',
    'vendor',
    'dashboard',
    'webhook',
    'system',
  ] as const),
];
const grant = (kind: Kind, scope: KeyScope = { all: true }, program = 'p'): Grant => ({
  ...{ kind, role: `the-${kind}`, program, scope },
});
const actor = (...given: Parameters<typeof grant>): Actor => actorWith('key:1', grant(...given));
const person = (...grants: Grant[]): Actor => ({ id: 'person:1', person: '1', grants });
const school: Subject = { program: 'p', district: 'D1', school: 'S1' };
const rows = Object.keys(policies) as PolicyRow[];

describe('the policy table', () => {
  test('whatever lies outside of a role’s scope does not exist for it, whatever its kind', () => {
    for (const policy of rows)
      for (const kind of ['state', 'coach', 'dashboard'] as const)
        expect(can(actor(kind, { schools: ['S2'] }), policy, school)).toBe('outOfScope');
  });

  test('who acts on a planning year is a coach or the state', () => {
    const acting = KINDS.filter((kind) => can(actor(kind), 'planningYears.act', school) === 'yes');
    expect(acting).toEqual(['state', 'coach']);
  });

  test('a task is settled by its own role, or by the state', () => {
    const task = { ...school, role: 'the-school' };
    expect(can(actor('school'), 'tasks.settle', task)).toBe('yes');
    expect(can(actor('state'), 'tasks.settle', task)).toBe('yes');
    expect(can(actor('coach'), 'tasks.settle', task)).toBe('no');
    expect(can(actor('dashboard'), 'tasks.settle', task)).toBe('no');
    expect(can(actor('school'), 'tasks.settle', null)).toBe('yes');
    expect(can(actor('dashboard'), 'tasks.settle', null)).toBe('no');
  });

  test('keys, people and imports need a role for everything', () => {
    expect(can(actor('state'), 'keys.manage', null)).toBe('yes');
    expect(can(actor('state', { districts: ['D1'] }), 'keys.manage', null)).toBe('no');
    expect(can(actor('coach'), 'people.manage', null)).toBe('no');
  });

  test('a role of one program does not see another program', () => {
    expect(inScope(actor('state', { all: true }, 'q'), { program: 'p' })).toBe(false);
  });

  test('what concerns the whole state is outside of a district’s scope', () => {
    expect(inScope(actor('local', { districts: ['D1'] }), { state: true })).toBe(false);
  });

  test('a vendor is not told that another role’s task exists', () => {
    const vendor = actor('vendor');
    expect(can(vendor, 'tasks.read', { ...school, role: 'the-school' })).toBe('outOfScope');
    expect(can(vendor, 'tasks.read', { ...school, role: 'the-vendor' })).toBe('yes');
    expect(rolesSeen(vendor, school)).toEqual(['the-vendor']);
  });

  test('reminders are one’s own, so a program without a person has none', () => {
    const reminder = { ...school, person: '1' };
    const principal = person(grant('school', { schools: ['S1'] }));
    expect(can(principal, 'reminders.read', reminder)).toBe('yes');
    expect(can(principal, 'reminders.read', { ...school, person: '2' })).toBe('no');
    expect(can(actor('school'), 'reminders.read', null)).toBe('no');
  });
});

describe('somebody with several roles', () => {
  const both = person(
    grant('vendor', { schools: ['S2'] }),
    grant('coach', { schools: ['S1'] }),
    grant('school', { schools: ['S3'] }),
  );

  test('has each of them in its own place', () => {
    const at = (code: string) => can(both, 'planningYears.act', { ...school, school: code });
    expect([at('S1'), at('S2'), at('S3'), at('S4')]).toEqual(['yes', 'no', 'no', 'outOfScope']);
  });

  test('is told of everything where one role is, and of a part where another', () => {
    expect(rolesSeen(both, school)).toBeNull();
    expect(rolesSeen(both, { ...school, school: 'S2' })).toEqual(['the-vendor']);
  });

  test('acts by the role that lets them', () => {
    const acting = actingBy(both, 'planningYears.act', school);
    expect(witness(acting)).toEqual({ id: 'person:1', role: 'the-coach' });
    expect(acting.grants).toHaveLength(3);
  });
});

describe('asked about a row and asked for the rows, the policy says the same', () => {
  let database: TestDatabase;
  let db: Db;
  beforeAll(async () => {
    database = await createTestDatabase();
    db = database.db;
  });
  afterAll(() => database.drop());

  const code = fc.constantFrom('1', '2', '3');
  const scope: fc.Arbitrary<KeyScope> = fc.oneof(
    fc.constant({ all: true as const }),
    fc.record({ districts: fc.array(code, { minLength: 1 }) }),
    fc.record({ schools: fc.array(code, { minLength: 1 }) }),
  );
  const grants = fc.array(
    fc.record({ kind: fc.constantFrom(...KINDS), role: code, program: fc.option(code), scope }),
    { maxLength: 4 },
  );
  const who = fc.record({ id: fc.constant('x'), person: fc.option(code), grants });
  const row = fc.record({
    ...{ program: code, district: code, school: code, role: code },
    ...{ team: fc.boolean(), person: code, age: fc.integer({ min: 0, max: 48 }) },
  });

  test('for anybody, any row and any policy', async () => {
    await fc.assert(
      fc.asyncProperty(
        who,
        fc.constantFrom(...rows),
        fc.array(row, { maxLength: 20 }),
        async (asking, policy, given) => {
          type Row = (typeof given)[number];
          const table = sql<Row>`jsonb_to_recordset(${JSON.stringify(given)}::jsonb) as r
            (program text, district text, school text, role text, team boolean, person text, age int)`;
          const found = await db
            .selectFrom(sql<Row>`(select * from ${table})`.as<'r'>(sql.ref('r')))
            .selectAll()
            .where((eb) =>
              whereCan(eb, asking, policy, {
                ...{ program: 'r.program', district: 'r.district', school: 'r.school' },
                ...{ role: 'r.role', team: sql.ref('r.team'), person: 'r.person' },
                age: sql.ref('r.age'),
              }),
            )
            .execute();
          expect(found).toEqual(given.filter((each) => can(asking, policy, each) === 'yes'));
        },
      ),
      { numRuns: 1000 },
    );
  });
});
