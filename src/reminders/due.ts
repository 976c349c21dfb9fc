import { type RawBuilder, sql } from 'kysely';
import { canBeLateRow } from '../planning-years/overdue.ts';
import { activeYears, among, type Day, type Years } from './day.ts';
import { addDays } from './days.ts';
import type { Occasions } from './occasions.ts';

/**
 * A query of what is due to which roles: `year, task, role, rule, occasion, delivery`, and where the
 * year belongs, `organization_kind, organization_code, district_code`. It reads what lies within the
 * ranges and nothing else.
 */
export function dueQuery(day: Day, occasions: Occasions, years: Years) {
  const { months, unset, quarters, events } = occasions;
  const { aim = [], due = [] } = Object.groupBy(occasions.bands, ({ by }) => by);
  const parts = [
    aim.length > 0 && ofBands(day, aim, { counted: AIM, speaks: SPEAKS }, years),
    due.length > 0 && ofBands(day, due, { counted: sql`t.due_on`, speaks: canBeLateRow }, years),
    months.length > 0 && ofMonths(day, months, years),
    unset.length > 0 && ofUnset(day, unset, years),
    quarters.length > 0 && ofQuarters(day, quarters, years),
    events.length > 0 && ofEvents(day, events, years),
  ].filter((part) => part !== false);
  return parts.length > 0 ? sql`${sql.join(parts, sql` union all `)}` : NOTHING;
}

const NOTHING = sql`
  select null::uuid as year, null::uuid as task, '' as role, '' as rule, '' as occasion,
    '' as delivery, '' as organization_kind, '' as organization_code, '' as district_code
  where false`;

/** The day to aim at, else the due date, whichever comes first; an index has it. */
const AIM = sql`least(t.safe_by, t.due_on)`;

/** @param counted the day that is counted from @param speaks which tasks */
const ofBands = (
  day: Day,
  bands: Occasions['bands'],
  { counted, speaks }: Record<'counted' | 'speaks', RawBuilder<unknown>>,
  years: Years,
) => sql`
  select ${SUBJECT}, b.rule, b.rule || ':' || b.threshold || ':' || ${counted} as occasion, ${WHERE_TO}
  from ${recordset(bands, BAND)}
  join ${day.tables.tasks} t on ${counted} between b.from and b.to and t.due_on >= b."dueFrom"
    and t.kind = any(b.kinds) and (b.tasks is null or t.task_key = any(b.tasks))
    and not (b."othersOnly" and t.role = b.role)
  join ${activeYears(day)} on y.id = t.planning_year_id
  where ${speaks} and ${among(sql`t.planning_year_id`, years)}`;

const BAND =
  '"from" date, "to" date, "dueFrom" date, threshold int, kinds text[], tasks text[], "othersOnly" boolean';

const UNFINISHED = sql`t.status in ('open', 'blocked')`;

/** What is open, and a deadline whatever its event waits for. */
const SPEAKS = sql`(t.status = 'open' or t.status = 'blocked' and t.kind = 'deadline')`;

/** Each once for a year and role, however many tasks there are: of the month, and late from before it. */
const ofMonths = (day: Day, months: Occasions['months'], years: Years) => {
  const tasksIn = (range: RawBuilder<unknown>) => sql`
    select t.planning_year_id, coalesce(b.role, t.role) as role, b.rule, b.month, b.delivery
    from ${recordset(months, 'month text, "from" date, "to" date, kinds text[]')}
    join ${day.tables.tasks} t on ${range} and t.kind = any(b.kinds)
    where ${UNFINISHED} and ${among(sql`t.planning_year_id`, years)}`;
  return sql`
  select m.planning_year_id as year, null::uuid as task, m.role, m.rule,
    m.rule || ':' || m.month as occasion, m.delivery, ${PLACE}
  from (
    ${tasksIn(sql`t.due_on between b.from and b.to`)}
    union
    ${tasksIn(sql`t.due_on < b.from and ${canBeLateRow}`)}
    union
    ${tasksIn(sql`t.due_on is null and t.month = b.month`)}
  ) m
  join ${activeYears(day)} on y.id = m.planning_year_id`;
};

/** Each once for a year and the roles that are told. */
const ofUnset = (day: Day, unset: Occasions['unset'], years: Years) => sql`
  select distinct t.planning_year_id as year, null::uuid as task, b.role, b.rule,
    b.rule || ':' || b.month as occasion, ${WHERE_TO}
  from ${recordset(unset, 'month text, kinds text[]')}
  join ${day.tables.tasks} t on t.due_on is null and t.kind = any(b.kinds)
  join ${activeYears(day)} on y.id = t.planning_year_id
  where ${UNFINISHED} and ${among(sql`t.planning_year_id`, years)}`;

const ofQuarters = (day: Day, quarters: Occasions['quarters'], years: Years) => sql`
  select ${SUBJECT}, b.rule, b.rule || ':' || b.month as occasion, ${WHERE_TO}
  from ${recordset(quarters, 'month text, "from" date, "to" date, tasks text[]')}
  join ${day.tables.tasks} t on t.due_on between b.from and b.to and t.task_key = any(b.tasks)
  join ${activeYears(day)} on y.id = t.planning_year_id
  where ${UNFINISHED} and ${among(sql`t.planning_year_id`, years)}`;

/**
 * Only years that have changed lately can have lately had an event. To read an entry as JSON costs
 * more than all else, so that those without such an event are left out by their text, which is
 * canonical.
 */
const ofEvents = (day: Day, events: Occasions['events'], years: Years) => {
  const since = events.map((event) => event.since).sort()[0]!;
  // A day more, since the dates are those of the program's zone.
  const from = sql`${addDays(since, -1)}::date`;
  const wanted = new Set(events.flatMap((event) => event.events));
  const texts = [...wanted].map((type) => `%"event":"${type}"%`);
  return sql`
  select ${SUBJECT}, b.rule, b.rule || ':' || l.today || ':' || l.seq as occasion, ${WHERE_TO}
  from ${activeYears(day)}
  join lateral (
    select l.seq, json_from(l.entry) ->> 'today' as today, json_from(l.entry) -> 'transitions' as moves
    from log_entries l where l.planning_year_id = y.id and l.recorded_at >= ${from}
      and l.entry like any(${texts}::text[])
  ) l on true
  join ${recordset(events, 'since text, events text[], tasks text[]')} on l.today >= b.since
    and exists (select from items_of(l.moves) m where m.item ->> 'event' = any(b.events))
  join ${day.tables.tasks} t on t.planning_year_id = y.id and t.task_key = any(b.tasks)
  where y.updated_at >= ${from} and ${SPEAKS} and ${among(sql`y.id`, years)}`;
};

const SUBJECT = sql`t.planning_year_id as year, t.id as task, coalesce(b.role, t.role) as role`;
const PLACE = sql`y.organization_kind, y.organization_code, y.district_code`;
const WHERE_TO = sql`b.delivery, ${PLACE}`;

const recordset = (rows: readonly object[], columns: string) => sql`
  jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
    as b (rule text, role text, delivery text, ${sql.raw(columns)})`;
