import { sql } from 'kysely';
import type { Db, Trx } from '../context.ts';

/** Removes the demonstration, and nothing else: what real people and schools have stays. */
export const clearDemo = (db: Db): Promise<Cleared> => db.transaction().execute(removeDemo);

export interface Cleared {
  planningYears: number;
  people: number;
  schools: number;
}

/** The same within the caller's transaction. */
export async function removeDemo(trx: Trx): Promise<Cleared> {
  const count = async (statement: ReturnType<typeof sql>) =>
    Number((await statement.execute(trx)).numAffectedRows ?? 0);
  const demoYears = sql`(select id from planning_years where demo)`;
  const demoPeople = sql`(select id from people where demo)`;
  await count(
    sql`delete from reminders where planning_year_id in ${demoYears} or person_id in ${demoPeople}`,
  );
  await count(sql`delete from messages where person_id in ${demoPeople}`);
  await count(sql`
    with items as (
      delete from job_items where planning_year_id in ${demoYears} returning job_id, planning_year_id)
    delete from jobs j
    where id in (select job_id from items) and not exists (
      select from job_items i
      where i.job_id = j.id and i.planning_year_id not in ${demoYears})`);
  await count(sql`delete from tasks where planning_year_id in ${demoYears}`);
  await count(sql`delete from log_entries where planning_year_id in ${demoYears}`);
  const planningYears = await count(sql`delete from planning_years where demo`);
  await count(sql`delete from assignments where demo or person_id in ${demoPeople}
    or organization_code in (select code from schools where demo)
    or organization_kind = 'vendor' and organization_code in (select code from vendors where demo)`);
  await count(
    sql`delete from contracts where vendor_code in (select code from vendors where demo)`,
  );
  await count(sql`delete from vendors where demo`);
  const people = await count(sql`delete from people where demo`);
  await count(sql`delete from api_keys where demo`);
  const schools = await count(sql`delete from schools where demo`);
  await count(sql`delete from districts d where demo
    and not exists (select from schools s where s.district_code = d.code)`);
  return { planningYears, people, schools };
}
