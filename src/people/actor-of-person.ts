import { todayIn } from '../../calendar/dates.ts';
import type { Actor, Grant } from '../actor.ts';
import type { Context, DbOrTrx } from '../context.ts';
import type { KeyScope } from '../db/tables.ts';
import { kindOf } from '../programs/kind-of.ts';

/**
 * Who a person is today: one grant for each role and kind of organization that they hold it for.
 *
 * @returns null when no assignment of theirs is in force: to the engine they are nobody
 */
export async function actorOfPerson(
  db: DbOrTrx,
  { programs, clock }: Pick<Context, 'programs' | 'clock'>,
  person: string,
): Promise<Actor | null> {
  const now = clock.now();
  const rows = await db
    .selectFrom('heldRoles')
    .select(['program', 'role', 'organizationKind as of', 'organizationCode as code'])
    .select(['fromOn', 'toOn'])
    .where('personId', '=', person)
    .orderBy('program')
    .orderBy('role')
    .orderBy('organizationCode')
    .execute();
  const held = rows.filter(({ program, fromOn, toOn }) => {
    const pack = programs.get(program)?.pack;
    const today = pack && todayIn(pack.program.zone, now);
    return today !== undefined && fromOn <= today && (toOn === null || toOn >= today);
  });
  const alike = Map.groupBy(held, ({ program, role, of }) => `${program} ${role} ${of}`);
  const grants = [...alike.values()].flatMap((some): Grant[] => {
    const { program, role, of } = some[0]!;
    const kind = kindOf(programs, role, program);
    const codes = some.map(({ code }) => code);
    return kind === undefined ? [] : [{ kind, role, program, scope: scopeOf(of, codes) }];
  });
  return grants.length > 0 ? { id: `person:${person}`, person, grants } : null;
}

/** How far a role reaches that is held for organizations of one kind. */
export function scopeOf(kind: 'state' | 'district' | 'school', codes: string[]): KeyScope {
  switch (kind) {
    case 'state':
      return { all: true };
    case 'district':
      return { districts: codes };
    case 'school':
      return { schools: codes };
    default:
      return kind satisfies never;
  }
}
