import type { z } from 'zod';
import type { Actor } from '../actor.ts';
import type { Db, DbOrTrx, Trx } from '../context.ts';
import { ConflictError, InvalidInputError } from '../errors.ts';
import { newId } from '../ids.ts';
import type { Subject } from '../policy/can.ts';
import { whereCan } from '../policy/where.ts';
import { type Contract, type contractsQuery, isInOrder, type newContract } from './schemas.ts';
import { vendorByCode } from './vendor-store.ts';

/** Undefined when there is no such contract. */
export async function contractById(db: DbOrTrx, id: string): Promise<Contract | undefined> {
  const row = await contracts(db).where('c.id', '=', id).executeTakeFirst();
  return row && contractOf(row);
}

/** The contract, which nobody else changes until the transaction ends. */
export async function lockedContract(trx: Trx, id: string): Promise<Contract | undefined> {
  const row = await contracts(trx).where('c.id', '=', id).forUpdate('c').executeTakeFirst();
  return row && contractOf(row);
}

/** What the policy asks about a contract. */
export const subjectOf = ({ program, district, school }: Contract): Subject => ({
  program,
  district,
  ...(school !== null && { school }),
});

/** Those that the actor may see, in the order in which they were made. */
export async function contractsPage(
  db: Db,
  actor: Actor,
  { vendor, planningYear, school }: z.infer<typeof contractsQuery>,
  page: { after: string | null; fetch: number },
): Promise<Contract[]> {
  const rows = await contracts(db)
    .where((eb) =>
      whereCan(eb, actor, 'contracts.read', {
        program: 'y.program',
        district: 'y.districtCode',
        school: 'y.organizationCode',
      }),
    )
    .$if(page.after !== null, (query) => query.where('c.id', '>', page.after!))
    .$if(vendor !== undefined, (query) => query.where('c.vendorCode', '=', vendor!))
    .$if(planningYear !== undefined, (query) => query.where('c.planningYearId', '=', planningYear!))
    .$if(school !== undefined, (query) => query.where('y.organizationCode', '=', school!))
    .orderBy('c.id')
    .limit(page.fetch)
    .execute();
  return rows.map(contractOf);
}

/**
 * @throws InvalidInputError when the vendor or the planning year does not exist
 * @throws ConflictError when they have a contract already
 */
export async function addContract(
  trx: Trx,
  { vendor, planningYear, proposedOn, signedOn, to }: z.infer<typeof newContract>,
  reaches: (subject: Subject) => boolean,
  now: Date,
): Promise<Contract> {
  const year = await trx
    .selectFrom('planningYears')
    .select(['program', 'districtCode', 'organizationKind', 'organizationCode'])
    .where('id', '=', planningYear)
    .executeTakeFirst();
  const known = year && reaches({ program: year.program, district: year.districtCode });
  const faults = [
    ...((await vendorByCode(trx, vendor))
      ? []
      : [{ pointer: '/vendor', detail: 'names no vendor: add it first' }]),
    ...(known ? [] : [{ pointer: '/planningYear', detail: 'names no planning year' }]),
  ];
  if (faults.length > 0)
    throw new InvalidInputError('The contract speaks of what does not exist; see errors.', faults);
  const id = newId(now);
  const added = await trx
    .insertInto('contracts')
    .values({
      ...{ id, vendorCode: vendor, planningYearId: planningYear, proposedOn, signedOn },
      ...{ toOn: to, version: 1, updatedAt: now },
    })
    .onConflict((conflict) => conflict.columns(['vendorCode', 'planningYearId']).doNothing())
    .returning('id')
    .executeTakeFirst();
  if (!added)
    throw new ConflictError(
      'contract-exists',
      'This vendor has a contract for this planning year already. Change that one.',
    );
  return (await contractById(trx, id))!;
}

/** @throws InvalidInputError when it would be signed before it is proposed, or end before that */
export async function changeContract(
  trx: Trx,
  contract: Contract,
  change: { signedOn?: string | null | undefined; to?: string | null | undefined },
  now: Date,
): Promise<Contract> {
  const { id, version, proposedOn } = contract;
  const { signedOn = contract.signedOn, to = contract.to } = change;
  if (!isInOrder({ proposedOn, signedOn, to }))
    throw new InvalidInputError('A contract is proposed, then signed, then ended.', [
      { pointer: '', detail: `was proposed on ${proposedOn}; send later dates` },
    ]);
  await trx
    .updateTable('contracts')
    .set({ signedOn, toOn: to, version: version + 1, updatedAt: now })
    .where('id', '=', id)
    .execute();
  return { ...contract, signedOn, to, version: version + 1 };
}

const contracts = (db: DbOrTrx) =>
  db
    .selectFrom('contracts as c')
    .innerJoin('vendors as v', 'v.code', 'c.vendorCode')
    .innerJoin('planningYears as y', 'y.id', 'c.planningYearId')
    .select(['c.id', 'c.planningYearId', 'c.proposedOn', 'c.signedOn', 'c.toOn', 'c.version'])
    .select(['v.code as vendorCode', 'v.name as vendorName', 'y.program', 'y.year'])
    .select(['y.organizationKind', 'y.organizationCode', 'y.districtCode']);

type Row = Awaited<ReturnType<ReturnType<typeof contracts>['executeTakeFirstOrThrow']>>;

const contractOf = (row: Row): Contract => ({
  id: row.id,
  vendor: { code: row.vendorCode, name: row.vendorName },
  planningYear: row.planningYearId,
  program: row.program,
  year: row.year,
  school: row.organizationKind === 'school' ? row.organizationCode : null,
  district: row.districtCode,
  proposedOn: row.proposedOn,
  signedOn: row.signedOn,
  to: row.toOn,
  version: row.version,
});
