import type { Actor, Grant } from '../actor.ts';
import type { Context, Db } from '../context.ts';

export interface RoleView {
  title: string;
  program: string;
  /** Names of the organizations, the first few of many. */
  where: string;
}

/** A person's roles in words. */
export const rolesOf = ({ programs, db }: Context, actor: Actor): Promise<RoleView[]> =>
  Promise.all(
    actor.grants.map(async (grant) => {
      const program = grant.program === null ? undefined : programs.get(grant.program);
      const { title, roles, agency } = program!.pack.program;
      return {
        title: roles.find(({ id }) => id === grant.role)?.title ?? grant.role,
        program: title,
        where: 'all' in grant.scope ? agency.name : listed(await namesOf(db, grant.scope)),
      };
    }),
  );

async function namesOf(db: Db, scope: Exclude<Grant['scope'], { all: true }>): Promise<string[]> {
  const [table, codes] =
    'districts' in scope
      ? (['districts', scope.districts] as const)
      : (['schools', scope.schools] as const);
  const rows = await db
    .selectFrom(table)
    .select('name')
    .where('code', 'in', codes)
    .orderBy('name')
    .execute();
  return rows.map(({ name }) => name);
}

const MOST = 5;

function listed(names: string[]): string {
  const shown = names.slice(0, MOST).join(', ');
  return names.length > MOST ? `${shown} and ${names.length - MOST} more` : shown;
}
