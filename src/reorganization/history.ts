import type { Witness } from '../actor.ts';
import type { Db } from '../context.ts';
import { instantOf } from '../db/instant.ts';

/** What a school was a part of, the oldest first. */
export async function historyOf(
  db: Db,
  school: string,
  page: { after: string | null; fetch: number },
) {
  let query = db
    .selectFrom('schoolActs')
    .selectAll()
    .where((eb) => eb.or([eb('school', '=', school), eb('successor', '=', school)]))
    .orderBy('id')
    .limit(page.fetch);
  if (page.after !== null) query = query.where('id', '>', page.after);
  const rows = await query.execute();
  return rows.map(({ onDate, actor, recordedAt, ...act }) => ({
    ...act,
    on: onDate,
    actor: actor as Witness,
    recordedAt: instantOf(recordedAt),
  }));
}
