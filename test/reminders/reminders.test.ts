import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeEach, describe, expect, test } from '@jest/globals';
import { claimMessages } from '../../src/delivery/messages.ts';
import { makeMails } from '../../src/digests/make-mails.ts';
import { newId } from '../../src/ids.ts';
import { scan } from '../../src/reminders/scan.ts';
import { sendMails } from '../../src/reminders/send.ts';
import { testClock } from '../support/clock.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { someoneWaits } from '../support/locks.ts';
import { contextOn, fixtures, heldMailer, heldQueue } from './support/world.ts';

// 07:30 in Chicago, fourteen days before January 31.
const MORNING = '2028-01-17T07:30:00-06:00';
const SCHOOL = '001-0001';

const databases: TestDatabase[] = [];
afterAll(async () => {
  for (const { drop } of databases) await drop();
});

async function world() {
  const database = await createTestDatabase();
  databases.push(database);
  const { db } = database;
  const clock = testClock(MORNING);
  const { queue, take } = heldQueue();
  const { mailer, mails, fail } = heldMailer();
  const ctx = contextOn(db, clock, queue, mailer);
  const sendAll = async () => {
    await sendMails(ctx, take());
  };
  const ledger = () =>
    db
      .selectFrom('reminders')
      .select(['occasion', 'status', 'reason', 'personId', 'role'])
      .orderBy('id')
      .execute();
  return { db, clock, ctx, take, mails, fail, sendAll, ledger, add: fixtures(db) };
}

let w: Awaited<ReturnType<typeof world>>;
beforeEach(async () => {
  w = await world();
});

/** One school with a principal, and one task of hers. */
async function oneSchool(task: Parameters<typeof w.add.task>[2] = {}) {
  const year = await w.add.school(SCHOOL, 'Oak High School');
  const ada = await w.add.person('Ada Example');
  await w.add.assign(ada, 'principal', 'school', SCHOOL);
  const id = await w.add.task(year, 'jan-1/principal/1', task);
  return { year, ada, task: id };
}

