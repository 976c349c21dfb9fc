import { type RawBuilder, sql } from 'kysely';
import type { Pack } from '../../calendar/shape.ts';
import type { Trx } from '../context.ts';
import { endOfMonth } from './days.ts';
import { leaseFrom } from './messages.ts';
import { newIds } from './new-ids.ts';
import { type DueOccasion, type Kind, type MonthOccasion, passed } from './occasions.ts';
import { NO_RECIPIENT } from './plan.ts';

export interface DigestOptions {
  mailDomain: string;
}

/** A program's reminders on one date. */
export interface Day {
  trx: Trx;
  pack: Pack;
  today: string;
  now: Date;
  /** How the digests of the day are made; null while all mail is held. */
  digests: DigestOptions | null;
}

export interface Recorded {
  /** Rows really written to the ledger. */
  rows: number;
  /** The digests made for their people. */
  messages: string[];
}

/** What is to be recorded. */
export interface Part {
  years: Years;
  due: DueOccasion[];
  months: MonthOccasion[];
  /** Keys that are held, to find out which have passed; null: the years are looked at one by one. */
  held: string[] | null;
}

export type Years = 'all' | readonly string[];

/**
 * Writes into the ledger what is due and not there yet: a row for each person who holds the role, or
 * one that is held while nobody does, and then one for each coach to tell of it. What another process
 * has written already stays as it is.
 * Whoever has had no digest today gets one at once, for the many rows of a morning; the few others are
 * left to `makeDigests`.
 */
export async function recordDay(day: Day, part: Part): Promise<Recorded> {
  if (part.held) await dropPassed(day, passed(day.pack.reminders.rules, part.held, day.today));
  else await dropNotDue(day, part);
  const found = part.held ? 0 : await assignFound(day, part.years);
  const { rows, messages } = await insertDue(day, part);
  return { rows: found + rows + (await tellCoaches(day, part)), messages };
}

/** The dates that open tasks have: there are few, however many tasks have them. */
export async function datesOf(
  { trx, pack }: Day,
  years: Years,
): Promise<{ kind: Kind; dueOn: string }[]> {
  const { rows } = await sql<{ kind: Kind; dueOn: string }>`
    select distinct t.kind, t.due_on from tasks t join planning_years y on y.id = t.planning_year_id
    where t.status = 'open' and t.due_on is not null and y.program = ${pack.program.id}
      and ${among(sql`t.planning_year_id`, years)}`.execute(trx);
  return rows;
}

export async function heldKeys({ trx, pack }: Day): Promise<string[]> {
  const { rows } = await sql<{ occasion: string }>`
    select distinct r.occasion from reminders r join planning_years y on y.id = r.planning_year_id
    where r.status = 'held' and y.program = ${pack.program.id}`.execute(trx);
  return rows.map(({ occasion }) => occasion);
}

async function dropPassed({ trx, pack }: Day, keys: string[]): Promise<void> {
  if (keys.length === 0) return;
  await sql`
    update reminders r set status = 'dropped', reason = 'noLongerDue' from planning_years y
    where r.status = 'held' and r.occasion = any(${keys}::text[]) and y.id = r.planning_year_id
      and y.program = ${pack.program.id}`.execute(trx);
}

async function dropNotDue(day: Day, part: Part): Promise<void> {
  const { trx, pack } = day;
  await sql`
    with ${due(day, part)}
    update reminders r set status = 'dropped', reason = 'noLongerDue' from planning_years y
    where r.status = 'held' and y.id = r.planning_year_id and y.program = ${pack.program.id}
      and ${among(sql`r.planning_year_id`, part.years)}
      and not exists (
        select from due d where d.year = r.planning_year_id and d.role = r.role
          and d.occasion = r.occasion and d.task is not distinct from r.task_id)`.execute(trx);
}

/** What was held goes to the first person who holds the role now; {@link insertDue} tells the others. */
async function assignFound(day: Day, years: Years): Promise<number> {
  const { trx, pack } = day;
  const { rows } = await sql`
    with held as (
      select r.id, r.role, y.organization_kind, y.organization_code, y.district_code
      from reminders r join planning_years y on y.id = r.planning_year_id
      where r.status = 'held' and y.program = ${pack.program.id} and y.status = 'active'
        and ${among(sql`r.planning_year_id`, years)}
    ), first as (
      select id, min(person_id::text)::uuid as person_id
      from (${held(day, sql`held`, sql`d.role`)}) h group by id
    )
    update reminders r set status = 'scheduled', reason = null, person_id = first.person_id
    from first where r.id = first.id
    returning r.id`.execute(trx);
  return rows.length;
}

