import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Kysely, sql } from 'kysely';
import { down, up } from '../../migrations/20261201T0300_reminder_days.ts';
import { newId } from '../../src/ids.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { fixtures } from './support/world.ts';

let database: TestDatabase;
let ada: string;
/** As migrations see it. */
const untyped = () => database.db as unknown as Kysely<unknown>;

const told = async () => {
  const rows = await database.db
    .selectFrom('reminders')
    .select('occasion')
    .orderBy('occasion')
    .execute();
  return rows.map(({ occasion }) => occasion);
};
const switchedOff = async () =>
  (await database.db.selectFrom('preferences').select('switchedOff').execute())[0]?.switchedOff;

const OF_BEFORE = [
  'deadline-missed:1:2027-01-31',
  'deadline-near:0:2027-03-31',
  'deadline-near:14:2027-01-31',
  'deadline-near:3:2027-01-29',
  'deadline-near:3:2027-01-31',
  'deadline-near:7:2027-01-20',
  'deadline-near:7:2027-01-31',
  'deadline-near:7:2027-02-28',
];

/** A ledger of the release before. */
beforeAll(async () => {
  database = await createTestDatabase();
  const { db } = database;
  await down(untyped());
  const add = fixtures(db);
  const year = await add.school('001-0001', 'Oak High School');
  ada = await add.person('Ada');
  const aimed = await add.task(year, 'jan-1/principal/1', {
    dueOn: '2027-01-31',
    safeBy: '2027-01-29',
  });
  const plain = await add.task(year, 'jan-1/principal/2', { dueOn: '2027-02-28' });
  const extended = await add.task(year, 'jan-1/principal/3', {
    dueOn: '2027-03-31',
    safeBy: '2027-01-29',
  });
  const state = JSON.stringify({ extended: { 'jan-1/principal/3': '2027-03-31' } });
  await db.updateTable('planningYears').set({ state }).execute();
  const at = new Date('2027-01-20T12:00:00Z');
  const tell = (taskId: string, occasion: string) =>
    db
      .insertInto('reminders')
      .values({
        ...{ id: newId(at), planningYearId: year, taskId, role: 'principal', personId: ada },
        ...{ rule: occasion.split(':')[0]!, occasion, dueOn: '2027-01-20', delivery: 'digest' },
        ...{ status: 'sent', reason: null, messageId: null, createdAt: at },
      })
      .execute();
  const of = (date: string) => OF_BEFORE.filter((occasion) => occasion.endsWith(date));
  // The key of the 20th is of when it was due then, that of the 29th likewise.
  for (const date of ['01-31', '01-29', '01-20'])
    for (const key of of(date)) await tell(aimed, key);
  for (const key of of('02-28')) await tell(plain, key);
  for (const key of of('03-31')) await tell(extended, key);
  await db
    .insertInto('preferences')
    .values({
      ...{ personId: ada, zone: null, digestAt: null, language: null, version: 1, updatedAt: at },
      switchedOff: ['isbe-comprehensive/month-begins', 'isbe-comprehensive/quarter-ending'],
    })
    .execute();
});
afterAll(() => database.drop());

describe('an upgrade from the release that counted from the due date', () => {
  test('knows what was told by the day to aim at, and tells it nobody again', async () => {
    expect(await told()).toEqual(OF_BEFORE);
    await up(untyped());
    expect(await told()).toEqual([
      'deadline-missed:1:2027-01-31',
      'deadline-near:0:2027-03-31',
      'deadline-near:14:2027-01-29',
      'deadline-near:3:2027-01-29',
      'deadline-near:3:2027-01-31',
      'deadline-near:7:2027-01-20',
      'deadline-near:7:2027-01-29',
      'deadline-near:7:2027-02-28',
    ]);
  });

  test('switches on what the source orders, and leaves the rest as it was chosen', async () => {
    expect(await switchedOff()).toEqual(['isbe-comprehensive/month-begins']);
  });

  test('has a way back', async () => {
    await down(untyped());
    const { rows } = await sql`select from pg_indexes where indexname = 'tasks_to_aim_at'`.execute(
      database.db,
    );
    expect(rows).toEqual([]);
    expect(await told()).toEqual(OF_BEFORE);
  });
});
