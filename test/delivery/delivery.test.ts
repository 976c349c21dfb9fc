import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { findBreaker } from '../../src/delivery/breaker.ts';
import { deliver } from '../../src/delivery/deliver.ts';
import { mark } from '../../src/delivery/mark.ts';
import {
  lockedMailSettings,
  type MailSettings,
  saveMailSettings,
} from '../../src/delivery/settings.ts';
import { release, suppress } from '../../src/delivery/suppressions.ts';
import { scan } from '../../src/reminders/scan.ts';
import { sendMails } from '../../src/reminders/send.ts';
import { writeDigests } from '../../src/reminders/write-digests.ts';
import { contextOn, fixtures, heldMailer, heldQueue } from '../reminders/support/world.ts';
import { testClock } from '../support/clock.ts';
import { createTestDatabase } from '../support/database.ts';

// 07:30 in Chicago, fourteen days before January 31.
const MORNING = '2028-01-17T07:30:00-06:00';

async function world() {
  const { db, drop } = await createTestDatabase();
  const clock = testClock(MORNING);
  const { queue, take } = heldQueue();
  const { mailer, mails, fail } = heldMailer();
  const ctx = contextOn(db, clock, queue, mailer);
  const add = fixtures(db);
  return {
    db,
    drop,
    clock,
    ctx,
    take,
    mails,
    fail,
    add,
    /** A school of one principal, who has one thing to do. */
    async principal(name: string, email: string) {
      const code = `001-${name}`;
      const year = await add.school(code, `School of ${name}`);
      const person = await add.person(name, { email });
      await add.assign(person, 'principal', 'school', code);
      return { year, person, task: await add.task(year, 'jan-1/principal/1') };
    },
    /** A scan, and the sending of all that it enqueued. @returns whom it was sent to */
    async minute() {
      mails.length = 0;
      await scan(ctx);
      await sendMails(ctx, take());
      return mails.map(({ to }) => to.name).sort();
    },
    ledger: async () =>
      (
        await db
          .selectFrom('reminders as r')
          .innerJoin('people as p', 'p.id', 'r.personId')
          .select(['p.name', 'r.status', 'r.reason'])
          .where('r.taskId', 'is not', null)
          .orderBy('p.name')
          .orderBy('r.id')
          .execute()
      ).map(({ name, status, reason }) => `${name} ${status} ${reason ?? ''}`.trim()),
    set: (change: Partial<MailSettings>) =>
      db
        .transaction()
        .execute(async (trx) =>
          saveMailSettings(
            trx,
            { ...(await lockedMailSettings(trx)), ...change },
            { id: 'key:1', role: 'administrator' },
            clock.now(),
          ),
        ),
  };
}

let w: Awaited<ReturnType<typeof world>>;
beforeEach(async () => {
  w = await world();
});
afterEach(() => w.drop());

const smtpError = (code: string, command: string, response: string) =>
  Object.assign(new Error(response), {
    code,
    command,
    responseCode: Number(response.slice(0, 3)),
    response,
  });

describe('a batch', () => {
  test('is written in a few queries, and a mail that cannot be written fails alone', async () => {
    for (const name of ['Ada', 'Ben', 'Cy']) await w.principal(name, `${name}@example.org`);
    await scan(w.ctx);
    const [poisoned, ...others] = w.take();
    await deliver(w.ctx, [poisoned!, ...others], async (ctx, messages) => {
      if (messages.some(({ id }) => id === poisoned)) throw new Error('Poison.');
      return writeDigests(ctx, messages);
    });
    expect(w.mails).toHaveLength(2);
    const left = await w.db.selectFrom('messages').select(['id', 'status', 'lastError']).execute();
    expect(left.find(({ id }) => id === poisoned)).toMatchObject({
      status: 'retrying',
      lastError: 'Poison.',
    });
  });

  test('is written down, whatever a mail server says to one of it', async () => {
    for (const name of ['Ada', 'Ben', 'Cy']) await w.principal(name, `${name}@example.org`);
    await scan(w.ctx);
    const said = `550 5.1.1 <\0> unknown ${'x'.repeat(1_000)}${'🙈'.repeat(2_000)}`;
    w.fail(smtpError('EENVELOPE', 'RCPT TO', said));
    await sendMails(w.ctx, w.take());
    const left = await w.db.selectFrom('messages').select(['status', 'lastError']).execute();
    expect(left.map(({ status }) => status)).toEqual(['failed', 'failed', 'failed']);
    for (const { lastError } of left) expect(lastError).toMatch(/^550 5\.1\.1 <> unknown x+🙈+/);
  });

  test('is written down but for what cannot be', async () => {
    await w.principal('Ada', 'ada@example.org');
    await scan(w.ctx);
    const [id] = w.take();
    const [good, bad] = await Promise.allSettled([
      mark(w.db, { id: id!, status: 'dropped' }),
      mark(w.db, { id: 'no id', status: 'dropped' }),
    ]);
    expect([good.status, bad.status]).toEqual(['fulfilled', 'rejected']);
    const { status } = await w.db.selectFrom('messages').select('status').executeTakeFirstOrThrow();
    expect(status).toBe('dropped');
  });

  test('that another process works on already is left alone', async () => {
    await w.principal('Ada', 'ada@example.org');
    await scan(w.ctx);
    const ids = w.take();
    await Promise.all([1, 2, 3].map(() => sendMails(w.ctx, ids)));
    expect(w.mails).toHaveLength(1);
  });
});

