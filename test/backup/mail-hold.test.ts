import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { backup } from '../../src/backup/backup.ts';
import { restore } from '../../src/backup/restore.ts';
import type { Context } from '../../src/context.ts';
import { pauseMail, releaseMail } from '../../src/delivery/settings.ts';
import { GENESIS } from '../../src/planning-years/chain.ts';
import { scan } from '../../src/reminders/scan.ts';
import { sendMails } from '../../src/reminders/send.ts';
import { expectProblem } from '../http/problem.ts';
import { contextOn, fixtures, heldMailer, heldQueue } from '../reminders/support/world.ts';
import { type TestApp, testApp } from '../support/app.ts';
import { testClock } from '../support/clock.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { backupFolder } from './support/backup-file.ts';
import { bareDatabase } from './support/databases.ts';

const files = backupFolder();
const OPERATOR = { id: 'operator', role: 'administrator' };
const begun: TestDatabase[] = [];
afterAll(async () => {
  for (const { drop } of begun) await drop();
  files.remove();
});

describe('after a restore', () => {
  // Fourteen days before January 31, after the hour of the digests.
  const clock = testClock('2028-01-17T07:30:00-06:00');
  const { queue, take } = heldQueue();
  const { mailer, mails } = heldMailer();
  let ctx: Context;
  /** The jobs of the message that had been queued when the backup was made. */
  let queued: string[];

  beforeAll(async () => {
    const from = await createTestDatabase();
    const to = await bareDatabase();
    begun.push(from, to);
    const add = fixtures(from.db);
    const year = await add.school('001-0001', 'Oak High School');
    await add.assign(await add.person('Ada Example'), 'principal', 'school', '001-0001');
    await add.task(year, 'jan-1/principal/1');
    // Its log is empty, and so is its chain.
    await from.db.updateTable('planningYears').set({ headSeq: 0, headHash: GENESIS }).execute();
    await scan(contextOn(from.db, clock, queue, mailer));
    queued = take();

    await backup(from.db, files.file('mail'), { at: clock.now() });
    await restore(to.db, files.file('mail'), { at: clock.now() });
    ctx = contextOn(to.db, clock, queue, mailer);
  });

  const ledger = () => ctx.db.selectFrom('reminders').select('status').orderBy('id').execute();
  const sendAll = async (ids: string[]) => {
    await sendMails(ctx, ids);
  };

  test('a message that was queued then is not sent', async () => {
    expect(queued).toHaveLength(1);
    await sendAll(queued);
    expect(mails).toEqual([]);
    const { status } = await ctx.db
      .selectFrom('messages')
      .select('status')
      .executeTakeFirstOrThrow();
    expect(status).toBe('queued');
  });

  test('a week of scans goes into the ledger, and no digest is made', async () => {
    const before = (await ledger()).length;
    clock.set('2028-01-24T07:30:00-06:00');
    const { recorded, queued } = await scan(ctx);
    expect(recorded).toBeGreaterThan(0);
    expect(queued).toBe(0);
    expect(await ledger()).toHaveLength(before + recorded);
    await sendAll(take());
    expect(mails).toEqual([]);
  });

  test('the release lets everything go out, once', async () => {
    await ctx.db.transaction().execute((trx) => releaseMail(trx, OPERATOR, clock.now()));
    const { recorded } = await scan(ctx);
    expect(recorded).toBe(0);
    await sendAll(take());
    // What the queued message of a week ago held stands in today's digest.
    expect(mails.map(({ to }) => to.name)).toEqual(['Ada Example']);
    expect(new Set((await ledger()).map(({ status }) => status))).toEqual(new Set(['sent']));
    await scan(ctx);
    expect(take()).toEqual([]);
  });
});

describe('whoever runs the state’s programs', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await testApp();
  });
  afterAll(() => app.close());
  beforeEach(() =>
    app.ctx.db
      .transaction()
      .execute((trx) => pauseMail(trx, 'Restored from a backup.', OPERATOR, app.ctx.clock.now())),
  );

  const held = { held: true, since: '2026-11-10T15:00:00.000Z', reason: 'Restored from a backup.' };
  const free = { held: false, since: null, reason: null };

  test('sees that mail is held, and the server is ready all the same', async () => {
    expect((await app.admin.get('/v1/mail/hold')).json()).toEqual(held);
    expect((await app.admin.get('/readyz')).statusCode).toBe(200);
  });

  test('releases it, and again without harm', async () => {
    for (const _ of [1, 2]) {
      const reply = await app.admin.post('/v1/mail/release');
      expect([reply.statusCode, reply.json()]).toEqual([200, free]);
    }
    expect((await app.admin.get('/v1/mail/hold')).json()).toEqual(free);
  });

  test('is the only one to do so', async () => {
    const coach = app.as(await app.keyFor({ role: 'coordinator' }));
    expectProblem(await coach.post('/v1/mail/release'), 403);
    expectProblem(await coach.get('/v1/mail/hold'), 403);
    expect((await app.admin.get('/v1/mail/hold')).json()).toEqual(held);
  });
});
