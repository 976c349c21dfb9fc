import type { Actor } from '../actor.ts';
import type { Db } from '../context.ts';
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
  let rows = db
    .selectFrom('reminders as r')
    .innerJoin('planningYears as y', 'y.id', 'r.planningYearId')
    .leftJoin('people as p', 'p.id', 'r.personId')
    .leftJoin('messages as m', 'm.id', 'r.messageId')
    .select(['r.id', 'r.planningYearId', 'r.taskId', 'r.role', 'r.personId', 'r.rule'])
    .select(['r.occasion', 'r.dueOn', 'r.status', 'r.reason', 'r.createdAt'])
    .select(['y.organizationKind', 'y.organizationCode', 'p.name', 'p.email', 'm.sentAt'])
    .where((eb) =>
      whereCan(eb, actor, 'reminders.read', {
        program: 'y.program',
        district: 'y.districtCode',
        school: 'y.organizationCode',
      }),
    )
    .orderBy('r.id', 'desc')
    .limit(fetch);
  if (after !== null) rows = rows.where('r.id', '<', after);
  if (query.planningYear !== undefined)
    rows = rows.where('r.planningYearId', '=', query.planningYear);
  if (query.recipient !== undefined) rows = rows.where('r.personId', '=', query.recipient);
  if (query.status !== undefined) rows = rows.where('r.status', '=', query.status);
  return rows.execute();
}
