import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { sql } from 'kysely';
import { bootstrap } from '../../src/http/authenticate.ts';
import type { Command } from '../../src/planning-years/decide.ts';
import { foresee, manyThroughTheDoor, throughTheDoor } from '../../src/planning-years/door.ts';
import { findYear, readLog } from '../../src/planning-years/store.ts';
import { type TestApp, testApp } from '../support/app.ts';
import { openTestYears } from '../support/years.ts';

let app: TestApp;
let ids: string[];
beforeAll(async () => {
  app = await testApp({ now: '2026-11-10T15:00:00Z' });
  ids = await openTestYears(app.ctx, 3);
});
afterAll(() => app.close());

const LETTER: Command = { kind: 'event', type: 'designation.letterReceived' };
const MET: Command = { kind: 'event', type: 'designation.coordinatorMet' };
const NAMED: Command = { kind: 'event', type: 'stakeholderGroup.named' };
const asked = (id: string, ...commands: Command[]) =>
  commands.map((command) => ({ id, command, actor: bootstrap }));

test('two acts on one year follow each other, the second on what the first has made', async () => {
  const [id] = ids as [string];
  const foreseen = await foresee(app.ctx, app.ctx.db, asked(id, LETTER, MET, LETTER));
  expect(foreseen.map(({ ok }) => ok)).toEqual([true, true, false]);
  const outcomes = await app.ctx.db
    .transaction()
    .execute((trx) => manyThroughTheDoor(app.ctx, trx, asked(id, LETTER, MET, LETTER)));
  expect(outcomes.map(({ ok }) => ok)).toEqual([true, true, false]);
  const log = await readLog(app.ctx.db, id);
  expect(log.map(({ type }) => type).slice(1)).toEqual([
    'designation.letterReceived',
    'designation.coordinatorMet',
  ]);
});

test('what the database refuses of one year keeps no other from its act', async () => {
  const [id, , other] = ids as [string, string, string];
  const head = (await findYear(app.ctx.db, id))!.headSeq;
  await sql`insert into log_entries (planning_year_id, seq, type, recorded_at, effective_on, entry, hash)
    select planning_year_id, ${head} + 1, type, recorded_at, effective_on, entry, hash from log_entries
    where planning_year_id = ${id} and seq = ${head}`.execute(app.ctx.db);
  const both = [...asked(id, NAMED), ...asked(other, NAMED)];
  const outcomes = await app.ctx.db
    .transaction()
    .execute((trx) => manyThroughTheDoor(app.ctx, trx, both));
  expect(outcomes.map(({ ok }) => ok)).toEqual([false, true]);
  expect((await findYear(app.ctx.db, other))!.headSeq).toBe(2);
});

test('time waits for a year that is active, and for no other', async () => {
  const id = ids[1]!;
  const pass = (command: Command) =>
    app.ctx.db.transaction().execute((trx) => throughTheDoor(app.ctx, trx, id, command, bootstrap));
  const waitsFor = async () => (await findYear(app.ctx.db, id))?.clockOn;
  const before = await waitsFor();
  expect(before).toMatch(/^202\d-\d\d-01$/);
  const reason = 'The designation was appealed.';
  await pass({ kind: 'correct', correction: { type: 'withdraw', reason } });
  expect(await waitsFor()).toBeNull();
  await pass({ kind: 'correct', correction: { type: 'reinstate', reason } });
  expect(await waitsFor()).toBe(before);
});