describe('a scan', () => {
  test('that runs twice makes one mail', async () => {
    await oneSchool();
    expect(await scan(w.ctx)).toEqual({ recorded: 2, queued: 1 });
    expect(await scan(w.ctx)).toEqual({ recorded: 0, queued: 0 });
    await w.sendAll();
    expect(w.mails).toHaveLength(1);
    expect(w.mails[0]).toMatchObject({
      to: { name: 'Ada Example' },
      subject: '1 due soon: Oak High School',
      demo: false,
    });
    expect(w.mails[0]!.text).toContain('Enter the rubric in PORTAL');
    expect(w.mails[0]!.text).toContain('due Monday, January 31, 2028, in 14 days');
  });

  test('that runs in several processes at once makes one mail for each person', async () => {
    const year = await w.add.school(SCHOOL, 'Oak High School');
    for (let i = 0; i < 10; i++) {
      const person = await w.add.person(`Person ${i}`);
      await w.add.assign(person, 'principal', 'school', SCHOOL);
    }
    for (let i = 0; i < 20; i++) await w.add.task(year, `jan-1/principal/${i}`);
    const results = await Promise.all(Array.from({ length: 4 }, () => scan(w.ctx)));
    expect(results.reduce((sum, { queued }) => sum + queued, 0)).toBe(10);
    expect(results.reduce((sum, { recorded }) => sum + recorded, 0)).toBe(10 * 21);
    await w.sendAll();
    expect(w.mails).toHaveLength(10);
  });

  test('that comes while another makes mails waits for it, and mails what that had not seen', async () => {
    await oneSchool();
    const { ctx } = w;
    const { scanned } = await ctx.db.transaction().execute(async (trx) => {
      await makeMails(trx, ctx.programs, ctx.clock.now(), 'example.org');
      let ended = false;
      const scanned = scan(ctx).finally(() => {
        ended = true;
      });
      while (!ended && !(await someoneWaits(trx))) await setTimeout(5);
      return { scanned };
    });
    expect(await scanned).toEqual({ recorded: 2, queued: 1 });
  });

  test('records as the day begins, and sends from the hour of the digests, by the local clock', async () => {
    await oneSchool();
    w.clock.set('2028-01-17T00:00:00-06:00');
    expect(await scan(w.ctx)).toEqual({ recorded: 2, queued: 0 });
    w.clock.set('2028-01-17T06:59:00-06:00');
    expect(await scan(w.ctx)).toEqual({ recorded: 0, queued: 0 });
    w.clock.set('2028-01-17T07:00:00-06:00');
    expect(await scan(w.ctx)).toEqual({ recorded: 0, queued: 1 });
  });

  test('makes up what was missed while nothing ran, in one mail', async () => {
    await oneSchool();
    w.clock.set('2028-02-04T09:00:00-06:00');
    await scan(w.ctx);
    await w.sendAll();
    expect(w.mails).toHaveLength(1);
    // February tells of what is late from January.
    expect((await w.ledger()).map(({ occasion }) => occasion).sort()).toEqual([
      'missed:3:2028-01-31',
      'month:2028-02',
    ]);
    expect(w.mails[0]!.subject).toBe('1 late: Oak High School');
  });

  test('leaves what comes up later in the day for the next day', async () => {
    const { year } = await oneSchool();
    await scan(w.ctx);
    await w.sendAll();
    await w.add.task(year, 'jan-1/principal/2', { dueOn: '2028-01-19' });
    w.clock.advance({ hours: 2 });
    expect(await scan(w.ctx)).toEqual({ recorded: 1, queued: 0 });
    w.clock.advance({ hours: 22 });
    await scan(w.ctx);
    await w.sendAll();
    expect(w.mails).toHaveLength(2);
    expect(w.mails[1]!.text).toContain('Hold the meeting of January');
    expect(w.mails[1]!.text).not.toContain('Enter the rubric');
  });

  test('finds the people of the school, of its district and of the state, each once', async () => {
    const { year, ada } = await oneSchool();
    const [ben, cy, dan, eve] = await Promise.all(
      ['Ben', 'Cy', 'Dan', 'Eve'].map((name) => w.add.person(name)),
    );
    await w.add.assign(ada, 'principal', 'district', '001');
    await w.add.assign(ben!, 'principal', 'district', '001');
    await w.add.assign(cy!, 'principal', 'state', 'EX');
    await w.add.assign(dan!, 'principal', 'district', '002');
    await w.add.assign(eve!, 'principal', 'school', SCHOOL, ['2026-08-01', '2028-01-16']);
    await scan(w.ctx);
    await w.sendAll();
    expect(w.mails.map(({ to }) => to.name).sort()).toEqual(['Ada Example', 'Ben', 'Cy']);
    expect(year).toBeDefined();
  });

  test('finds a vendor’s people from the day on which their contract is proposed, to its last', async () => {
    const { year } = await oneSchool();
    const vic = await w.add.person('Vic Vendor');
    await w.add.assign(vic, 'principal', 'vendor', 'V-1');
    await scan(w.ctx);
    const toVic = async () =>
      (await w.ledger()).filter(({ personId }) => personId === vic).map(({ status }) => status);
    expect(await toVic()).toEqual([]);
    const at = w.clock.now();
    await w.db
      .insertInto('vendors')
      .values({ code: 'V-1', name: 'Vendor', demo: false, version: 1, updatedAt: at })
      .execute();
    const contract = { id: newId(at), vendorCode: 'V-1', planningYearId: year, version: 1 };
    await w.db
      .insertInto('contracts')
      .values({ ...contract, proposedOn: '2028-01-18', signedOn: null, toOn: null, updatedAt: at })
      .execute();
    await scan(w.ctx);
    expect(await toVic()).toEqual([]);
    w.clock.set('2028-01-18T06:30:00-06:00');
    await scan(w.ctx);
    expect(await toVic()).toEqual(['scheduled', 'scheduled']);
    await w.db.updateTable('contracts').set({ toOn: '2028-01-18' }).execute();
    w.clock.set('2028-01-19T06:30:00-06:00');
    await scan(w.ctx);
    expect(await toVic()).toEqual(['dropped', 'dropped']);
  });

  test('says nothing of years that are done', async () => {
    const year = await w.add.school(SCHOOL, 'Oak High School', { status: 'done' });
    const ada = await w.add.person('Ada Example');
    await w.add.assign(ada, 'principal', 'school', SCHOOL);
    await w.add.task(year, 'jan-1/principal/1');
    expect(await scan(w.ctx)).toEqual({ recorded: 0, queued: 0 });
  });
});

