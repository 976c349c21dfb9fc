import { sql } from 'kysely';
import type { Trx } from '../context.ts';
import { ConflictError } from '../errors.ts';
import { newId } from '../ids.ts';
import type { Programs } from '../programs/programs.ts';
import { type ContractChange, type ContractPlan, type Known, placeOf } from './plan-contracts.ts';
import type { ContractLine } from './read-contracts.ts';
import { otherOrganizations } from './vendor-store.ts';

/** What a file is held against, in a fixed number of statements whatever its size; locked. */
export async function knownOf(
  trx: Trx,
  programs: Programs,
  program: string,
  lines: readonly ContractLine[],
): Promise<Known> {
  const vendors = [...new Set(lines.map(({ vendor }) => vendor))];
  const codes = [...new Set(lines.map(({ code }) => code))];
  const names = await trx
    .selectFrom('vendors')
    .select(['code', 'name'])
    .where(sql<boolean>`code = any(${vendors}::text[])`)
    .execute();
  const years = await trx
    .selectFrom('planningYears')
    .select(['id', 'year', 'organizationCode', 'districtCode'])
    .where('program', '=', program)
    .where('status', '<>', 'withdrawn')
    .where(
      sql<boolean>`(organization_code = any(${codes}::text[]) or district_code = any(${codes}::text[]))`,
    )
    .orderBy('organizationCode')
    .execute();
  const contracts = await trx
    .selectFrom('contracts')
    .select(['id', 'vendorCode', 'planningYearId', 'proposedOn', 'signedOn', 'toOn as to'])
    .where(sql<boolean>`vendor_code = any(${vendors}::text[])`)
    .orderBy('id')
    .forUpdate()
    .execute();
  return {
    vendors: new Map(names.map(({ code, name }) => [code, name])),
    taken: await otherOrganizations(trx, programs, vendors),
    years,
    contracts: new Map(
      contracts.map(({ vendorCode, planningYearId, ...contract }) => [
        placeOf(vendorCode, planningYearId),
        contract,
      ]),
    ),
  };
}

/** Writes what was planned; the same changes, with the ids of what is new. */
export async function saveContracts(
  trx: Trx,
  { changes: planned, newVendors }: ContractPlan,
  now: Date,
): Promise<ContractChange[]> {
  const changes = planned.map((change) => ({ ...change, id: change.id ?? newId(now) }));
  const vendors = await sql`
    insert into vendors (code, name, version, updated_at)
    select code, name, 1, ${now}::timestamptz
    from jsonb_to_recordset(${JSON.stringify(newVendors)}::jsonb) as v (code text, name text)
    on conflict do nothing returning code`.execute(trx);
  const created = changes.filter(({ change }) => change === 'created');
  const contracts = await sql`
    insert into contracts
      (id, vendor_code, planning_year_id, proposed_on, signed_on, to_on, version, updated_at)
    select id, vendor, "planningYear", "proposedOn", "signedOn", "to", 1, ${now}::timestamptz
    from jsonb_to_recordset(${JSON.stringify(created)}::jsonb) as c
      (id uuid, vendor text, "planningYear" uuid, "proposedOn" date, "signedOn" date, "to" date)
    on conflict do nothing returning id`.execute(trx);
  if (vendors.rows.length < newVendors.length || contracts.rows.length < created.length)
    throw new ConflictError(
      'contracts-changed',
      'A vendor or a contract of the file was added by another request at the same moment. Send the file again.',
    );
  const changed = changes.filter(({ change }) => change === 'changed');
  await sql`
    update contracts c
    set signed_on = i."signedOn", to_on = i."to", version = c.version + 1, updated_at = ${now}
    from jsonb_to_recordset(${JSON.stringify(changed)}::jsonb) as i
      (id uuid, "signedOn" date, "to" date)
    where c.id = i.id`.execute(trx);
  return changes;
}
