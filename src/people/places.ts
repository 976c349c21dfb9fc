import { sql } from 'kysely';
import type { DbOrTrx } from '../context.ts';
import type { Subject } from '../policy/can.ts';
import { kindOf } from '../programs/kind-of.ts';
import type { Programs } from '../programs/programs.ts';
import type { Assignment } from './assignment-store.ts';

/**
 * Where a row of `assignments as a` tells what the policy asks about. A school's district is the
 * directory's; the state's and a vendor's assignments are at no school and in no district.
 */
export const assignmentColumns = (programs: Programs) => {
  const teams = programs.all.flatMap(({ id, pack }) =>
    pack.program.roles.filter(({ kind }) => kind === 'team').map((role) => `${id} ${role.id}`),
  );
  return {
    program: sql.ref('a.program'),
    district: sql`case a.organization_kind when 'district' then a.organization_code
      when 'school' then (select s.district_code from schools s where s.code = a.organization_code) end`,
    school: sql`case a.organization_kind when 'school' then a.organization_code end`,
    role: sql.ref('a.role'),
    team: sql`(a.program || ' ' || a.role) = any(${teams}::text[])`,
    person: sql`a.person_id::text`,
  };
};

/** The same of one assignment, also of one that is yet to be made. */
export async function subjectOf(
  db: DbOrTrx,
  programs: Programs,
  {
    program,
    role,
    organization: { kind, code },
    person,
  }: Pick<Assignment, 'program' | 'role' | 'organization'> & { person: string | null },
): Promise<Subject> {
  const about = { program, role, person, team: kindOf(programs, role, program) === 'team' };
  if (kind === 'district') return { ...about, district: code };
  if (kind !== 'school') return { ...about, state: true };
  const school = await db
    .selectFrom('schools')
    .select('districtCode')
    .where('code', '=', code)
    .executeTakeFirst();
  return { ...about, school: code, ...(school && { district: school.districtCode }) };
}
