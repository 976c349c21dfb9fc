import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { tokenOf, unsubscribeSecret } from '../../src/digests/unsubscribe.ts';
import { addDays } from '../../src/reminders/days.ts';
import { scan } from '../../src/reminders/scan.ts';
import { sendMails } from '../../src/reminders/send.ts';
import { heldQueue } from '../reminders/support/world.ts';
import { type Somebody, somebody } from '../sign-in/support/people.ts';
import { type TestApp, testApp } from '../support/app.ts';
import { DISTRICT, openTestYears } from '../support/years.ts';

/** A principal who has stopped all that can be stopped still hears of every deadline. */

const OPTIONAL = ['isbe-comprehensive/month-begins', 'isbe-comprehensive/month-ending'];
const IQFSR = 'Enter the IQFSR results in IWAS';

const queue = heldQueue();
let app: TestApp;
let principal: Somebody;
let link: string;

beforeAll(async () => {
  app = await testApp({ now: '2026-10-20T15:00:00Z', queue: queue.queue });
  await openTestYears(app.ctx, 1);
  const school = { kind: 'school', code: `${DISTRICT}-0000` } as const;
  principal = await somebody(app, 'Pat Principal', 'principal', school);
  const secret = await unsubscribeSecret(app.ctx.db, app.clock.now());
  link = `/unsubscribe/${tokenOf(secret, { personId: principal.id, kinds: OPTIONAL })}`;
  app.clock.set('2027-01-03T15:00:00Z');
  await act();
  app.mails.length = 0;
});
afterAll(() => app.close());

async function act(): Promise<void> {
  await scan(app.ctx);
  await sendMails(app.ctx, queue.take());
}

/** What went to the principal on each day from one to another. */
async function live(from: string, to: string): Promise<{ on: string; text: string }[]> {
  const told: { on: string; text: string }[] = [];
  for (let day = from; day <= to; day = addDays(day, 1)) {
    app.clock.set(`${day}T15:00:00Z`);
    await act();
    for (const mail of app.mails.splice(0))
      if (mail.to.address === principal.email) told.push({ on: day, text: mail.text });
  }
  return told;
}

const press = async (act: 'One-Click' | 'Undo') => {
  const reply = await app.app.inject({
    ...({ method: 'POST', url: link, payload: `List-Unsubscribe=${act}` } as const),
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
  });
  expect(reply.statusCode).toBe(200);
};

const ledger = (rule: string) =>
  app.ctx.db
    .selectFrom('reminders')
    .select(['status', 'reason', 'occasion', 'dueOn'])
    .where('rule', '=', rule)
    .where('personId', '=', principal.id)
    .where('dueOn', '>=', '2027-01-01')
    .orderBy('dueOn')
    .execute();

test('a deadline comes 14, 7, 3, 1 and 0 days before the day to aim at, and when it is late', async () => {
  await press('One-Click');
  const told = await live('2027-01-04', '2027-02-08');
  const days = told.filter(({ text }) => text.includes(IQFSR)).map(({ on }) => on);
  expect(days).toEqual([
    // The month's deadlines on its first mail day.
    '2027-01-04',
    ...['2027-01-15', '2027-01-22', '2027-01-26', '2027-01-28', '2027-01-29'],
    ...['2027-02-01', '2027-02-03', '2027-02-08'],
  ]);
  for (const rule of ['month-begins', 'month-ending']) {
    const rows = await ledger(rule);
    expect(rows.length).toBeGreaterThan(0);
    for (const row of rows) expect(row).toMatchObject({ status: 'held', reason: 'optedOut' });
  }
});

test('undo brings this month’s summary after all, and the next ones', async () => {
  await press('Undo');
  const [next, ...more] = await live('2027-02-09', '2027-02-10');
  expect(more).toEqual([]);
  expect(next!.on).toBe('2027-02-09');
  expect((await ledger('month-begins')).map(({ status, occasion }) => [occasion, status])).toEqual([
    ['month-begins:2027-01', 'held'],
    ['month-begins:2027-02', 'sent'],
  ]);
  const march = await live('2027-02-11', '2027-03-02');
  expect((await ledger('month-begins')).at(-1)).toMatchObject({
    ...{ occasion: 'month-begins:2027-03', status: 'sent' },
  });
  expect(march.length).toBeGreaterThan(1);
  const endings = (await ledger('month-ending')).filter(({ dueOn }) => dueOn >= '2027-02-11');
  expect(new Set(endings.map(({ status }) => status))).toEqual(new Set(['sent']));
});

test('undone in time, nothing is missed: what the morning would have brought comes', async () => {
  app.clock.set('2027-04-01T06:00:00Z');
  await scan(app.ctx);
  await press('One-Click');
  expect((await ledger('month-begins')).at(-1)).toMatchObject({ status: 'held' });
  await press('Undo');
  expect((await ledger('month-begins')).at(-1)).toMatchObject({
    ...{ status: 'scheduled', reason: null, occasion: 'month-begins:2027-04' },
  });
  await live('2027-04-01', '2027-04-01');
  expect((await ledger('month-begins')).at(-1)).toMatchObject({ status: 'sent' });
});