describe('an address that is refused', () => {
  const refuse = () => w.fail(smtpError('EENVELOPE', 'RCPT TO', '550 5.1.1 User unknown'));

  test('is tried once, and what comes later is held until the address is mended', async () => {
    const { year, person } = await w.principal('Ada', 'Ada@Example.org');
    refuse();
    await w.minute();
    expect(await w.ledger()).toEqual(['Ada failed addressRefused']);
    w.fail(null);
    await w.add.task(year, 'jan-1/principal/2', { dueOn: '2028-01-18' });
    w.clock.advance({ days: 1 });
    expect(await w.minute()).toEqual([]);
    expect(await w.ledger()).toEqual(['Ada failed addressRefused', 'Ada held suppressed']);

    await w.db
      .updateTable('people')
      .set({ email: 'ada@new.example' })
      .where('id', '=', person)
      .execute();
    await scan(w.ctx);
    expect(await w.minute()).toEqual(['Ada']);
    expect(w.mails[0]!.to.address).toBe('ada@new.example');
    expect(await w.ledger()).toEqual(['Ada failed addressRefused', 'Ada sent']);
  });

  test('gets mail again when it is released', async () => {
    const { year } = await w.principal('Ada', 'ada@example.org');
    refuse();
    await w.minute();
    w.fail(null);
    await w.add.task(year, 'jan-1/principal/2', { dueOn: '2028-01-18' });
    w.clock.advance({ days: 1 });
    await w.minute();
    const { id } = await w.db.selectFrom('suppressions').select('id').executeTakeFirstOrThrow();
    await w.db.transaction().execute((trx) => release(trx, id));
    await scan(w.ctx);
    expect(await w.minute()).toEqual(['Ada']);
  });
});

test('what was on its way to an address when that was refused is held, and given back', async () => {
  await w.principal('Ada', 'ada@example.org');
  await scan(w.ctx);
  const detail = '550 5.1.1 User unknown';
  await suppress(w.db, [
    {
      address: 'Ada@example.org',
      reason: 'bounced',
      since: w.clock.now(),
      detail,
      messageId: null,
    },
  ]);
  await sendMails(w.ctx, w.take());
  expect(await w.ledger()).toEqual(['Ada held suppressed']);
  await w.db.deleteFrom('suppressions').execute();
  await scan(w.ctx);
  expect(await w.minute()).toEqual(['Ada']);
  expect(await w.ledger()).toEqual(['Ada sent']);
});

describe('a refused sign-in', () => {
  test('stops all mail of every process, and is tried once a minute', async () => {
    for (let at = 0; at < 20; at++) await w.principal(`P${at}`, `p${at}@example.org`);
    w.fail(smtpError('EAUTH', 'AUTH PLAIN', '535 5.7.8 Credentials invalid'));
    await w.minute();
    expect(await findBreaker(w.db)).toMatchObject({ reason: 'signIn' });
    const tried = async () =>
      (await w.db.selectFrom('messages').select('attempts').execute()).reduce(
        (sum, { attempts }) => sum + attempts,
        0,
      );
    const before = await tried();
    expect(before).toBeLessThanOrEqual(5);
    for (let minute = 1; minute <= 5; minute++) {
      w.clock.advance({ minutes: 1 });
      await Promise.all([scan(w.ctx), scan(w.ctx)]);
      await sendMails(w.ctx, w.take());
      expect(await tried()).toBe(before + minute);
    }
    w.fail(null);
    w.clock.advance({ minutes: 1 });
    expect(await w.minute()).toHaveLength(1);
    expect(await findBreaker(w.db)).toBeUndefined();
    w.clock.advance({ minutes: 2 });
    expect(await w.minute()).toHaveLength(19);
  });
});

describe('while mail is paused', () => {
  test('the ledger goes on, and afterwards one digest tells what still matters', async () => {
    const { year, task } = await w.principal('Ada', 'ada@example.org');
    await scan(w.ctx);
    const queued = w.take();
    await w.set({ paused: { since: w.clock.now(), reason: 'Election week' } });
    await sendMails(w.ctx, queued);
    w.clock.advance({ days: 1 });
    await w.add.task(year, 'jan-1/principal/2', { dueOn: '2028-01-19' });
    expect(await w.minute()).toEqual([]);
    await w.add.setStatus(task, 'done');
    w.clock.advance({ days: 1 });
    await w.set({ paused: null });
    expect(await w.minute()).toEqual(['Ada']);
    expect(w.mails[0]!.text).toContain('Hold the meeting of January');
    expect(w.mails[0]!.text).not.toContain('Enter the rubric');
    expect(await w.minute()).toEqual([]);
  });
});

