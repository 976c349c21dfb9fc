import { sql } from 'kysely';
import type { Actor } from '../actor.ts';
import type { Trx } from '../context.ts';
import { whereCan } from '../policy/where.ts';
import type { LedgerTables } from './day.ts';
import type { LedgerRow } from './facts.ts';
import { covers } from './holders.ts';

/** The copy of the ledger on which a preview plays its days. It lives in the transaction. */
export const PLAYED: LedgerTables = {
  reminders: sql.table('played_reminders'),
  planningYears: sql.table('played_years'),
};

/**
 * Copies the active years that the actor may see mails of, and those that the actor has a role in
 * between two dates, with what may still count of their ledger. Of the first they see everybody's
 * mails (`seen`), of the others their own alone.
 */
export async function setUpPlay(
  trx: Trx,
  actor: Actor,
  { from, to }: { from: string; to: string },
): Promise<void> {
  await sql`
    create temp table played_years (like planning_years including indexes, seen boolean)
      on commit drop;
    create temp table played_reminders (like reminders including indexes) on commit drop`.execute(
    trx,
  );
  const active = trx
    .selectFrom('planningYears as y')
    .selectAll('y')
    .select((eb) =>
      whereCan(eb, actor, 'reminders.read', {
        program: 'y.program',
        district: 'y.districtCode',
        school: 'y.organizationCode',
      }).as('seen'),
    )
    .where('y.status', '=', 'active');
  await sql`
    insert into played_years
    select * from (${active}) y
    where seen or exists (
      select from held_roles a
      where a.person_id = ${actor.person} and a.program = y.program and ${covers}
        and a.from_on <= ${to} and (a.to_on is null or a.to_on >= ${from}))`.execute(trx);
  // What has been said of a settled task is never said again.
  await sql`
    insert into played_reminders
    select r.* from reminders r
    join played_years y on y.id = r.planning_year_id
    left join tasks t on t.id = r.task_id
    where r.status in ('scheduled', 'held', 'retrying') or r.task_id is null
      or t.status in ('open', 'blocked')`.execute(trx);
  await sql`analyze played_years; analyze played_reminders`.execute(trx);
}

/** What waits for a mail that the actor may see, and what is held for nobody. */
export async function waitingRows(trx: Trx, { person }: Actor) {
  const { rows } = await sql<LedgerRow>`
    select r.id, planning_year_id as "planningYearId", task_id as "taskId", role,
      person_id as "personId", rule, occasion, due_on as "dueOn", delivery, r.status,
      message_id as "messageId"
    from played_reminders r join played_years y on y.id = r.planning_year_id
    where r.status = 'scheduled' and message_id is null and (person_id = ${person} or seen)
        and person_id is not null
      or r.status = 'held' and person_id is null
    order by r.id`.execute(trx);
  const held = rows.filter(({ status }) => status === 'held');
  return { waiting: rows.filter(({ status }) => status === 'scheduled'), held };
}

export async function markPlayed(trx: Trx, sent: string[], dropped: string[]): Promise<void> {
  await sql`
    update played_reminders
    set status = case when id = any(${sent}::uuid[]) then 'sent' else 'dropped' end
    where id = any(${[...sent, ...dropped]}::uuid[])`.execute(trx);
}

/** A caller's transaction may play again. */
export async function dropPlayed(trx: Trx): Promise<void> {
  await sql`drop table played_reminders, played_years`.execute(trx);
}
