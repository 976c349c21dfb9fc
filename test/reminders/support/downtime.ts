import { scan } from '../../../src/reminders/scan.ts';
import { sendMails } from '../../../src/reminders/send.ts';
import { testClock } from '../../support/clock.ts';
import type { TestDatabase } from '../../support/database.ts';
import { contextOn, fixtures, heldMailer, heldQueue } from './world.ts';

/** Items due to each person while nothing runs. */
export const ITEMS = 40;

/**
 * People with forty things due around January 31, of each of whom some are told before everything
 * stops on January 24, and everything begins again in the night of February 4.
 *
 * @returns the mails that went out after that, by address: their hours and how many items each names
 */
export async function playDowntime({ db }: TestDatabase, people: number) {
  const clock = testClock('2027-01-22T08:00:00-06:00');
  const { queue, take } = heldQueue();
  const { mailer, mails } = heldMailer();
  const ctx = contextOn(db, clock, queue, mailer);
  const add = fixtures(db);
  for (let at = 0; at < people; at++) {
    const code = `${100 + Math.floor(at / 100)}-${String(at % 100).padStart(4, '0')}`;
    const year = await add.school(code, `School ${at}`);
    const person = await add.person(`Person ${at}`);
    await add.assign(person, 'principal', 'school', code);
    for (let item = 0; item < ITEMS; item++)
      await add.task(year, `jan-1/principal/item-${item}-`, {
        dueOn: `2027-${item < 14 ? '01' : '02'}-${String(item < 14 ? 26 + (item % 6) : 1 + (item % 14)).padStart(2, '0')}`,
      });
  }
  const act = async () => {
    await scan(ctx);
    await sendMails(ctx, take());
  };
  await act();
  mails.length = 0;
  const hours: { to: string; at: string; items: number }[] = [];
  for (let minutes = 0; minutes < 24 * 60; minutes += 30) {
    clock.set('2027-02-04T02:00:00-06:00');
    clock.advance({ minutes });
    await act();
    for (const { to, date, text } of mails.splice(0)) {
      const items = new Set(text.match(/item-\d+-/g));
      hours.push({ to: to.address, at: date.toISOString().slice(11, 16), items: items.size });
    }
  }
  return hours;
}
