import { sql } from 'kysely';
import type { Trx } from '../context.ts';
import type { DirectoryEntry } from './read-directory.ts';

export interface DirectoryChanges {
  created: number;
  updated: number;
  unchanged: number;
}

/**
 * Brings the directory to what a file says, in a fixed number of statements whatever its size. What
 * is the same already is not touched; what the file lacks stays. One import at a time.
 *
 * @param dryRun count only
 */
export async function saveDirectory(
  trx: Trx,
  entries: DirectoryEntry[],
  now: Date,
  dryRun: boolean,
): Promise<DirectoryChanges> {
  // Readers go on; another import waits, so that both count what they really did.
  await sql`lock table districts, schools in share row exclusive mode`.execute(trx);
  const changes = await compare(trx, entries);
  if (!dryRun) {
    await saveDistricts(trx, entries);
    await saveSchools(trx, entries, now);
  }
  return changes;
}

/** Codes of the directory that a file does not mention. Invented schools are in no file. */
export async function absentCodes(trx: Trx, mentioned: string[]): Promise<string[]> {
  const { rows } = await sql<{ code: string }>`
    select code from schools where not demo and closed_on is null and code <> all(${mentioned}::text[]) order by code
  `.execute(trx);
  return rows.map(({ code }) => code);
}

async function compare(trx: Trx, entries: DirectoryEntry[]): Promise<DirectoryChanges> {
  const { rows } = await sql<DirectoryChanges>`
    select count(*) filter (where s.code is null) as created,
      count(*) filter (where s.code is not null and ${differs('e', 's')}) as updated,
      count(*) filter (where s.code is not null and not ${differs('e', 's')}) as unchanged
    from ${table(entries)} left join schools s on s.code = e.code
  `.execute(trx);
  return rows[0]!;
}

async function saveDistricts(trx: Trx, entries: DirectoryEntry[]): Promise<void> {
  await sql`
    insert into districts (code, name)
    select distinct on (district_code) district_code, district_name from ${table(entries)}
    order by district_code, code
    on conflict (code) do update set name = excluded.name
    where districts.name <> excluded.name
  `.execute(trx);
}

async function saveSchools(trx: Trx, entries: DirectoryEntry[], now: Date): Promise<void> {
  await sql`
    insert into schools (${FIELDS}, updated_at)
    select ${FIELDS}, ${now}::timestamptz from ${table(entries)}
    on conflict (code) do update set (${FIELDS}, version, updated_at) =
      (${excludedFields}, schools.version + 1, excluded.updated_at)
    where ${differs('excluded', 'schools')}
  `.execute(trx);
}

const fields = [
  'code',
  'district_code',
  'name',
  'city',
  'county',
  'school_type',
  'grades',
  'enrollment',
];
const FIELDS = sql.join(fields.map((field) => sql.ref(field)));
const excludedFields = sql.join(fields.map((field) => sql.ref(`excluded.${field}`)));

const row = (name: string) => sql.join(fields.map((field) => sql.ref(`${name}.${field}`)));
const differs = (a: string, b: string) => sql`((${row(a)}) is distinct from (${row(b)}))`;

const table = (entries: DirectoryEntry[]) => sql`jsonb_to_recordset(${JSON.stringify(
  entries.map(({ districtCode, districtName, schoolType, ...rest }) => ({
    ...rest,
    district_code: districtCode,
    district_name: districtName,
    school_type: schoolType,
  })),
)}::jsonb) as e (code text, district_code text, district_name text, name text, city text,
  county text, school_type text, grades text, enrollment integer)`;
