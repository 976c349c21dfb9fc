import type { Actor } from '../actor.ts';
import type { Db } from '../context.ts';
import { selectReached } from './entries.ts';
import type { FactsQuery } from './schemas.ts';

/** A page of what was witnessed within the actor's reach, newest first. */
export function listFacts(
  db: Db,
  actor: Actor,
  query: FactsQuery,
  before: string | null,
  fetch: number,
) {
  const { kind, planningYear, requestId, from, to } = query;
  return selectReached(db, actor, 'audit.read')
    .$if(before !== null, (some) => some.where('a.id', '<', before!))
    .$if(kind !== undefined, (some) => some.where('a.kind', '=', kind!))
    .$if(query.actor !== undefined, (some) => some.where('a.actor', '=', query.actor!))
    .$if(planningYear !== undefined, (some) => some.where('a.planningYearId', '=', planningYear!))
    .$if(requestId !== undefined, (some) => some.where('a.requestId', '=', requestId!))
    .$if(from !== undefined, (some) => some.where('a.at', '>=', new Date(from!)))
    .$if(to !== undefined, (some) => some.where('a.at', '<', new Date(to!)))
    .orderBy('a.id', 'desc')
    .limit(fetch)
    .execute();
}
