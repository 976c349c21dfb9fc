import { afterAll, afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Context } from '../../src/context.ts';
import { createMailer } from '../../src/mail/create.ts';
import { claimTick } from '../../src/process/alarm-clock.ts';
import { createQueue } from '../../src/queue/pg-boss.ts';
import { startWork } from '../../src/work.ts';
import { startSmtpServer } from '../mail/support/smtp-server.ts';
import { testClock } from '../support/clock.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { until } from '../support/until.ts';
import { contextOn, fixtures, heldMailer, heldQueue } from './support/world.ts';

let database: TestDatabase;
const databases: TestDatabase[] = [];
const stops: (() => Promise<void>)[] = [];

beforeEach(async () => {
  database = await createTestDatabase();
  databases.push(database);
});
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});
afterAll(() => Promise.all(databases.map(({ drop }) => drop())));

const clock = testClock('2028-01-17T08:00:00-06:00');

describe('the background work', () => {
  test('of two processes brings each person one mail over SMTP, whole and readable', async () => {
    const server = await startSmtpServer();
    stops.push(server.stop);
    const add = fixtures(database.db);
    const year = await add.school('001-0001', 'Łódź & Sons <School>');
    await add.task(year, 'jan-1/principal/1', { safeBy: '2028-01-29' });
    for (let i = 0; i < 12; i++) {
      const person = await add.person(`Person No. ${i}`, { email: `person-${i}@example.org` });
      await add.assign(person, 'principal', 'school', '001-0001');
    }
    await Promise.all([startProcess(server.url), startProcess(server.url)]);
    await until(() => server.received.length >= 12);
    await until(async () => (await statuses()).every((status) => status === 'sent'));

    expect(server.received.map(({ to }) => to).sort()).toEqual(
      Array.from({ length: 12 }, (_, i) => [`person-${i}@example.org`]).sort(),
    );
    const { mail } = server.received.find(({ to }) => to[0] === 'person-3@example.org')!;
    expect(mail.subject).toBe('1 due soon: Łódź & Sons <School>');
    expect(mail.text).toContain('Enter the rubric in PORTAL');
    expect(mail.text).toContain('aim for Saturday, January 29, 2028');
    expect(mail.html).toContain('Łódź &#38; Sons &#60;School&#62;');
    const kept = await database.db
      .selectFrom('messages')
      .select('text')
      .where('mailId', '=', mail.messageId!)
      .executeTakeFirstOrThrow();
    expect(mail.text?.trim()).toBe(kept.text?.trim());
  });

  test('goes on while the mail server is away, and sends when it is back', async () => {
    const away = await startSmtpServer();
    await away.stop();
    const add = fixtures(database.db);
    const year = await add.school('001-0001', 'Oak High School');
    await add.task(year, 'jan-1/principal/1');
    const ada = await add.person('Ada');
    await add.assign(ada, 'principal', 'school', '001-0001');
    const stop = await startProcess(away.url);
    const message = () => database.db.selectFrom('messages').selectAll().executeTakeFirst();
    await until(async () => (await message())?.lastError?.includes('ECONNREFUSED') ?? false);
    await stop();

    const server = await startSmtpServer();
    stops.push(server.stop);
    clock.advance({ minutes: 1 });
    await startProcess(server.url);
    await until(() => server.received.length === 1);
    expect(server.received[0]!.mail.messageId).toBe((await message())!.mailId);
  });

  test('logs a scan that fails and waits for the next', async () => {
    const errors: unknown[] = [];
    const ctx = contextOn(database.db, clock, heldQueue().queue, heldMailer().mailer);
    const broken = {
      ...ctx,
      log: { ...ctx.log, error: (line: unknown) => errors.push(line) },
      programs: {
        get all(): never {
          throw new Error('Out of order.');
        },
      },
    } as unknown as Context;
    const work = await startWork(broken);
    await until(() => errors.length >= 1);
    await work.stop();
    expect(errors[0]).toMatchObject({ err: { message: 'Out of order.' } });
  });
});

describe('a tick of the alarm clock', () => {
  test('is taken by one process of many, and forgotten after a day', async () => {
    const ctx = contextOn(database.db, clock, heldQueue().queue, heldMailer().mailer);
    const taken = async (tick: string) => {
      const all = await Promise.all(Array.from({ length: 6 }, () => claimTick(ctx, tick)));
      return all.filter(Boolean).length;
    };
    expect(await taken('2028-01-17T14:00:00.000Z')).toBe(1);
    expect(await taken('2028-01-17T14:01:00.000Z')).toBe(1);
    expect(await taken('2028-01-18T14:01:00.000Z')).toBe(1);
    const ticks = await database.db
      .selectFrom('cronTicks')
      .select('tick')
      .orderBy('tick')
      .execute();
    expect(ticks.map(({ tick }) => tick)).toEqual([
      '2028-01-17T14:01:00.000Z',
      '2028-01-18T14:01:00.000Z',
    ]);
  });
});

/** What `worker.ts` does, on the test's clock. */
async function startProcess(smtpUrl: string): Promise<() => Promise<void>> {
  const { db, url } = database;
  const { config, log, ...ctx } = contextOn(db, clock, heldQueue().queue, heldMailer().mailer);
  const queue = await createQueue({ url, log });
  const mailer = createMailer({ ...config, smtpUrl }, log);
  const work = await startWork({ ...ctx, config, log, queue, mailer });
  let stopping: Promise<void> | undefined;
  const stop = () => {
    stopping ??= work
      .stop()
      .then(() => queue.stop())
      .then(() => mailer.close());
    return stopping;
  };
  stops.push(stop);
  return stop;
}

const statuses = async () =>
  (await database.db.selectFrom('messages').select('status').execute()).map(({ status }) => status);
