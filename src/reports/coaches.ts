import { sql } from 'kysely';
import type { DbOrTrx } from '../context.ts';
import type { Program } from '../programs/programs.ts';

/** Somebody of kind coach, and what for. */
export interface Coach {
  id: string;
  name: string;
  kind: 'state' | 'district' | 'school';
  code: string;
}

/**
 * Who coaches on `today`, for any of these organizations or for all, by name. An assignment at the
 * state covers every school, whatever its code: a program has one agency.
 */
export async function coachesOn(
  db: DbOrTrx,
  { id, pack }: Program,
  today: string,
  codes: string[] | null,
): Promise<Coach[]> {
  const roles = pack.program.roles.filter(({ kind }) => kind === 'coach').map((role) => role.id);
  const rows = await db
    .selectFrom('heldRoles as a')
    .innerJoin('people as p', 'p.id', 'a.personId')
    .select(['p.id', 'p.name', 'a.organizationKind as kind', 'a.organizationCode as code'])
    .where('a.program', '=', id)
    .where(sql<boolean>`a.role = any(${roles}::text[])`)
    .where('a.fromOn', '<=', today)
    .where((eb) => eb.or([eb('a.toOn', 'is', null), eb('a.toOn', '>=', today)]))
    .$if(codes !== null, (query) =>
      query.where(
        sql<boolean>`(a.organization_kind = 'state' or a.organization_code = any(${codes}::text[]))`,
      ),
    )
    .orderBy('p.name')
    .orderBy('p.id')
    .execute();
  return rows;
}

export interface Organization {
  organizationKind: 'school' | 'district';
  organizationCode: string;
  districtCode: string;
}

export const coaches = (
  { kind, code }: Coach,
  { organizationKind, organizationCode, districtCode }: Organization,
): boolean =>
  kind === 'state' ||
  (kind === 'district' && code === districtCode) ||
  (kind === organizationKind && code === organizationCode);
