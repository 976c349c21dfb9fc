import { sql } from 'kysely';
import type { DbOrTrx } from '../context.ts';

/** Which of these codes name vendors. */
export async function knownVendors(db: DbOrTrx, codes: string[]): Promise<Set<string>> {
  const rows = await db
    .selectFrom('vendors')
    .select('code')
    .where(sql<boolean>`code = any(${codes}::text[])`)
    .execute();
  return new Set(rows.map(({ code }) => code));
}
