import { sql } from 'kysely';
import type { Actor } from '../actor.ts';
import type { Trx } from '../context.ts';
import { whereCan } from '../policy/where.ts';
import type { LedgerTables } from './day.ts';
import type { LedgerRow } from './facts.ts';
import { covers } from './holders.ts';
import { NO_RECIPIENT } from './record.ts';

/** The copy of the ledger, and of what it follows from, on which a preview plays its days. */
export const PLAYED: LedgerTables = {
  reminders: sql.table('played_reminders'),
  planningYears: sql.table('played_years'),
  tasks: sql.table('played_tasks'),
  heldRoles: sql.table('played_roles'),
};

/** What is played. */
export interface Play {
  /**
   * Of the years whose mails the actor may see, everybody's mails are played; of those in which the
   * actor has a role between `today` and `to`, the own alone.
   */
  actor: Actor;
  /** Only these planning years; null: all of them. */
  only: readonly string[] | null;
  today: string;
  to: string;
  /** The last day, to aim at or due, of which anything speaks by `to`. */
  horizon: string;
}

/** The tables of a play, empty; `seen`: everybody's mails are. They go when the transaction ends. */
export const createPlay = (trx: Trx) =>
  sql`
    create temp table played_years (like planning_years including indexes, seen boolean)
      on commit drop;
    create temp table played_reminders (like reminders) on commit drop;
    create unique index on played_reminders
      (planning_year_id, role, occasion, task_id, person_id) nulls not distinct;
    create index on played_reminders (occasion) where status = 'held' and person_id is null;
    create temp table played_roles (like held_roles) on commit drop;
    create index on played_roles (organization_code, role);
    create temp table played_tasks on commit drop as select ${TASK} from tasks with no data;
    create index on played_tasks (due_on);
    create index on played_tasks ((least(safe_by, due_on)));
    create index on played_tasks (planning_year_id)`.execute(trx);

const TASK = sql`id, planning_year_id, task_key, role, kind, status, month, due_on, safe_by, position, version`;

/**
 * Copies active years, their people, their unfinished tasks, and of their ledger what may still
 * count. Whatever a day's statements look at is there, so that what they cost follows from these years
 * and not from how many others there are.
 */
export async function setUpPlay(
  trx: Trx,
  { actor, only, today, to, horizon }: Play,
): Promise<void> {
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
    .where('y.status', '=', 'active')
    .$if(only !== null, (query) => query.where(sql<boolean>`y.id = any(${only}::uuid[])`));
  const { rows: years } = await sql<{ id: string; codes: string[] }>`
    insert into played_years
    select * from (${active}) y
    where seen or exists (
      select from held_roles a
      where a.person_id = ${actor.person} and a.program = y.program and ${covers}
        and a.from_on <= ${to} and (a.to_on is null or a.to_on >= ${today}))
    returning id, array[organization_code, district_code] as codes`.execute(trx);
  const ids = years.map(({ id }) => id);
  const codes = [...new Set(years.flatMap((year) => year.codes))];
  await sql`
    insert into played_tasks
    select ${TASK} from tasks t
    where t.planning_year_id = any(${ids}::uuid[]) and t.status in ('open', 'blocked')
      and (t.due_on is null or least(t.safe_by, t.due_on) <= ${horizon}::date)`.execute(trx);
  await sql`
    insert into played_roles
    select * from held_roles
    where (organization_kind = 'state' or organization_code = any(${codes}::text[]))
      and from_on <= ${to}::date and (to_on is null or to_on >= ${today}::date)`.execute(trx);
  // What has been said of a settled task is never said again.
  await sql`
    insert into played_reminders
    select r.* from reminders r
    left join tasks t on t.id = r.task_id
    where r.planning_year_id = any(${ids}::uuid[])
      and (r.status in ('scheduled', 'held', 'retrying') or r.task_id is null
        or t.status in ('open', 'blocked'))`.execute(trx);
  // A tenth of the usual sample tells the planner enough of tables that live for a moment.
  await sql`
    set local default_statistics_target = 10;
    analyze played_years; analyze played_reminders; analyze played_roles; analyze played_tasks;
    set local default_statistics_target to default`.execute(trx);
}

/**
 * What waits for a mail that the actor may see, and what is held for nobody as far as that tells of
 * it: of a state that has named few of its people yet, nearly everything is held.
 */
export async function waitingRows(trx: Trx, { person }: Actor) {
  const { rows: waiting } = await sql<LedgerRow>`
    select ${LEDGER_ROW}
    from played_reminders r join played_years y on y.id = r.planning_year_id
    where r.status = 'scheduled' and r.message_id is null and r.person_id is not null
      and (r.person_id = ${person} or y.seen)
    order by r.id`.execute(trx);
  if (!waiting.some(({ rule }) => rule === NO_RECIPIENT)) return { waiting, held: [] };
  const { rows: held } = await sql<LedgerRow>`
    select ${LEDGER_ROW} from played_reminders r
    where r.status = 'held' and r.person_id is null and (r.planning_year_id, r.role) in (
      select planning_year_id, role from played_reminders
      where status = 'scheduled' and rule = ${NO_RECIPIENT})
    order by r.id`.execute(trx);
  return { waiting, held };
}

const LEDGER_ROW = sql`
  r.id, r.planning_year_id as "planningYearId", r.task_id as "taskId", r.role,
  r.person_id as "personId", r.rule, r.occasion, r.due_on as "dueOn", r.delivery, r.status,
  r.message_id as "messageId"`;

export async function markPlayed(trx: Trx, sent: string[], dropped: string[]): Promise<void> {
  const marks = [
    { ids: sent, status: 'sent' },
    { ids: dropped, status: 'dropped' },
  ];
  for (const { ids, status } of marks)
    if (ids.length > 0)
      // Joined, since to look for each row in a long list takes the product of both.
      await sql`
        update played_reminders r set status = ${status}
        from unnest(${ids}::uuid[]) as marked (id) where r.id = marked.id`.execute(trx);
}

/** A caller's transaction may play again. */
export async function dropPlay(trx: Trx): Promise<void> {
  await sql`drop table played_reminders, played_years, played_roles, played_tasks`.execute(trx);
}
