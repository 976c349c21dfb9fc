import { sql } from 'kysely';
import type { Trx } from '../context.ts';
import { type Fault, InvalidInputError } from '../errors.ts';
import type { Programs } from '../programs/programs.ts';
import { knownDistricts, type School, schoolByCode } from '../schools/store.ts';

/** @throws InvalidInputError when there is no such school, or it is the same, or closed itself */
export async function goingOn(trx: Trx, school: School, code: string): Promise<School> {
  const into = code === school.rcdts ? undefined : await schoolByCode(trx, code);
  if (into && into.closedOn === null) return into;
  throw refused('/into', 'names no other school that is open');
}

/**
 * The school under its new code, which the directory may know already.
 *
 * @throws InvalidInputError when no school can have the code, or another school has it
 */
export async function underCode(
  trx: Trx,
  programs: Programs,
  school: School,
  code: string,
  now: Date,
): Promise<School> {
  const known = await schoolByCode(trx, code);
  if (known && (known.closedOn !== null || known.rcdts === school.rcdts))
    throw refused('/code', 'is or was the code of a school');
  if (known && (await hasOthers(trx, school.rcdts, code)))
    throw refused(
      '/code',
      'is the code of another school, with planning years or people of its own: merge into it instead',
    );
  if (known) return known;
  const directory = programs.all
    .map(({ pack }) => pack.program.directory)
    .find(({ codePattern }) => new RegExp(codePattern).test(code));
  const district = directory && new RegExp(directory.districtPattern).exec(code)?.[1];
  if (district === undefined) throw refused('/code', 'is no code of a school');
  if ((await knownDistricts(trx, [district])).size === 0)
    throw refused('/code', `is in the district ${district}, which the directory does not know`);
  const { name, city, county, schoolType, grades, enrollment, demo } = school;
  await trx
    .insertInto('schools')
    .values({
      ...{ code, districtCode: district, name, city, county, schoolType, grades, enrollment, demo },
      ...{ version: 1, updatedAt: now },
    })
    .execute();
  return (await schoolByCode(trx, code))!;
}

/**
 * Whether a school of the directory is one of its own, and not the same under its new code: it has
 * planning years, or people other than this one's.
 */
async function hasOthers(trx: Trx, school: string, code: string): Promise<boolean> {
  const { rows } = await sql<{ others: boolean }>`
    select exists (
      select from planning_years where organization_kind = 'school' and organization_code = ${code}
    ) or exists (
      select from assignments o
      where o.organization_kind = 'school' and o.organization_code = ${code}
        and not exists (
          select from assignments a
          where a.organization_kind = 'school' and a.organization_code = ${school}
            and (a.program, a.role, a.person_id) = (o.program, o.role, o.person_id))
    ) as others`.execute(trx);
  return rows[0]!.others;
}

function refused(pointer: string, detail: string): InvalidInputError {
  const faults: Fault[] = [{ pointer, detail }];
  return new InvalidInputError('The school can’t go on like this; see errors.', faults);
}
