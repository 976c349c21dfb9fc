import { type ExpressionBuilder, sql } from 'kysely';
import type { Actor } from '../actor.ts';
import type { Db } from '../context.ts';
import type { ReminderStatus, Tables } from '../db/tables.ts';
import type { Subject } from '../policy/can.ts';
import { whereCan } from '../policy/where.ts';
import type { RemindersQuery } from './schemas.ts';

export type ReminderRow = Awaited<ReturnType<typeof listReminders>>[number];

/** A page of the ledger that the actor may see, newest first. */
export async function listReminders(
  db: Db,
  actor: Actor,
  query: RemindersQuery,
  after: string | null,
  fetch: number,
) {
  let rows = selectReminders(db)
    .where((eb) => mayRead(eb, actor))
    .orderBy('r.id', 'desc')
    .limit(fetch);
  if (after !== null) rows = rows.where('r.id', '<', after);
  if (query.planningYear !== undefined)
    rows = rows.where('r.planningYearId', '=', query.planningYear);
  if (query.recipient !== undefined) rows = rows.where('r.personId', '=', query.recipient);
  if (query.status !== undefined) rows = rows.where(statusNow, '=', query.status);
  if (query.rule !== undefined) rows = rows.where('r.rule', '=', query.rule);
  if (query.reason !== undefined) rows = rows.where(reasonNow, '=', query.reason);
  if (query.from !== undefined) rows = rows.where('r.dueOn', '>=', query.from);
  if (query.to !== undefined) rows = rows.where('r.dueOn', '<=', query.to);
  return rows.execute();
}

/**
 * One row of the ledger with the mail that it is in, whose words are told to whoever may read all the
 * reminders of that mail: it may speak of schools of others, too.
 */
export async function readReminder(db: Db, actor: Actor, id: string) {
  const row = await selectReminders(db).where('r.id', '=', id).executeTakeFirst();
  if (!row?.messageId) return row && { row, message: null };
  const message = await db
    .selectFrom('messages')
    .select(['id', 'kind', 'localDate', 'status', 'reason', 'mailId', 'attempts', 'toAddress'])
    .select(['createdAt', 'firstAttemptAt', 'nextAttemptAt', 'sentAt', 'lastError'])
    .select(['reported', 'reportedAt', 'subject', 'text', 'html'])
    .where('id', '=', row.messageId)
    .executeTakeFirstOrThrow();
  const { isWithin } = await db
    .selectFrom('reminders as r')
    .innerJoin('planningYears as y', 'y.id', 'r.planningYearId')
    .select((eb) => eb.fn<boolean>('bool_and', [mayRead(eb, actor)]).as('isWithin'))
    .where('r.messageId', '=', row.messageId)
    .executeTakeFirstOrThrow();
  return {
    row,
    message: isWithin ? message : { ...message, subject: null, text: null, html: null },
  };
}
export type MessageRow = NonNullable<
  NonNullable<Awaited<ReturnType<typeof readReminder>>>['message']
>;

const mayRead = <DB extends Tables & { r: Tables['reminders']; y: Tables['planningYears'] }>(
  eb: ExpressionBuilder<DB, 'r' | 'y'>,
  actor: Actor,
) =>
  whereCan(eb, actor, 'reminders.read', {
    ...{ program: sql.ref('y.program'), district: sql.ref('y.districtCode') },
    ...{ school: sql.ref('y.organizationCode'), role: sql.ref('r.role') },
    person: sql.ref('r.personId'),
  });

/** What the policy is asked about; null when there is no such reminder. */
export async function reminderSubject(db: Db, id: string | null): Promise<Subject | null> {
  if (id === null) return null;
  const row = await db
    .selectFrom('reminders as r')
    .innerJoin('planningYears as y', 'y.id', 'r.planningYearId')
    .select(['y.program', 'y.organizationKind', 'y.organizationCode', 'y.districtCode'])
    .select(['r.role', 'r.personId'])
    .where('r.id', '=', id)
    .executeTakeFirst();
  if (!row) return null;
  return {
    program: row.program,
    district: row.districtCode,
    role: row.role,
    person: row.personId,
    ...(row.organizationKind === 'school' && { school: row.organizationCode }),
  };
}

/** While mail is paused nothing is on its way: what waits is held, and goes on afterwards. */
const paused = sql`(r.status in ('scheduled', 'retrying')
  and exists (select from mail_settings where paused_since is not null))`;
const statusNow = sql<ReminderStatus>`case when ${paused} then 'held' else r.status end`;
const reasonNow = sql<string | null>`case when ${paused} then 'paused' else r.reason end`;

const selectReminders = (db: Db) =>
  db
    .selectFrom('reminders as r')
    .innerJoin('planningYears as y', 'y.id', 'r.planningYearId')
    .leftJoin('people as p', 'p.id', 'r.personId')
    .leftJoin('messages as m', 'm.id', 'r.messageId')
    .select([
      'r.id',
      'r.planningYearId',
      'r.taskId',
      'r.role',
      'r.personId',
      'r.rule',
      'r.delivery',
    ])
    .select(['r.occasion', 'r.dueOn', 'r.createdAt', 'r.messageId'])
    .select([statusNow.as('status'), reasonNow.as('reason')])
    .select(['y.organizationKind', 'y.organizationCode', 'p.name', 'p.email', 'm.sentAt']);
