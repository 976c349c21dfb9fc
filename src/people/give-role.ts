import type { ProgramFile } from '../../calendar/shape.ts';
import type { Trx } from '../context.ts';
import { ConflictError } from '../errors.ts';
import { closedSchools } from '../schools/closed.ts';
import { type Assignment, assignmentById } from './assignment-store.ts';
import { heldAt, saveAssignments } from './import-assignments.ts';
import type { Named } from './person-of.ts';
import { planAssignments } from './plan-assignments.ts';
import type { Span } from './timeline.ts';

/**
 * Gives somebody a role, by the rules of a file of one row: where one person holds it at a time, the
 * open assignment of another ends on the day before. The caller holds `lockAssignments`.
 *
 * @throws ConflictError when it is held there on one of these days and does not end by itself, or the
 *   school is closed by then
 */
export async function giveRole(
  trx: Trx,
  program: ProgramFile,
  {
    organization,
    role,
    person: { namedAs, ...person },
    from,
    to,
  }: Omit<Span, 'id' | 'person'> & { person: Named },
  now: Date,
): Promise<Assignment> {
  const { code } = organization;
  const address = person.email.toLowerCase();
  const known = {
    organizations: new Map([[code, organization]]),
    closed: await closedSchools(trx, [code]),
    people: new Map(person.id === null ? [] : [[address, person]]),
    held: await heldAt(trx, program.id, [code], [role]),
  };
  const line = { row: 1, code, role, name: person.name, email: person.email, from, to };
  const plan = planAssignments([line], known, program);
  const created = plan.changes.find(({ change }) => change === 'created');
  if (!created) {
    const [fault] = plan.rejected;
    throw new ConflictError(
      fault?.code === 'school-closed' ? fault.code : 'assignment-overlaps',
      `The role can't be given like this: ${fault?.detail ?? `${person.email} holds it there from that day already`}.`,
    );
  }
  const changes = await saveAssignments(trx, program.id, plan.changes, now);
  const { id } = changes.find(({ change }) => change === 'created')!;
  if (namedAs !== undefined)
    await trx.updateTable('assignments').set({ namedAs }).where('id', '=', id!).execute();
  return (await assignmentById(trx, id!))!;
}
