import { sql } from 'kysely';
import type { Db } from '../../../src/context.ts';
import { makeMails } from '../../../src/digests/make-mails.ts';
import type { Program, Programs } from '../../../src/programs/programs.ts';
import { fixtures, programs as usual } from '../../reminders/support/world.ts';

/** Every zone of the United States and its territories that keeps, or has kept, a time of its own. */
export const US_ZONES = [
  ...['New_York', 'Detroit', 'Chicago', 'Menominee', 'Denver', 'Boise', 'Phoenix', 'Los_Angeles'],
  ...['Anchorage', 'Juneau', 'Sitka', 'Metlakatla', 'Yakutat', 'Nome', 'Adak', 'Puerto_Rico'],
  ...['Kentucky/Louisville', 'Kentucky/Monticello', 'Indiana/Indianapolis', 'Indiana/Vincennes'],
  ...['Indiana/Winamac', 'Indiana/Marengo', 'Indiana/Petersburg', 'Indiana/Vevay'],
  ...['Indiana/Tell_City', 'Indiana/Knox', 'North_Dakota/Center', 'North_Dakota/New_Salem'],
  ...['North_Dakota/Beulah', 'St_Thomas'],
]
  .map((name) => `America/${name}`)
  .concat(['Pacific/Honolulu', 'Pacific/Guam', 'Pacific/Saipan', 'Pacific/Pago_Pago']);

export const HOURS = ['01:30', '02:30', '07:00'];

/** The dates on which the clocks of the United States change in a year: by the Energy Policy Act of 2005. */
export function changesOf(year: number): [spring: string, fall: string] {
  const sunday = (month: string, from: number) => {
    for (let day = from; ; day += 1) {
      const date = `${year}-${month}-${String(day).padStart(2, '0')}`;
      if (new Date(date).getUTCDay() === 0) return date;
    }
  };
  return [sunday('03', 8), sunday('11', 1)];
}

/** The invented program with mail on every day and at every hour. */
const programs: Programs = (() => {
  const [program] = usual.all as [Program];
  const reminders = { ...program.pack.reminders, quietHours: null, mailDays: 'all' as const };
  const free = { ...program, pack: { ...program.pack, reminders } };
  return { all: [free], get: (id) => (id === free.id ? free : undefined) };
})();

/** One person for each zone and hour. */
export async function populate(db: Db): Promise<void> {
  const add = fixtures(db);
  await add.school('001-0001', 'Oak High School');
  for (const zone of US_ZONES)
    for (const digestAt of HOURS) {
      const personId = await add.person(`${zone} ${digestAt}`);
      await db
        .insertInto('preferences')
        .values({
          ...{ personId, zone, digestAt, language: null, switchedOff: [] },
          ...{ version: 1, updatedAt: new Date(0) },
        })
        .execute();
    }
}

export interface Played {
  /** Local dates that should have had one digest: whole days of people. */
  expected: number;
  /** `person date: how many`, where there was not exactly one, or one of another date. */
  wrong: string[];
}

/**
 * Plays the day before a change, the change and the day after in every zone, with a scan every so
 * many minutes and something to say to everybody at any time, and counts each person's digests by
 * the date that the clocks of their zone showed.
 */
export async function playChange(db: Db, date: string, everyMinutes: number): Promise<Played> {
  await sql`delete from reminders`.execute(db);
  await sql`delete from messages`.execute(db);
  // Guam's days begin, and Pago Pago's end, most of a day from those in UTC.
  const begin = Date.parse(date) - 1.5 * DAY;
  for (let at = begin; at < begin + 4 * DAY; at += everyMinutes * 60_000) {
    const now = new Date(at);
    await somethingToSay(db, now);
    await db.transaction().execute((trx) => makeMails(trx, programs, now, 'example.org'));
  }
  return judge(
    db,
    [-DAY, 0, DAY].map((by) => isoDate(Date.parse(date) + by)),
  );
}

const DAY = 86_400_000;
const isoDate = (at: number): string => new Date(at).toISOString().slice(0, 10);

const somethingToSay = (db: Db, now: Date) =>
  sql`insert into reminders (id, planning_year_id, role, person_id, rule, occasion, due_on, status, created_at)
    select gen_random_uuid(), y.id, 'principal', p.id, 'month', 'month:' || ${now.toISOString()}::text,
      '2026-11-01', 'scheduled', ${now}
    from people p, planning_years y
    where not exists (
      select from reminders r
      where r.person_id = p.id and r.status = 'scheduled' and r.message_id is null)`.execute(db);

async function judge(db: Db, dates: string[]): Promise<Played> {
  const { rows } = await sql<{ name: string; zone: string; on: string; at: Date }>`
    select p.name, w.zone, m.local_date as "on", m.created_at as at
    from messages m join people p on p.id = m.person_id join preferences w on w.person_id = p.id`.execute(
    db,
  );
  const found = new Map<string, number>();
  const wrong: string[] = [];
  for (const { name, zone, on, at } of rows) {
    const shown = new Intl.DateTimeFormat('en-CA', { timeZone: zone }).format(at);
    if (shown !== on) wrong.push(`${name} ${on}: sent on ${shown}`);
    found.set(`${name} ${shown}`, (found.get(`${name} ${shown}`) ?? 0) + 1);
  }
  const expected = US_ZONES.flatMap((zone) =>
    HOURS.flatMap((hour) => dates.map((date) => `${zone} ${hour} ${date}`)),
  );
  for (const one of expected) {
    const count = found.get(one) ?? 0;
    if (count !== 1) wrong.push(`${one}: ${count}`);
  }
  return { expected: expected.length, wrong };
}
