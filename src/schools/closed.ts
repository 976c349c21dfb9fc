import { sql } from 'kysely';
import type { DbOrTrx } from '../context.ts';

/** Since when a school is no more, and which goes on in its place. */
export interface Closed {
  closedOn: string;
  successor: string | null;
}

/** Of these codes, the schools that have closed. */
export async function closedSchools(db: DbOrTrx, codes: string[]): Promise<Map<string, Closed>> {
  const rows = await db
    .selectFrom('schools')
    .select(['code', 'closedOn', 'successor'])
    .where('closedOn', 'is not', null)
    .where(sql<boolean>`code = any(${codes}::text[])`)
    .execute();
  return new Map(
    rows.map(({ code, closedOn, successor }) => [code, { closedOn: closedOn!, successor }]),
  );
}

/** The same in words, for whoever still uses the code. */
export const closedInWords = (code: string, { closedOn, successor }: Closed): string =>
  `the school ${code} is closed since ${closedOn}${successor === null ? '' : ` and goes on as ${successor}`}`;
