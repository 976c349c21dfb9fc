import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { sql } from 'kysely';
import { isDatabaseGone } from '../../src/http/database-gone.ts';
import { type TestApp, testApp } from '../support/app.ts';
import { openTestYears } from '../support/years.ts';
import { expectProblem } from './problem.ts';

/** A database that reads and takes no write, for whatever reason: a full disk, above all. */

const ANY = { 'if-match': '*' };
let app: TestApp;
let id: string;

beforeAll(async () => {
  app = await testApp();
  [id] = (await openTestYears(app.ctx, 1)) as [string];
});
beforeEach(() => takeWrites());
afterAll(() => app.close());

/** Every write fails with this code from now on, as it would at the moment of writing. */
async function refuseWrites(code: string): Promise<void> {
  await sql
    .raw(`
      create or replace function no_room() returns trigger language plpgsql as $$
      begin raise exception 'could not extend file' using errcode = '${code}'; end $$;
      create trigger no_room before insert or update on log_entries for each row execute function no_room();
      create trigger no_room before insert or update on people for each row execute function no_room();
      create trigger no_room before insert or update on heartbeats for each row execute function no_room();`)
    .execute(app.ctx.db);
}

async function takeWrites(): Promise<void> {
  await sql`
    drop trigger if exists no_room on log_entries;
    drop trigger if exists no_room on people;
    drop trigger if exists no_room on heartbeats`.execute(app.ctx.db);
}

const CODES = ['53100', '53200', '58030', '25006', '57P03', '53400', '57P04'];

describe.each(CODES)('while the database answers each write with %s', (code) => {
  test('writes are put off, reads go on, and /readyz says so until they work again', async () => {
    const note = () => app.admin.post(`/v1/planning-years/${id}/notes`, { text: 'A note.' });
    const event = (type: string) =>
      app.admin.post(`/v1/planning-years/${id}/events`, { type }, ANY);
    const person = { name: 'Somebody', email: `${code.toLowerCase()}@example.org` };
    // That it worked stands for a second.
    await sleep(1_100);
    await refuseWrites(code);
    for (const reply of [
      await note(),
      await event('designation.letterReceived'),
      await app.admin.post('/v1/people', person),
      await app.as(null).get('/readyz'),
    ]) {
      expectProblem(reply, 503, 'unavailable');
      expect(Number(reply.headers['retry-after'])).toBeGreaterThan(0);
    }
    expect((await app.admin.get(`/v1/planning-years/${id}`)).statusCode).toBe(200);
    expect((await app.as(null).get('/livez')).statusCode).toBe(200);

    await takeWrites();
    expect((await note()).statusCode).toBe(201);
    expect((await app.admin.post('/v1/people', person)).statusCode).toBe(201);
    expect((await app.as(null).get('/readyz')).statusCode).toBe(200);
  });
});

test('what was asked wrongly, or is broken, is not put off', () => {
  for (const code of ['22P02', '23505', '42P01', '42501', 'XX001', 'P0001'])
    expect([code, isDatabaseGone({ code, message: '' })]).toEqual([code, false]);
});
