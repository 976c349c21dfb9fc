import type { DbOrTrx } from '../context.ts';

/** What was sealed of a log: its last entry on a day. */
export interface SealedAt {
  sealedOn: string;
  seq: number;
  hash: Buffer;
}

/**
 * How a log contradicts what was sealed of it, or null: an entry is gone, or another stands in its
 * place. A chain that holds in itself does not show that.
 *
 * @param hashes of the log's entries, in their order
 */
export function contradiction(
  hashes: readonly Buffer[],
  sealed: readonly SealedAt[],
): string | null {
  for (const { sealedOn, seq, hash } of sealed) {
    const found = hashes[seq - 1];
    if (!found)
      return `the log ends at entry ${hashes.length}, and entry ${seq} was sealed on ${sealedOn}`;
    if (!found.equals(hash)) return `entry ${seq} is not the one that was sealed on ${sealedOn}`;
  }
  return null;
}

export const sealedOf = (db: DbOrTrx, planningYear: string): Promise<SealedAt[]> =>
  db
    .selectFrom('sealedHeads')
    .select(['sealedOn', 'seq', 'hash'])
    .where('planningYearId', '=', planningYear)
    .orderBy('sealedOn')
    .execute();

/** Planning years that were sealed and are not there any more, each with the day of its last seal. */
export const sealedAndGone = (db: DbOrTrx): Promise<{ planningYear: string; sealedOn: string }[]> =>
  db
    .selectFrom('sealedHeads as s')
    .leftJoin('planningYears as y', 'y.id', 's.planningYearId')
    .where('y.id', 'is', null)
    .select('s.planningYearId as planningYear')
    .select((eb) => eb.fn.max('s.sealedOn').as('sealedOn'))
    .groupBy('s.planningYearId')
    .orderBy('s.planningYearId')
    .execute();