/** Always in the order of the unique key: two processes wait for each other and never in a circle. */
async function insertDue(day: Day, part: Part): Promise<Recorded> {
  if (part.due.length + part.months.length === 0) return { rows: 0, messages: [] };
  const { trx, today, now, digests } = day;
  const { rows } = await sql<Recorded>`
    with ${due(day, part)}, holder as materialized (
      ${held(day, sql`due`, sql`d.role`)}
    ), person as materialized (
      select h.person_id, ${newIds(now)} as message from (select distinct person_id from holder) h
      where ${digests !== null} and not exists (
        select from messages m where m.person_id = h.person_id and m.local_date = ${today}::date)
    ), digest as (
      insert into messages (id, person_id, local_date, status, mail_id, next_attempt_at, created_at)
      select message, person_id, ${today}::date, 'queued',
        '<' || message || '@' || ${digests?.mailDomain ?? ''}::text || '>', ${leaseFrom(now)}, ${now}
      from person returning id
    ), told as (
      insert into reminders (id, planning_year_id, task_id, role, person_id, rule, occasion, due_on,
        status, message_id, created_at)
      select ${newIds(now)}, h.year, h.task, h.role, h.person_id, h.rule, h.occasion, ${today}::date,
        'scheduled', p.message, ${now}
      from holder h left join person p using (person_id)
      order by h.year, h.role, h.occasion, h.task, h.person_id
      on conflict do nothing returning 1
    ), kept as (
      insert into reminders (id, planning_year_id, task_id, role, rule, occasion, due_on, status,
        reason, created_at)
      select ${newIds(now)}, d.year, d.task, d.role, d.rule, d.occasion, ${today}::date, 'held',
        ${NO_RECIPIENT}, ${now}
      from due d
      where not exists (
          select from holder h where h.year = d.year and h.role = d.role and h.occasion = d.occasion
            and coalesce(h.task, h.year) = coalesce(d.task, d.year))
        and not exists (
          select from reminders r where r.planning_year_id = d.year and r.role = d.role
            and r.occasion = d.occasion and r.task_id is not distinct from d.task
            and (r.status <> 'dropped' or r.person_id is null))
      order by d.year, d.role, d.occasion, d.task
      on conflict do nothing returning 1
    )
    select (select count(*) from told) + (select count(*) from kept) as rows,
      array(select id from digest) as messages`.execute(trx);
  return rows[0]!;
}

/** Tells the coaches of roles that nobody holds, once for each day that brought something to hold. */
async function tellCoaches(day: Day, { years, held: keys }: Part): Promise<number> {
  const { trx, pack, today, now } = day;
  const coaches = pack.program.roles.filter(({ kind }) => kind === 'coach').map(({ id }) => id);
  const { rows } = await sql`
    with held as (
      select r.planning_year_id as year, r.role, max(r.due_on) as since, y.organization_kind,
        y.organization_code, y.district_code
      from reminders r join planning_years y on y.id = r.planning_year_id
      where r.status = 'held' and y.program = ${pack.program.id} and y.status = 'active'
        and ${keys ? sql`r.due_on = ${today}::date` : sql`true`}
        and ${among(sql`r.planning_year_id`, years)}
      group by 1, 2, 4, 5, 6
    ), reached as (
      ${held(day, sql`held`, sql`any(${coaches}::text[])`)}
    )
    insert into reminders (id, planning_year_id, role, person_id, rule, occasion, due_on, status, created_at)
    select ${newIds(now)}, year, role, person_id, ${NO_RECIPIENT}::text,
      ${NO_RECIPIENT}::text || ':' || since, ${today}::date, 'scheduled', ${now}
    from reached order by year, role, since, person_id
    on conflict do nothing returning id`.execute(trx);
  return rows.length;
}

/** The years, roles and tasks that have an occasion today. */
function due({ pack }: Day, { years, due, months }: Part): RawBuilder<unknown> {
  const active = sql`y.program = ${pack.program.id} and y.status = 'active'
    and ${among(sql`t.planning_year_id`, years)}`;
  const place = sql`y.organization_kind, y.organization_code, y.district_code`;
  const ofMonths = sql`
    union all
    select distinct t.planning_year_id, null::uuid, t.role, m.rule, m.key, ${place}
    from jsonb_to_recordset(${JSON.stringify(months.map((month) => ({ ...month, ...daysOf(month) })))}::jsonb)
      as m (rule text, key text, kinds jsonb, month text, first date, last date)
    join tasks t on t.status in ('open', 'blocked') and m.kinds ? t.kind
      and (t.due_on between m.first and m.last or (t.due_on is null and t.month = m.month))
    join planning_years y on y.id = t.planning_year_id
    where ${active}`;
  return sql`due as materialized (
    select t.planning_year_id as year, t.id as task, t.role, o.rule, o.key as occasion, ${place}
    from jsonb_to_recordset(${JSON.stringify(due)}::jsonb)
      as o (kind text, "dueOn" date, rule text, key text)
    join tasks t on t.due_on = o."dueOn" and t.kind = o.kind and t.status = 'open'
    join planning_years y on y.id = t.planning_year_id
    where ${active} and t.due_on = any(${due.map(({ dueOn }) => dueOn)}::date[])
    ${months.length > 0 ? ofMonths : sql``}
  )`;
}

const daysOf = ({ month }: MonthOccasion) => ({
  first: `${month}-01`,
  last: endOfMonth(`${month}-01`),
});

/** The rows of `d`, for each person who holds `role` today: at the school, the district or the state. */
function held({ pack, today }: Day, d: RawBuilder<unknown>, role: RawBuilder<unknown>) {
  const at = (place: RawBuilder<unknown>) => sql`
    select d.*, a.person_id from ${d} d
    join assignments a on a.program = ${pack.program.id} and a.role = ${role}
      and a.from_on <= ${today}::date and (a.to_on is null or a.to_on >= ${today}::date) and ${place}`;
  return sql`
    ${at(sql`a.organization_kind = d.organization_kind and a.organization_code = d.organization_code`)}
    union
    ${at(sql`a.organization_kind = 'district' and a.organization_code = d.district_code`)}
    union
    ${at(sql`a.organization_kind = 'state'`)}`;
}

const among = (id: RawBuilder<unknown>, years: Years) =>
  years === 'all' ? sql`true` : sql`${id} = any(${years}::uuid[])`;
