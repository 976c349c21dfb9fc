import { sql } from 'kysely';
import type { z } from 'zod';
import type { Actor } from '../actor.ts';
import type { Db, DbOrTrx, Trx } from '../context.ts';
import { ConflictError } from '../errors.ts';
import { newId } from '../ids.ts';
import { whereCan } from '../policy/where.ts';
import type { assignmentView, newAssignment } from './schemas.ts';

export type Assignment = z.infer<typeof assignmentView>;
type NewAssignment = z.infer<typeof newAssignment>;

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
  actor: Actor,
  filter: AssignmentFilter,
  page: { after: string | null; fetch: number },
): Promise<Assignment[]> {
  const { person, program, role, school, district, on } = filter;
  const rows = await assignments(db)
    .where((eb) => whereCan(eb, actor, 'assignments.manage', { program: 'program' }))
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
 * The person has to be locked: that keeps two requests from giving the same role twice.
 *
 * @throws ConflictError when the person holds that role there on one of the days already
 */
export async function addAssignment(
  trx: Trx,
  { person, program, role, organization, from, to }: NewAssignment,
  now: Date,
): Promise<Assignment> {
  const overlap = await assignments(trx)
    .where('personId', '=', person)
    .where('program', '=', program)
    .where('role', '=', role)
    .where('organizationKind', '=', organization.kind)
    .where('organizationCode', '=', organization.code)
    .where(sql<boolean>`daterange(from_on, to_on, '[]') && daterange(${from}, ${to}, '[]')`)
    .executeTakeFirst();
  if (overlap)
    throw new ConflictError(
      'assignment-overlaps',
      `The person holds this role there from ${overlap.fromOn} to ${overlap.toOn ?? 'open end'} already. End that assignment first, or choose other days.`,
      { assignment: overlap.id },
    );
  const id = newId(now);
  await trx
    .insertInto('assignments')
    .values({
      id,
      personId: person,
      program,
      role,
      organizationKind: organization.kind,
      organizationCode: organization.code,
      fromOn: from,
      toOn: to,
      demo: false,
      version: 1,
    })
    .execute();
  return { id, person, program, role, organization, from, to, demo: false, version: 1 };
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

const assignments = (db: DbOrTrx) => db.selectFrom('assignments').selectAll();

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
