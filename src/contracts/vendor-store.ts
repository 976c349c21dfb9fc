import type { z } from 'zod';
import type { Db, DbOrTrx, Trx } from '../context.ts';
import { ConflictError, InvalidInputError } from '../errors.ts';
import type { Programs } from '../programs/programs.ts';
import { knownDistricts, knownSchools } from '../schools/store.ts';
import type { newVendor, vendorView } from './schemas.ts';

export type Vendor = z.infer<typeof vendorView>;

/** Undefined when there is no such vendor. */
export const vendorByCode = (db: DbOrTrx, code: string): Promise<Vendor | undefined> =>
  db.selectFrom('vendors').select(COLUMNS).where('code', '=', code).executeTakeFirst();

/** The vendor, which nobody else changes until the transaction ends. */
export const lockedVendor = (trx: Trx, code: string): Promise<Vendor | undefined> =>
  trx.selectFrom('vendors').select(COLUMNS).where('code', '=', code).forUpdate().executeTakeFirst();

/** By code. */
export function vendorsPage(
  db: Db,
  page: { after: string | null; fetch: number },
): Promise<Vendor[]> {
  let query = db.selectFrom('vendors').select(COLUMNS).orderBy('code').limit(page.fetch);
  if (page.after !== null) query = query.where('code', '>', page.after);
  return query.execute();
}

/** Which of these codes name a school, a district or an agency. */
export async function otherOrganizations(
  trx: Trx,
  { all }: Programs,
  codes: string[],
): Promise<Set<string>> {
  const agencies = all.map(({ pack }) => pack.program.agency.code);
  return new Set([
    ...codes.filter((code) => agencies.includes(code)),
    ...(await knownSchools(trx, codes)),
    ...(await knownDistricts(trx, codes)),
  ]);
}

/** @throws InvalidInputError when another organization has the code, ConflictError when a vendor has */
export async function addVendor(
  trx: Trx,
  programs: Programs,
  { code, name }: z.infer<typeof newVendor>,
  now: Date,
): Promise<Vendor> {
  if ((await otherOrganizations(trx, programs, [code])).has(code))
    throw new InvalidInputError('Another organization has this code.', [
      { pointer: '/code', detail: 'names a school, a district or the agency; choose another' },
    ]);
  const added = await trx
    .insertInto('vendors')
    .values({ code, name, demo: false, version: 1, updatedAt: now })
    .onConflict((conflict) => conflict.doNothing())
    .returning(COLUMNS)
    .executeTakeFirst();
  if (added) return added;
  throw new ConflictError('code-taken', `A vendor has the code ${code} already. Use that one.`);
}

export const renameVendor = (
  trx: Trx,
  { code, version }: Vendor,
  name: string,
  now: Date,
): Promise<Vendor> =>
  trx
    .updateTable('vendors')
    .set({ name, version: version + 1, updatedAt: now })
    .where('code', '=', code)
    .returning(COLUMNS)
    .executeTakeFirstOrThrow();

const COLUMNS = ['code', 'name', 'version'] as const;
