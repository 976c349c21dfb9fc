import { sql } from 'kysely';
import type { Db } from '../../../src/context.ts';
import type { LogEntry } from '../../../src/planning-years/state.ts';
import type { Played } from '../../../src/simulate/play.ts';
import type { Expected, History } from './oracle.ts';

/** What the ledger says was sent, what was not, and what nobody was there for, in the oracle's words. */
export async function ledgerOf(db: Db): Promise<Expected> {
  const { rows } = await sql<Record<'day' | 'person' | 'what' | 'since', string | null>>`
    select m.local_date::text as day, p.email as person, r.due_on::text as since,
      concat_ws(' ', y.organization_code, r.role, coalesce(t.task_key, '-'), r.occasion) as what
    from reminders r
    join planning_years y on y.id = r.planning_year_id
    left join tasks t on t.id = r.task_id
    left join people p on p.id = r.person_id
    left join messages m on m.id = r.message_id and r.status = 'sent'`.execute(db);
  return {
    sent: rows.flatMap(({ day, person, what }) => (day ? [`${day} ${person} ${what}`] : [])).sort(),
    notSent: rows
      .flatMap(({ day, person, since, what }) =>
        day || !person ? [] : [`${since} ${person} ${what}`],
      )
      .sort(),
    neverSent: rows
      .flatMap(({ day, person, since, what }) => (day || person ? [] : [`${since} ${what}`]))
      .sort(),
  };
}

export async function historiesOf(db: Db, { years }: Played): Promise<History[]> {
  const histories: History[] = [];
  for (const { school, year } of years) {
    const rows = await db
      .selectFrom('logEntries')
      .select('entry')
      .where('planningYearId', '=', year.row.id)
      .orderBy('seq')
      .execute();
    const entries = rows.map(({ entry }) => JSON.parse(entry) as LogEntry);
    histories.push({ school, model: year.model, openedOn: year.row.openedOn, entries });
  }
  return histories;
}