describe('a role that nobody holds', () => {
  test('has its reminder held, and the coordinator is told which role and school', async () => {
    const year = await w.add.school(SCHOOL, 'Oak High School');
    const cora = await w.add.person('Cora Coach');
    await w.add.assign(cora, 'coordinator', 'district', '001');
    await w.add.task(year, 'jan-1/principal/1', { dueOn: '2028-01-24' });
    await scan(w.ctx);
    await scan(w.ctx);
    await w.sendAll();
    expect(await w.ledger()).toEqual(
      expect.arrayContaining([
        expect.objectContaining({
          occasion: 'deadline:7:2028-01-24',
          status: 'held',
          reason: 'noRecipient',
          personId: null,
        }),
        expect.objectContaining({ occasion: 'noRecipient:2028-01-17', status: 'sent' }),
      ]),
    );
    expect(w.mails).toHaveLength(1);
    expect(w.mails[0]!.to.name).toBe('Cora Coach');
    expect(w.mails[0]!.subject).toBe('Roles with no one assigned: Oak High School');
    expect(w.mails[0]!.text).toContain('Principal: no one is assigned; 1 task waits');
  });

  test('is told to a coordinator who comes later, once', async () => {
    const year = await w.add.school(SCHOOL, 'Oak High School');
    await w.add.task(year, 'jan-1/principal/1');
    await scan(w.ctx);
    w.clock.advance({ days: 1 });
    const cora = await w.add.person('Cora Coach');
    await w.add.assign(cora, 'coordinator', 'school', SCHOOL);
    await scan(w.ctx);
    w.clock.advance({ days: 1 });
    await scan(w.ctx);
    await w.sendAll();
    expect(w.mails).toHaveLength(1);
  });

  test('has the held reminder go to whoever is assigned', async () => {
    const year = await w.add.school(SCHOOL, 'Oak High School');
    await w.add.task(year, 'jan-1/principal/1', { dueOn: '2028-01-31' });
    await scan(w.ctx);
    w.clock.advance({ days: 2 });
    const ada = await w.add.person('Ada Example');
    await w.add.assign(ada, 'principal', 'school', SCHOOL);
    await scan(w.ctx);
    await w.sendAll();
    expect(w.mails.map(({ to }) => to.name)).toEqual(['Ada Example']);
    const rows = await w.ledger();
    expect(rows.filter(({ status }) => status === 'held')).toEqual([]);
    expect(rows.filter(({ occasion }) => occasion === 'deadline:14:2028-01-31')).toEqual([
      expect.objectContaining({ status: 'sent', personId: ada, reason: null }),
    ]);
  });

  test('has a held reminder closed when its time has passed', async () => {
    const year = await w.add.school(SCHOOL, 'Oak High School');
    const task = await w.add.task(year, 'jan-1/principal/1');
    await scan(w.ctx);
    await w.add.setStatus(task, 'done');
    await scan(w.ctx);
    expect((await w.ledger()).map(({ status, reason }) => [status, reason])).toEqual([
      ['dropped', 'noLongerDue'],
      ['dropped', 'noLongerDue'],
    ]);
  });
});

describe('between the scan and the sending', () => {
  test('what was done is dropped, and the rest is sent', async () => {
    const { year, task } = await oneSchool();
    await w.add.task(year, 'jan-1/principal/2', { dueOn: '2028-01-20' });
    await scan(w.ctx);
    await w.add.setStatus(task, 'done');
    await w.sendAll();
    expect(w.mails).toHaveLength(1);
    expect(w.mails[0]!.text).not.toContain('Enter the rubric');
    const dropped = (await w.ledger()).filter(({ status }) => status === 'dropped');
    expect(dropped.map(({ occasion, reason }) => [occasion, reason])).toEqual([
      ['deadline:14:2028-01-31', 'doneMeanwhile'],
    ]);
  });

  test('nothing is sent when everything was done', async () => {
    const { task } = await oneSchool();
    await scan(w.ctx);
    await w.add.setStatus(task, 'done');
    await w.sendAll();
    expect(w.mails).toEqual([]);
    const { status } = await w.db.selectFrom('messages').select('status').executeTakeFirstOrThrow();
    expect(status).toBe('dropped');
  });

  test('what was moved to another date or given to somebody else is dropped, a blocked deadline is not', async () => {
    const { year, task, ada } = await oneSchool();
    const moved = await w.add.task(year, 'jan-1/principal/2', { dueOn: '2028-01-18' });
    const ben = await w.add.person('Ben');
    const bens = await w.add.assign(ben, 'principal', 'school', SCHOOL);
    await scan(w.ctx);
    await w.add.setStatus(task, 'blocked');
    await w.add.moveTo(moved, '2028-06-01');
    await w.db
      .updateTable('assignments')
      .set({ toOn: '2028-01-16' })
      .where('id', '=', bens)
      .execute();
    await w.sendAll();
    const reasons = (await w.ledger())
      .filter(({ status }) => status === 'dropped')
      .map(({ personId, reason }) => [personId === ada ? 'Ada' : 'Ben', reason]);
    expect(reasons.sort()).toEqual([
      ['Ada', 'dueDateMoved'],
      ['Ben', 'noLongerAssigned'],
      ['Ben', 'noLongerAssigned'],
      ['Ben', 'noLongerAssigned'],
    ]);
    expect(w.mails.map(({ to }) => to.name)).toEqual(['Ada Example']);
    expect(w.mails[0]!.text).toContain('Enter the rubric');
  });
});

