import type { DbOrTrx } from '../context.ts';
import { NotFoundError } from '../errors.ts';
import { moved, replay } from './state.ts';
import { readLog } from './store.ts';
import type { NamedYear } from './view.ts';

/**
 * A year as it stood at an instant, by the time of recording: its log played up to then, inclusive.
 * @throws NotFoundError when it had not been opened yet
 */
export async function asItStood(db: DbOrTrx, row: NamedYear, at: Date): Promise<NamedYear> {
  const entries = await readLog(db, row.id, at);
  const last = entries.at(-1);
  if (!last) throw new NotFoundError('This planning year had not been opened yet at that instant.');
  const state = replay(entries);
  const moves = entries.slice(1).filter(moved).length;
  return {
    ...row,
    state,
    status: state.status,
    version: 1 + moves,
    headSeq: last.seq,
    updatedAt: new Date(last.recordedAt),
  };
}
