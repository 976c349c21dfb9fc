import { renderDigest } from '../../../src/digests/digest.ts';
import { english } from '../../../src/digests/messages.en.ts';
import { bootstrap } from '../../../src/http/authenticate.ts';
import { addDays } from '../../../src/reminders/days.ts';
import { previewDigests } from '../../../src/reminders/preview.ts';
import { scan } from '../../../src/reminders/scan.ts';
import { sendMails } from '../../../src/reminders/send.ts';
import { testClock } from '../../support/clock.ts';
import type { TestDatabase } from '../../support/database.ts';
import { contextOn, fixtures, heldMailer, heldQueue } from './world.ts';

/** What somebody gets on a day. */
export interface Told {
  to: string;
  on: string;
  subject: string;
  text: string;
  html: string;
}

/**
 * Previews the days from one date to another, then lives them: of schools whose people come, go, and
 * are missing, and of which the day before has told something already.
 *
 * @param groups of three schools each
 * @param later a day from which another preview begins
 */
export async function playPreview(
  database: TestDatabase,
  { first, last, later, groups }: { first: string; last: string; later: string; groups: number },
): Promise<{ past: number; expected: Told[]; part: Told[]; sent: Told[] }> {
  const clock = testClock(at(first));
  const { queue, take } = heldQueue();
  const { mailer, mails } = heldMailer();
  const ctx = contextOn(database.db, clock, queue, mailer);
  const act = async () => {
    await scan(ctx);
    await sendMails(ctx, take());
  };
  const add = fixtures(database.db);
  for (let group = 0; group < groups; group++) await populate(add, group);

  // A past: the day before today brought some of it already.
  clock.set(at(addDays(first, -1)));
  await act();
  const past = mails.splice(0).length;
  clock.set(at(first));

  const preview = async (from: string) => {
    const found = await previewDigests(ctx, bootstrap, from, last);
    return found
      .map(({ person, on, model }) => ({
        to: person.email,
        on,
        ...renderDigest(model, ctx.config.publicUrl, english),
      }))
      .sort(byDayAndPerson);
  };
  const expected = await preview(first);
  const part = await preview(later);

  for (let day = first; day <= last; day = addDays(day, 1)) {
    clock.set(at(day));
    await act();
  }
  const sent = mails
    .map(({ to, date, subject, text, html }) => ({
      to: to.address,
      on: date.toISOString().slice(0, 10),
      ...{ subject, text, html },
    }))
    .sort(byDayAndPerson);
  return { past, expected, part, sent };
}

const at = (day: string) => `${day}T08:00:00-06:00`;

const byDayAndPerson = (a: { on: string; to: string }, b: { on: string; to: string }) =>
  `${a.on} ${a.to}` < `${b.on} ${b.to}` ? -1 : 1;

/** Three schools in two districts; people who come, go, and are missing. */
async function populate(add: ReturnType<typeof fixtures>, group: number): Promise<void> {
  const [one, other] = [1, 2].map((at) => String(2 * group + at).padStart(3, '0'));
  const schools = [`${one}-0001`, `${one}-0002`, `${other}-0001`];
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
    await add.task(year, 'jan-1/principal/7', { dueOn: '2028-02-06', safeBy: '2028-02-04' });
    await add.task(year, 'jan-1/principal/8', { dueOn: '2028-03-31', safeBy: '2028-02-25' });
    await add.task(year, 'jan-1/district/2', { dueOn: '2028-02-15', status: 'blocked' });
    await add.task(year, 'jan-1/district/3', { dueOn: '2028-02-01', status: 'done' });
  }
  await add.assign(ada!, 'principal', 'school', schools[0]!);
  await add.assign(ben!, 'principal', 'school', schools[1]!, ['2026-08-01', '2028-01-27']);
  await add.assign(ben!, 'district', 'district', one!);
  await add.assign(cora!, 'coordinator', 'state', 'EX');
  await add.assign(dee!, 'principal', 'school', schools[2]!, ['2028-01-26', null]);
}