describe('a message', () => {
  const message = () => w.db.selectFrom('messages').selectAll().executeTakeFirstOrThrow();

  test('is kept as it was sent', async () => {
    await oneSchool();
    await scan(w.ctx);
    await w.sendAll();
    const { subject, text, html } = w.mails[0]!;
    expect(await message()).toMatchObject({ status: 'sent', subject, text, html, attempts: 1 });
  });

  test('that several jobs ask for goes out once', async () => {
    await oneSchool();
    await scan(w.ctx);
    const [id] = w.take();
    await Promise.all([1, 2, 3].map(() => sendMails(w.ctx, [id!])));
    expect(w.mails).toHaveLength(1);
  });

  test('whose process died after the claim is sent by the next, under the same Message-ID', async () => {
    await oneSchool();
    await scan(w.ctx);
    const [id] = w.take();
    const [claimed] = await claimMessages(w.db, [id!], w.clock.now());
    await scan(w.ctx);
    expect(w.take()).toEqual([]);
    w.clock.advance({ minutes: 1 });
    await scan(w.ctx);
    await w.sendAll();
    expect(w.mails.map(({ messageId }) => messageId)).toEqual([claimed!.mailId]);
  });

  test('whose job got lost is enqueued again', async () => {
    await oneSchool();
    await scan(w.ctx);
    w.take();
    w.clock.advance({ minutes: 3 });
    expect(await scan(w.ctx)).toEqual({ recorded: 0, queued: 1 });
  });

  test('that fails is tried again after a minute, then after ever longer', async () => {
    await oneSchool();
    w.fail(new Error('The mail server is asleep.'));
    await scan(w.ctx);
    await w.sendAll();
    const waits: number[] = [];
    for (let attempt = 1; attempt < 6; attempt++) {
      const { nextAttemptAt, lastError, status } = await message();
      expect([lastError, status]).toEqual(['The mail server is asleep.', 'retrying']);
      waits.push((nextAttemptAt!.getTime() - w.clock.now().getTime()) / 60_000);
      w.clock.advance({ minutes: waits.at(-1)! - 1 });
      expect(await scan(w.ctx)).toMatchObject({ queued: 0 });
      w.clock.advance({ minutes: 1 });
      expect(await scan(w.ctx)).toMatchObject({ queued: 1 });
      await w.sendAll();
    }
    expect(waits).toEqual([1, 5, 15, 60, 180]);
    w.fail(null);
    w.clock.advance({ hours: 3 });
    await scan(w.ctx);
    await w.sendAll();
    expect(w.mails).toHaveLength(1);
    expect(await message()).toMatchObject({ status: 'sent', attempts: 7, lastError: null });
  });

  test('is given up after three days', async () => {
    await oneSchool();
    w.fail(new Error('No such mailbox.'));
    await scan(w.ctx);
    const [id] = w.take();
    await sendMails(w.ctx, [id!]);
    w.clock.advance({ days: 3 });
    await scan(w.ctx);
    expect(w.take()).toContain(id);
    await sendMails(w.ctx, [id!]);
    const { status } = await w.db
      .selectFrom('messages')
      .select('status')
      .where('id', '=', id!)
      .executeTakeFirstOrThrow();
    expect(status).toBe('failed');
    const failed = (await w.ledger()).filter(({ status }) => status === 'failed');
    expect(failed.map(({ reason }) => reason)).toEqual(['undeliverable', 'undeliverable']);
  });

  test('to an invented person, or about invented schools alone, is a demonstration', async () => {
    const { year } = await oneSchool();
    const demo = await w.add.school('002-0001', 'Demo School', { demo: true });
    const dora = await w.add.person('Dora Demo', { demo: true });
    const rita = await w.add.person('Rita Real');
    await w.add.assign(dora, 'principal', 'school', SCHOOL);
    await w.add.assign(rita, 'principal', 'school', '002-0001');
    await w.add.task(demo, 'jan-1/principal/1');
    await scan(w.ctx);
    await w.sendAll();
    expect(Object.fromEntries(w.mails.map(({ to, demo }) => [to.name, demo]))).toEqual({
      'Ada Example': false,
      'Dora Demo': true,
      'Rita Real': true,
    });
    expect(year).toBeDefined();
  });
});
