import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { sql } from 'kysely';
import { findBreaker, isFree, mayTry } from '../../src/delivery/breaker.ts';
import { openWard, type Poison, type Ward } from './support/poison.ts';

/**
 * One row made wrong, as whoever owns the database can: everybody else's reads, writes, scans and mails
 * go on, what is broken is named, and the command mends it. `npm run verify -- poison` tries every
 * column.
 */

let ward: Ward;
beforeAll(async () => {
  ward = await openWard();
});
afterAll(() => ward.close());

const of = (table: string, column: string, value: string): Poison => ({ table, column, value });

test('nothing is set aside where nothing is wrong', async () => {
  expect(await ward.harmed()).toEqual([]);
  expect((await ward.app.admin.get('/v1/quarantine')).json().data).toEqual([]);
});

describe('what is wrong in one place', () => {
  test.each([
    // A year behind its log, of charts that nobody knows, and with states that they lack.
    of('planning_years', 'head_seq', '1'),
    of('planning_years', 'machine_version', "'99'"),
    of('planning_years', 'state', "'null'"),
    of('planning_years', 'state', `'{"regions": 5}'`),
    of('planning_years', 'updated_at', "'infinity'"),
    of('planning_years', 'parameters', "'5'"),
    of('tasks', 'settled', "'5'"),
    of('tasks', 'due_on', "'infinity'"),
    of('tasks', 'due_on', "'5874897-12-31'"),
    of('mail_settings_changes', 'actor', `'{"regions": 5}'`),
    of('year_parameter_changes', 'recorded_at', "'infinity'"),
    of('seals', 'sealed_at', "'infinity'"),
    of('tasks', 'task_key', "'no such thing'"),
    // A person whose zone, language and kinds are none, and one that no mail can be addressed to.
    of('preferences', 'zone', "'Nowhere/At_All'"),
    of('preferences', 'language', "'xx'"),
    of('preferences', 'switched_off', "array['no such/kind']"),
    of('people', 'email', "'no address'"),
    of('api_keys', 'created_at', "'infinity'"),
    of('schools', 'closed_on', "'infinity'"),
    of('messages', 'mail_id', "'no such thing'"),
    of('messages', 'attempts', '2147483647'),
    of('mail_troubles', 'since', "'infinity'"),
    of('mail_troubles', 'last_at', "'infinity'"),
    of('jobs', 'command', "'5'"),
    of('jobs', 'actor', "'null'"),
    of('mail_settings', 'trial_addresses', "'5'"),
    of('year_parameters', 'settings', "'5'"),
    of('kept_counts', 'counts', "'null'"),
    of('api_keys', 'scope', "'5'"),
    of('reminder_scans', 'through', "'infinity'"),
    of('log_entries', 'entry', "'no JSON'"),
  ])('$table $column = $value', async (poison) => {
    const { harm, aside, left } = await ward.given(poison);
    expect(harm).toEqual([]);
    // What the program itself puts right, what only one key's holder notices, or what audit:verify
    // tells need not be named.
    const quiet = ['attempts', 'scope', 'through', 'entry', 'recorded_at', 'sealed_at', 'last_at'];
    const isQuiet = quiet.includes(poison.column);
    if (!isQuiet && poison.table !== 'messages') expect(aside).not.toEqual([]);
    expect(left.filter(({ remedy }) => remedy === 'npm run rebuild')).toEqual([]);
  });
});

test.each(['infinity', '-infinity'])(
  'a breaker that was tried last at %s lets the mail server be tried',
  async (at) => {
    const { db } = ward.ctx;
    await sql`
      insert into mail_breaker (reason, detail, since, tried_at)
      values ('server', 'gone', now(), ${at})`.execute(db);
    const now = new Date();
    expect(isFree((await findBreaker(db))!, now)).toBe(true);
    expect(await mayTry(db, now)).toBe(true);
    expect(isFree((await findBreaker(db))!, now)).toBe(false);
    await db.deleteFrom('mailBreaker').execute();
  },
);

test('the year itself says that it is set aside, and which command mends it', async () => {
  const { app, ctx, sick } = ward;
  await ctx.db
    .updateTable('planningYears')
    .set({ machineVersion: '99' })
    .where('id', '=', sick.planningYear)
    .execute();
  const reply = await app.admin.get(`/v1/planning-years/${sick.planningYear}`);
  expect(reply.statusCode).toBe(503);
  expect(reply.json()).toMatchObject({
    code: 'quarantined',
    detail: expect.stringContaining('npm run rebuild'),
    quarantined: { kind: 'planningYear', id: sick.planningYear, command: 'npm run rebuild' },
  });
  expect(Number(reply.headers['retry-after'])).toBeGreaterThan(0);
  const { data, warnings } = (await app.admin.get('/v1/planning-years')).json();
  expect(data).toHaveLength(2);
  expect(warnings).toEqual([{ code: 'quarantined', detail: expect.any(String) }]);

  const coach = app.as(await app.keyFor({ role: 'coordinator' }));
  expect((await coach.get('/v1/quarantine')).statusCode).toBe(403);

  // Whoever mends it by hand need not tell: the next minute looks.
  await ctx.db
    .updateTable('planningYears')
    .set({ machineVersion: ctx.programs.all[0]!.machines.version })
    .where('id', '=', sick.planningYear)
    .execute();
  await ward.minute();
  expect((await app.admin.get(`/v1/planning-years/${sick.planningYear}`)).statusCode).toBe(200);
  expect((await app.admin.get('/v1/quarantine')).json().data).toEqual([]);
});
