import type { Actor } from '../actor.ts';
import type { Context } from '../context.ts';
import { type KeyedMilestone, type MilestoneKey, milestoneRows } from './milestones.ts';
import type { MilestonesQuery } from './schemas.ts';

/** So many rows behind `after`, or all that are left. */
export async function milestonePage(
  ctx: Context,
  actor: Actor,
  query: MilestonesQuery,
  after: MilestoneKey | null,
  fetch: number,
): Promise<KeyedMilestone[]> {
  const perYear = query.region === undefined ? regionsOfAYear(ctx) : 1;
  // One more, since the page before may have ended within a year; few at least, since filters thin out.
  const batch = Math.min(Math.max(Math.ceil(fetch / perYear) + 1, 20), 200);
  return ctx.db
    .transaction()
    .setIsolationLevel('repeatable read')
    .setAccessMode('read only')
    .execute(async (trx) => {
      const found: KeyedMilestone[] = [];
      for await (const rows of milestoneRows(ctx, trx, actor, query, after, batch)) {
        found.push(...rows);
        if (found.length >= fetch) break;
      }
      return found;
    });
}

const regionsOfAYear = ({ programs }: Context): number =>
  Math.min(...programs.all.map(({ machines }) => machines.regions.length));
