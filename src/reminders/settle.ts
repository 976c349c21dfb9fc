import { sql } from 'kysely';
import type { Day } from './day.ts';
import { dueQuery } from './due.ts';
import { covers, holds } from './holders.ts';
import { isCurrent, isPastAim, type Occasions, occasionsOn } from './occasions.ts';

/** Drops what is held for nobody and whose date has passed, in whatever year. */
export async function dropPassed({ trx, pack, today, tables }: Day): Promise<void> {
  const { rows } = await sql<{ occasion: string }>`
    select distinct occasion from ${tables.reminders}
    where status = 'held' and person_id is null`.execute(trx);
  if (rows.length === 0) return;
  const now = occasionsOn(pack, today);
  const keys = rows.map(({ occasion }) => occasion);
  const passed = keys.filter((key) => !isCurrent(now, key));
  const pastAim = keys.filter((key) => isPastAim(now, key));
  if (passed.length + pastAim.length === 0) return;
  await sql`
    update ${tables.reminders} r set status = 'dropped', reason = 'noLongerDue'
    from ${tables.planningYears} y
    where r.status = 'held' and r.person_id is null
      and r.occasion = any(${[...passed, ...pastAim]}::text[])
      and (r.occasion = any(${passed}::text[]) or exists (
        select from ${tables.tasks} t where t.id = r.task_id and t.due_on < ${today}::date))
      and y.id = r.planning_year_id and y.program = ${pack.program.id}`.execute(trx);
}

/**
 * Brings what waits in these years up to date with their tasks and people: what is held for nobody
 * and no longer due is dropped, so is what waits for somebody who has left, and what was held goes to
 * the first person who now holds the role.
 *
 * @returns how many rows have found a person
 */
export async function settleYears(
  day: Day,
  now: Occasions,
  years: readonly string[],
): Promise<number> {
  await dropNotDue(day, now, years);
  await dropLeft(day, years);
  return handOver(day, years);
}

async function dropNotDue(day: Day, now: Occasions, years: readonly string[]): Promise<void> {
  const { trx, pack, tables } = day;
  await sql`
    with due as materialized (${dueQuery(day, now, years)})
    update ${tables.reminders} r set status = 'dropped', reason = 'noLongerDue'
    from ${tables.planningYears} y
    where r.status = 'held' and r.person_id is null and r.planning_year_id = any(${years}::uuid[])
      and y.id = r.planning_year_id and y.program = ${pack.program.id}
      and not exists (
        select from due d
        where d.year = r.planning_year_id and d.role = r.role and d.occasion = r.occasion
          and d.task is not distinct from r.task_id)`.execute(trx);
}

/** Sent at last they would be dropped, too; but then nobody would hear that they reach nobody. */
async function dropLeft(day: Day, years: readonly string[]): Promise<void> {
  const { trx, pack, tables } = day;
  await sql`
    update ${tables.reminders} r set status = 'dropped', reason = 'noLongerAssigned'
    from ${tables.planningYears} y
    where r.status in ('scheduled', 'retrying') and r.planning_year_id = any(${years}::uuid[])
      and y.id = r.planning_year_id and y.program = ${pack.program.id} and r.rule <> 'noRecipient'
      and not exists (
        select from ${tables.heldRoles} a
        where a.person_id = r.person_id and ${holds(day, sql`r.role`)} and ${covers})
      and not exists (
        select from messages m where m.id = r.message_id and m.status = 'sending')`.execute(trx);
}

async function handOver(day: Day, years: readonly string[]): Promise<number> {
  const { trx, pack, tables } = day;
  const { rows } = await sql`
    update ${tables.reminders} r set status = 'scheduled', reason = null, person_id = found.person_id
    from (
      select distinct on (h.id) h.id, a.person_id
      from ${tables.reminders} h
      join ${tables.planningYears} y on y.id = h.planning_year_id and y.program = ${pack.program.id}
      join ${tables.heldRoles} a on ${holds(day, sql`h.role`)} and ${covers}
      where h.status = 'held' and h.person_id is null and h.planning_year_id = any(${years}::uuid[])
        and not exists (
          select from ${tables.reminders} o
          where o.planning_year_id = h.planning_year_id and o.role = h.role
            and o.occasion = h.occasion and o.task_id is not distinct from h.task_id
            and o.person_id = a.person_id)
      order by h.id, a.person_id
    ) found
    where r.id = found.id
    returning r.id`.execute(trx);
  return rows.length;
}
