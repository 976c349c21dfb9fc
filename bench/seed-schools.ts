import { sql } from 'kysely';
import type { Context, Db } from '../src/context.ts';

export interface Seed {
  /** Schools to make; ten to a district. */
  schools: number;
  /** Of the task lists only what is due from one date to another; without it all of them, and the logs. */
  due?: { from: string; to: string };
  /** A principal for each school, two people for each district, a coordinator for every 50 schools. */
  people?: true;
}

/**
 * Multiplies the years of `seedTemplates` in SQL, each in its turn: schools, years, logs and task
 * lists. The templates' years are no longer active afterwards, so that only the copies count.
 */
export async function seedSchools(
  { db, clock }: Context,
  { schools, due, people }: Seed,
): Promise<void> {
  await seedDirectory({ db, clock }, schools);
  await db.connection().execute(async (one) => {
    // What is copied was checked once already.
    await sql`set statement_timeout = 0; set session_replication_role = replica`.execute(one);
    await sql`
      create table bench_years as
      select uuidv7() as id, n, t.id as template
      from generate_series(0, ${schools - 1}::int) n
      join (select id, row_number() over (order by organization_code) - 1 as k, count(*) over () as of
        from planning_years where status = 'active') t on t.k = n % t.of`.execute(one);
    await copyYears(one, due);
    await sql`update planning_years set status = 'withdrawn' where organization_code like '99-999-%'`.execute(
      one,
    );
    if (people) await seedPeople(one, schools);
    await sql`reset statement_timeout; reset session_replication_role`.execute(one);
  });
  await sql`vacuum analyze`.execute(db);
}

/** Schools without planning years. */
export async function seedDirectory(
  { db, clock }: Pick<Context, 'db' | 'clock'>,
  schools: number,
): Promise<void> {
  await sql.raw(FUNCTIONS).execute(db);
  await sql`
    insert into districts (code, name)
    select bench_district(d), 'District ' || d
    from generate_series(0, ${Math.floor((schools - 1) / 10)}::int) d`.execute(db);
  await sql`
    insert into schools (code, district_code, name, city, county, school_type, grades, enrollment, updated_at)
    select bench_school(n), bench_district(n / 10), 'School ' || n, 'Exampleton', 'County ' || n / 1000,
      'High School', '9-12', 500, ${clock.now()}
    from generate_series(0, ${schools - 1}::int) n`.execute(db);
}

async function copyYears(one: Db, due: Seed['due']): Promise<void> {
  await copy(one, 'planning_years', {
    id: 'b.id',
    organization_code: 'bench_school(b.n)',
    district_code: 'bench_district(b.n / 10)',
  });
  if (!due) await copy(one, 'log_entries', { planning_year_id: 'b.id' });
  const within = due
    ? sql`t.due_on between ${due.from}::date and ${due.to}::date`
    : sql<boolean>`true`;
  await copy(one, 'tasks', { id: 'uuidv7()', planning_year_id: 'b.id' }, within);
}

/** Copies the templates' rows of a table, each column as it is unless it is `changed`. */
async function copy(
  one: Db,
  table: string,
  changed: Record<string, string>,
  where = sql<unknown>`true`,
): Promise<void> {
  const { rows } = await sql<{ name: string }>`
    select column_name as name from information_schema.columns
    where table_name = ${table} and is_generated = 'NEVER' and is_identity = 'NO'`.execute(one);
  const columns = rows.map(({ name }) => name);
  const values = columns.map((name) => changed[name] ?? `t.${name}`);
  const owner = table === 'planning_years' ? 't.id' : 't.planning_year_id';
  await sql`
    insert into ${sql.table(table)} (${sql.raw(columns.join())})
    select ${sql.raw(values.join())}
    from bench_years b join ${sql.table(table)} t on ${sql.raw(owner)} = b.template
    where ${where} order by b.n`.execute(one);
}

async function seedPeople(one: Db, schools: number): Promise<void> {
  const person = async (
    role: string,
    kind: 'school' | 'district',
    count: number,
    code: ReturnType<typeof sql>,
  ) => {
    await sql`
      with made as (
        insert into people (id, name, email, created_at)
        select uuidv7(), ${`${role} `}::text || i, ${role}::text || i || '@example.org', '2026-08-01'
        from generate_series(0, ${count - 1}::int) i
        returning id, email
      ), who as (
        select id, regexp_replace(email, '\\D', '', 'g')::int as i from made
      )
      insert into assignments (id, person_id, program, role, organization_kind, organization_code, from_on)
      select uuidv7(), who.id, y.program, split_part(${role}::text, '.', 1), ${kind}, c.code, '2026-08-01'
      from who, lateral (${code}) as c (code), (select program from planning_years limit 1) y`.execute(
      one,
    );
  };
  const districts = Math.ceil(schools / 10);
  await person('principal', 'school', schools, sql`select bench_school(who.i)`);
  await person('slt', 'school', schools, sql`select bench_school(who.i)`);
  await person('district', 'district', districts, sql`select bench_district(who.i)`);
  await person(
    'coordinator',
    'district',
    Math.ceil(districts / 5),
    sql`select code from (select bench_district(d) as code, d from generate_series(0, ${districts - 1}::int) d) x where d / 5 = who.i`,
  );
}

/** Codes that no real school has. */
const FUNCTIONS = `
  create function bench_district(d int) returns text language sql immutable as
    $$ select format('98-%s-%s0-26', lpad((d / 1000 + 100)::text, 3, '0'), lpad((d % 1000)::text, 3, '0')) $$;
  create function bench_school(n int) returns text language sql immutable as
    $$ select bench_district(n / 10) || '-' || lpad((n % 10)::text, 4, '0') $$;`;
