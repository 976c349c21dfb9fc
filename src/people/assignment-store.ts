import type { z } from 'zod';
import type { Actor } from '../actor.ts';
import type { Db, DbOrTrx, Trx } from '../context.ts';
import { InvalidInputError, NotFoundError } from '../errors.ts';
import { whereCan } from '../policy/where.ts';
import type { Programs } from '../programs/programs.ts';
import { assignmentColumns } from './places.ts';
import type { assignmentView } from './schemas.ts';

export type Assignment = z.infer<typeof assignmentView>;

export interface AssignmentFilter {
  person?: string | undefined;
  program?: string | undefined;
  role?: string | undefined;
  school?: string | undefined;
  district?: string | undefined;
  /** Held on that day. */
  on?: string | undefined;
}

/** Undefined when there is no such assignment. */
export async function assignmentById(db: DbOrTrx, id: string): Promise<Assignment | undefined> {
  const row = await assignments(db).where('id', '=', id).executeTakeFirst();
  return row && assignmentOf(row);
}

/** The assignment, which nobody else changes until the transaction ends. */
export async function lockedAssignment(trx: Trx, id: string): Promise<Assignment | undefined> {
  const row = await assignments(trx).where('id', '=', id).forUpdate().executeTakeFirst();
  return row && assignmentOf(row);
}

/** In the order in which they were made. */
export async function assignmentsPage(
  db: Db,
  programs: Programs,
  actor: Actor,
  filter: AssignmentFilter,
  page: { after: string | null; fetch: number },
): Promise<Assignment[]> {
  const { person, program, role, school, district, on } = filter;
  const rows = await assignments(db)
    .where((eb) => whereCan(eb, actor, 'assignments.manage', assignmentColumns(programs)))
    .$if(page.after !== null, (query) => query.where('id', '>', page.after!))
    .$if(person !== undefined, (query) => query.where('personId', '=', person!))
    .$if(program !== undefined, (query) => query.where('program', '=', program!))
    .$if(role !== undefined, (query) => query.where('role', '=', role!))
    .$if(school !== undefined, (query) =>
      query.where('organizationKind', '=', 'school').where('organizationCode', '=', school!),
    )
    .$if(district !== undefined, (query) =>
      query.where('organizationKind', '=', 'district').where('organizationCode', '=', district!),
    )
    .$if(on !== undefined, (query) =>
      query
        .where('fromOn', '<=', on!)
        .where((eb) => eb.or([eb('toOn', 'is', null), eb('toOn', '>=', on!)])),
    )
    .orderBy('id')
    .limit(page.fetch)
    .execute();
  return rows.map(assignmentOf);
}

/**
 * Sets the last day of an assignment, which stays on record.
 *
 * @param precondition throws unless the version is the expected one
 */
export async function endOn(
  trx: Trx,
  id: string,
  toOn: string,
  precondition: (version: number) => void,
): Promise<Assignment> {
  const assignment = await lockedAssignment(trx, id);
  if (!assignment) throw new NotFoundError('There is no such assignment.');
  if (toOn < assignment.from)
    throw new InvalidInputError('An assignment ends on or after its first day.', [
      { pointer: '/toOn', detail: `must not be before ${assignment.from}` },
    ]);
  precondition(assignment.version);
  return endAssignment(trx, assignment, toOn);
}

export async function endAssignment(
  trx: Trx,
  assignment: Assignment,
  toOn: string,
): Promise<Assignment> {
  const version = assignment.version + 1;
  await trx
    .updateTable('assignments')
    .set({ toOn, version })
    .where('id', '=', assignment.id)
    .execute();
  return { ...assignment, to: toOn, version };
}

/** As if it had never been given. */
export async function removeAssignment(trx: Trx, id: string): Promise<void> {
  await trx.deleteFrom('assignments').where('id', '=', id).execute();
}

const assignments = (db: DbOrTrx) => db.selectFrom('assignments as a').selectAll('a');

type Row = Awaited<ReturnType<ReturnType<typeof assignments>['executeTakeFirstOrThrow']>>;

const assignmentOf = (row: Row): Assignment => ({
  id: row.id,
  person: row.personId,
  program: row.program,
  role: row.role,
  organization: { kind: row.organizationKind, code: row.organizationCode },
  from: row.fromOn,
  to: row.toOn,
  demo: row.demo,
  version: row.version,
});