describe('in trial mode', () => {
  test('only the listed get mail; the others’ reminders are held, and go out afterwards', async () => {
    await w.principal('Ada', 'Ada@example.org');
    await w.principal('Ben', 'ben@example.org');
    await w.set({ trialAddresses: ['ada@example.org'] });
    expect(await w.minute()).toEqual(['Ada']);
    expect(await w.ledger()).toEqual(['Ada sent', 'Ben held trialMode']);
    await w.set({ trialAddresses: null });
    await scan(w.ctx);
    expect(await w.minute()).toEqual(['Ben']);
    expect(await w.ledger()).toEqual(['Ada sent', 'Ben sent']);
  });
});

test('within an hour no more mails are tried than the cap', async () => {
  for (let at = 0; at < 12; at++) await w.principal(`P${at}`, `p${at}@example.org`);
  await w.set({ perHour: 5 });
  const counts: number[] = [];
  for (let minutes = 0; minutes <= 120; minutes += 20) {
    counts.push((await w.minute()).length);
    w.clock.advance({ minutes: 20 });
  }
  expect(counts).toEqual([5, 0, 0, 5, 0, 0, 2]);
});

test('a digest that could not leave yesterday goes with today’s, in one mail', async () => {
  const { year } = await w.principal('Ada', 'ada@example.org');
  w.fail(smtpError('EENVELOPE', 'RCPT TO', '450 4.2.0 Greylisted'));
  await w.minute();
  expect(await w.ledger()).toEqual(['Ada retrying']);
  w.clock.advance({ days: 1 });
  await w.add.task(year, 'jan-1/principal/2', { dueOn: '2028-01-19' });
  w.fail(null);
  expect(await w.minute()).toEqual(['Ada']);
  expect(w.mails[0]!.text).toContain('Enter the rubric');
  expect(w.mails[0]!.text).toContain('Hold the meeting of January');
  expect(await w.ledger()).toEqual(['Ada sent', 'Ada sent']);
});

describe('what could not arrive by the evening', () => {
  const greylist = () => w.fail(smtpError('EENVELOPE', 'RCPT TO', '450 4.2.0 Greylisted'));
  const tries = async () =>
    (await w.db.selectFrom('messages').select('attempts').execute()).map(
      ({ attempts }) => attempts,
    );
  /** Scans and sends once a quarter of an hour. @returns the local times at which something went */
  const until = async (end: string) => {
    const sent: string[] = [];
    while (w.clock.now() < new Date(end)) {
      if ((await w.minute()).length > 0)
        sent.push(new Date(w.clock.now().getTime() - 6 * 3_600_000).toISOString().slice(0, 16));
      w.clock.advance({ minutes: 15 });
    }
    return sent;
  };

  test('is tried no more in the night, and goes at the hour of the next working day’s digest', async () => {
    w.clock.set('2028-01-21T07:30:00-06:00');
    await w.principal('Ada', 'ada@example.org');
    greylist();
    expect(await until('2028-01-21T20:00:00-06:00')).toEqual([]);
    const [before] = await tries();
    expect(before).toBeGreaterThan(5);
    w.fail(null);
    // A Friday: the weekend is over on the 24th, whose own digest takes it up.
    expect(await until('2028-01-24T12:00:00-06:00')).toEqual(['2028-01-24T07:00']);
    expect(await tries()).toEqual([before, 1]);
  });

  test('keeps to the quiet hours of its reader’s own zone', async () => {
    const { person } = await w.principal('Ada', 'ada@example.org');
    await w.db
      .insertInto('preferences')
      .values({
        personId: person,
        ...{ zone: 'Pacific/Honolulu', digestAt: null, language: null, version: 1 },
        ...{ switchedOff: [], updatedAt: w.clock.now() },
      })
      .execute();
    greylist();
    await until('2028-01-17T21:00:00-06:00');
    w.fail(null);
    // Night in Chicago, and the afternoon in Honolulu.
    expect(await until('2028-01-17T23:00:00-06:00')).toHaveLength(1);
  });

  test('is not sent by a job that was left over from the evening either', async () => {
    w.clock.set('2028-01-17T19:59:00-06:00');
    await w.principal('Ada', 'ada@example.org');
    await scan(w.ctx);
    const left = w.take();
    w.clock.set('2028-01-18T03:00:00-06:00');
    await sendMails(w.ctx, left);
    expect(w.mails).toEqual([]);
    expect(await w.ledger()).toEqual(['Ada scheduled']);
    expect(await until('2028-01-18T12:00:00-06:00')).toEqual(['2028-01-18T07:00']);
  });
});

test('a digest that may have arrived keeps to itself, under its Message-ID', async () => {
  const { year } = await w.principal('Ada', 'ada@example.org');
  w.fail(Object.assign(new Error('Connection closed unexpectedly'), { code: 'ECONNECTION' }));
  await w.minute();
  w.clock.advance({ days: 1 });
  await w.add.task(year, 'jan-1/principal/2', { dueOn: '2028-01-19' });
  w.fail(null);
  expect(await w.minute()).toEqual(['Ada', 'Ada']);
  expect(new Set(w.mails.map(({ messageId }) => messageId)).size).toBe(2);
});
