import { sql } from 'kysely';
import type { z } from 'zod';
import type { Actor } from '../actor.ts';
import type { Db, DbOrTrx, Trx } from '../context.ts';
import { whereCan } from '../policy/where.ts';
import type { schoolView } from './schemas.ts';

export type School = z.infer<typeof schoolView>;

/** Undefined when there is no such school. */
export async function schoolByCode(db: DbOrTrx, code: string): Promise<School | undefined> {
  const row = await schools(db).where('schools.code', '=', code).executeTakeFirst();
  return row && schoolOf(row);
}

/** The school, which nobody else changes until the transaction ends. */
export async function lockedSchool(trx: Trx, code: string): Promise<School | undefined> {
  const row = await schools(trx)
    .where('schools.code', '=', code)
    .forUpdate('schools')
    .executeTakeFirst();
  return row && schoolOf(row);
}

/** The schools that the actor may see, by code. */
export async function schoolsPage(
  db: Db,
  actor: Actor,
  filter: { q: string | undefined; district: string | undefined },
  page: { after: string | null; fetch: number },
): Promise<School[]> {
  let query = schools(db)
    .where((eb) =>
      whereCan(eb, actor, 'schools.read', {
        school: 'schools.code',
        district: 'schools.districtCode',
      }),
    )
    .orderBy('schools.code')
    .limit(page.fetch);
  if (page.after !== null) query = query.where('schools.code', '>', page.after);
  if (filter.district !== undefined)
    query = query.where('schools.districtCode', '=', filter.district);
  if (filter.q !== undefined) {
    const part = `%${filter.q.replace(/[\\%_]/g, '\\$&')}%`;
    query = query.where((eb) =>
      eb.or([
        eb('schools.name', 'ilike', part),
        eb('schools.code', 'ilike', part),
        eb('schools.city', 'ilike', part),
        eb('districts.name', 'ilike', part),
      ]),
    );
  }
  return (await query.execute()).map(schoolOf);
}

/** Which of these codes are in the directory. */
export async function knownSchools(db: DbOrTrx, codes: string[]): Promise<Set<string>> {
  const rows = await db
    .selectFrom('schools')
    .select('code')
    .where(sql<boolean>`code = any(${codes}::text[])`)
    .execute();
  return new Set(rows.map(({ code }) => code));
}

/** Which of these codes name districts. */
export async function knownDistricts(db: DbOrTrx, codes: string[]): Promise<Set<string>> {
  const rows = await db
    .selectFrom('districts')
    .select('code')
    .where(sql<boolean>`code = any(${codes}::text[])`)
    .execute();
  return new Set(rows.map(({ code }) => code));
}

const schools = (db: DbOrTrx) =>
  db
    .selectFrom('schools')
    .innerJoin('districts', 'districts.code', 'schools.districtCode')
    .select([
      'schools.code',
      'schools.name',
      'schools.city',
      'schools.county',
      'schools.schoolType',
      'schools.grades',
      'schools.enrollment',
      'schools.demo',
      'schools.closedOn',
      'schools.successor',
      'schools.version',
      'districts.code as districtCode',
      'districts.name as districtName',
    ]);

type Row = Awaited<ReturnType<ReturnType<typeof schools>['executeTakeFirstOrThrow']>>;

const schoolOf = ({ code, districtCode, districtName, ...rest }: Row): School => ({
  rcdts: code,
  ...rest,
  district: { code: districtCode, name: districtName },
});
