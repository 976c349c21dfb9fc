import { sql } from 'kysely';
import type { Trx } from '../context.ts';
import type { DirectoryEntry } from './read-directory.ts';

export interface DirectoryChanges {
  created: number;
  /** Schools that read otherwise now, by their own row or by their district's new name. */
  updated: number;
  unchanged: number;
  renamedDistricts: { code: string; from: string; to: string }[];
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
  const changes = {
    ...(await compare(trx, entries)),
    renamedDistricts: await renamed(trx, entries),
  };
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

async function compare(trx: Trx, entries: DirectoryEntry[]) {
  const differently = sql`(${differs('e', 's')} or d.name <> e.district_name)`;
  const { rows } = await sql<Omit<DirectoryChanges, 'renamedDistricts'>>`
    select count(*) filter (where s.code is null) as created,
      count(*) filter (where s.code is not null and ${differently}) as updated,
      count(*) filter (where s.code is not null and not ${differently}) as unchanged
    from ${table(entries)}
    left join schools s on s.code = e.code left join districts d on d.code = s.district_code
  `.execute(trx);
  return rows[0]!;
}

async function renamed(trx: Trx, entries: DirectoryEntry[]) {
  const { rows } = await sql<DirectoryChanges['renamedDistricts'][number]>`
    select distinct d.code, d.name as from, e.district_name as to
    from ${table(entries)} join districts d on d.code = e.district_code
    where d.name <> e.district_name
    order by d.code`.execute(trx);
  return rows;
}

async function saveDistricts(trx: Trx, entries: DirectoryEntry[]): Promise<void> {
  await sql`
    insert into districts (code, name)
    select distinct district_code, district_name from ${table(entries)}
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
