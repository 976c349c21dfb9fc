import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { renderDigest } from '../../src/digests/digest.ts';
import { english } from '../../src/digests/messages.en.ts';
import { bootstrap } from '../../src/http/authenticate.ts';
import { addDays } from '../../src/reminders/days.ts';
import { previewDigests } from '../../src/reminders/preview.ts';
import { scan } from '../../src/reminders/scan.ts';
import { sendMails } from '../../src/reminders/send.ts';
import { testClock } from '../support/clock.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { contextOn, fixtures, heldMailer, heldQueue } from './support/world.ts';

const FIRST = '2028-01-12';
const LAST = '2028-02-20';
const at = (day: string) => `${day}T08:00:00-06:00`;

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

describe('the preview', () => {
  test('of six weeks is what is then sent on each day, to the letter', async () => {
    const { db } = database;
    const clock = testClock(at(FIRST));
    const { queue, take } = heldQueue();
    const { mailer, mails } = heldMailer();
    const ctx = contextOn(db, clock, queue, mailer);
    const act = async () => {
      await scan(ctx);
      await sendMails(ctx, take());
    };
    await populate();

    // A past: the day before today brought some of it already.
    clock.set(at(addDays(FIRST, -1)));
    await act();
    expect(mails.length).toBeGreaterThan(0);
    mails.length = 0;
    clock.set(at(FIRST));

    const preview = async (from: string, to: string) => {
      const found = await previewDigests(ctx, bootstrap, from, to);
      return found
        .map(({ person, on, model }) => ({
          to: person.email,
          on,
          ...renderDigest(model, ctx.config.publicUrl, english),
        }))
        .sort(byDayAndPerson);
    };
    const expected = await preview(FIRST, LAST);
    const part = await preview('2028-02-01', LAST);

    for (let day = FIRST; day <= LAST; day = addDays(day, 1)) {
      clock.set(at(day));
      await act();
    }
    const sent = mails
      .map(({ to, date, subject, text, html }) => ({
        to: to.address,
        on: date.toISOString().slice(0, 10),
        subject,
        text,
        html,
      }))
      .sort(byDayAndPerson);
    expect(sent.length).toBeGreaterThan(15);
    expect(expected).toEqual(sent);
    expect(part).toEqual(sent.filter(({ on }) => on >= '2028-02-01'));
  });

  test('says nothing for today to whoever has had the mail of today', async () => {
    const clock = testClock(at(LAST));
    const ctx = contextOn(database.db, clock, heldQueue().queue, heldMailer().mailer);
    expect(await previewDigests(ctx, bootstrap, LAST, LAST)).toEqual([]);
  });
});

const byDayAndPerson = (a: { on: string; to: string }, b: { on: string; to: string }) =>
  `${a.on} ${a.to}` < `${b.on} ${b.to}` ? -1 : 1;

/** Three schools in two districts; people who come, go, and are missing. */
async function populate(): Promise<void> {
  const add = fixtures(database.db);
  const schools = ['001-0001', '001-0002', '002-0001'];
  const [ada, ben, cora, dee] = await Promise.all(
    ['Ada', 'Ben', 'Cora', 'Dee'].map((name) => add.person(name)),
  );
  for (const [i, code] of schools.entries()) {
    const year = await add.school(code, `School & Sons No. ${i}`);
    const task = (key: string, dueOn: string | null, kind: 'deadline' | 'expected' = 'deadline') =>
      add.task(year, key, { dueOn, kind });
    await task('jan-1/principal/1', '2028-01-31');
    await task('jan-1/principal/2', '2028-01-31', 'expected');
    await task('jan-1/principal/3', `2028-02-1${i}`);
    await task('jan-1/principal/4', '2026-12-31', 'expected');
    await task('jan-1/principal/5', '2026-12-20');
    await task('jan-1/principal/6', null);
    await task('jan-1/district/1', '2028-01-20');
    await task('jan-1/coordinator/1', '2028-02-28', 'expected');
    await add.task(year, 'jan-1/district/2', { dueOn: '2028-02-15', status: 'blocked' });
    await add.task(year, 'jan-1/district/3', { dueOn: '2028-02-01', status: 'done' });
  }
  await add.assign(ada!, 'principal', 'school', schools[0]!);
  await add.assign(ben!, 'principal', 'school', schools[1]!, ['2026-08-01', '2028-01-27']);
  await add.assign(ben!, 'district', 'district', '001');
  await add.assign(cora!, 'coordinator', 'state', 'EX');
  await add.assign(dee!, 'principal', 'school', schools[2]!, ['2028-01-26', null]);
}
