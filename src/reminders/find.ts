import { type ExpressionBuilder, sql } from 'kysely';
import type { Actor } from '../actor.ts';
import type { Context, Db } from '../context.ts';
import type { ReminderStatus, Tables } from '../db/tables.ts';
import { termsInUse } from '../digests/terms.ts';
import { mailHour } from '../digests/timing.ts';
import type { Subject } from '../policy/can.ts';
import { whereCan } from '../policy/where.ts';
import type { RemindersQuery } from './schemas.ts';

export type ReminderRow = Awaited<ReturnType<typeof listReminders>>[number];

type Rooms = Pick<Context, 'db' | 'programs' | 'clock'>;

/** A page of the ledger that the actor may see, newest first. */
export async function listReminders(
  rooms: Rooms,
  actor: Actor,
  query: RemindersQuery,
  after: string | null,
  fetch: number,
) {
  const { statusNow, reasonNow } = standing(await resting(rooms));
  let rows = selectReminders(rooms.db, { statusNow, reasonNow })
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
export async function readReminder(rooms: Rooms, actor: Actor, id: string) {
  const now = standing(await resting(rooms));
  const row = await selectReminders(rooms.db, now).where('r.id', '=', id).executeTakeFirst();
  if (!row?.messageId) return row && { row, message: null };
  const message = await rooms.db
    .selectFrom('messages')
    .select(['id', 'kind', 'localDate', 'status', 'reason', 'mailId', 'attempts', 'toAddress'])
    .select(['createdAt', 'firstAttemptAt', 'nextAttemptAt', 'sentAt', 'lastError'])
    .select(['reported', 'reportedAt', 'subject', 'text', 'html'])
    .where('id', '=', row.messageId)
    .executeTakeFirstOrThrow();
  const { isWithin } = await rooms.db
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

/** The terms of people to whom nothing goes now: it is night, a weekend or a holiday for them. */
async function resting({ db, programs, clock }: Rooms): Promise<Resting[]> {
  const now = clock.now();
  const inUse = await termsInUse(db, programs);
  return inUse.flatMap(({ program, own: { zone }, terms }) =>
    mailHour(terms, now) === null ? [{ program, zone }] : [],
  );
}

type Resting = { program: string; zone: string | null };

/**
 * What waits while mail is paused, or while its reader's hours are quiet, is held, and goes on
 * afterwards. Neither is written down: both begin and end for many rows at once.
 */
function standing(quiet: readonly Resting[]) {
  const waits = sql`r.status in ('scheduled', 'retrying')`;
  const paused = sql`(${waits} and exists (select from mail_settings where paused_since is not null))`;
  const rests =
    quiet.length === 0
      ? sql`false`
      : sql`(${waits} and r.person_id is not null and exists (
          select from jsonb_to_recordset(${JSON.stringify(quiet)}::jsonb) as t (program text, zone text)
          where t.program = y.program and t.zone is not distinct from
            (select w.zone from preferences w where w.person_id = r.person_id)))`;
  return {
    statusNow: sql<ReminderStatus>`case when ${paused} or ${rests} then 'held' else r.status end`,
    reasonNow: sql<string | null>`
      case when ${paused} then 'paused' when ${rests} then 'quiet' else r.reason end`,
  };
}

const selectReminders = (db: Db, { statusNow, reasonNow }: ReturnType<typeof standing>) =>
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
