import type { Db } from '../src/context.ts';

/** The active years, in the order in which they were made. */
export async function yearIds(db: Db): Promise<string[]> {
  const rows = await db
    .selectFrom('planningYears')
    .select('id')
    .where('status', '=', 'active')
    .orderBy('id')
    .execute();
  return rows.map(({ id }) => id);
}

/** Hands out the next `size` items on every call, so that no two rounds touch the same. */
export function slices<Item>(items: Item[], size: number): () => Item[] {
  let taken = 0;
  return () => {
    const slice = items.slice(taken, taken + size);
    if (slice.length < size) throw new Error('More rounds than were seeded for.');
    taken += size;
    return slice;
  };
}
