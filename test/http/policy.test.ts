import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { sql } from 'kysely';
import type { Actor } from '../../src/actor.ts';
import type { Db } from '../../src/context.ts';
import type { KeyScope } from '../../src/db/tables.ts';
import { can, inScope, policies, type Subject, whereInScope } from '../../src/http/policy.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';

const actor = (kind: Actor['kind'], scope: KeyScope = { all: true }, program = 'p'): Actor => ({
  id: 'key:1',
  kind,
  role: `the-${kind}`,
  program,
  scope,
});
const school: Subject = { program: 'p', district: 'D1', school: 'S1' };

describe('the policy table', () => {
  test('whatever lies outside of a key’s scope does not exist for it, whatever its role', () => {
    for (const policy of Object.keys(policies) as (keyof typeof policies)[])
      for (const kind of ['state', 'coach', 'dashboard'] as const)
        expect(can(actor(kind, { schools: ['S2'] }), policy, school)).toBe('outOfScope');
  });

  test('who acts on a planning year is a coach or the state', () => {
    const kinds = ['state', 'coach', 'local', 'school', 'team', 'board', 'vendor', 'dashboard'];
    const acting = kinds.filter(
      (kind) => can(actor(kind as Actor['kind']), 'planningYears.act', school) === 'yes',
    );
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

  test('keys, people and imports need a key for everything', () => {
    expect(can(actor('state'), 'keys.manage', null)).toBe('yes');
    expect(can(actor('state', { districts: ['D1'] }), 'keys.manage', null)).toBe('no');
    expect(can(actor('coach'), 'people.manage', null)).toBe('no');
  });

  test('a key of one program does not see another program', () => {
    expect(inScope(actor('state', { all: true }, 'q'), { program: 'p' })).toBe(false);
  });

  test('what concerns the whole state is outside of a district’s scope', () => {
    expect(inScope(actor('local', { districts: ['D1'] }), { state: true })).toBe(false);
  });
});

describe('asked about a row and asked for the rows, the scope says the same', () => {
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
  const row = fc.record({ program: code, district: code, school: code });

  test('for any key and any row', async () => {
    await fc.assert(
      fc.asyncProperty(scope, fc.option(code), fc.array(row), async (scope, program, rows) => {
        const who: Actor = { id: 'x', kind: 'state', role: 'r', program, scope };
        const table = sql<(typeof rows)[number]>`jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
          as r (program text, district text, school text)`;
        const found = await db
          .selectFrom(sql<(typeof rows)[number]>`(select * from ${table})`.as<'r'>(sql.ref('r')))
          .selectAll()
          .where((eb) =>
            whereInScope(eb, who, {
              program: 'r.program',
              district: 'r.district',
              school: 'r.school',
            }),
          )
          .execute();
        expect(found).toEqual(rows.filter((each) => inScope(who, each)));
      }),
    );
  });
});
