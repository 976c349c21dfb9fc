import type { Context } from '../context.ts';
import { NotFoundError } from '../errors.ts';
import { datesFor, parametersAsOf } from '../programs/year-parameters.ts';
import { ofYear, shown } from './sound.ts';
import { moved, replay } from './state.ts';
import { readLog } from './store.ts';
import type { NamedYear } from './view.ts';

/**
 * A year as it stood at an instant, by the time of recording: its log played up to then, inclusive.
 * @throws NotFoundError when it had not been opened yet
 */
export async function asItStood(
  { db, programs }: Pick<Context, 'db' | 'programs'>,
  row: NamedYear,
  at: Date,
): Promise<NamedYear> {
  const entries = await ofYear(row.id, () => readLog(db, row.id, at));
  const last = entries.at(-1);
  if (!last) throw new NotFoundError('This planning year had not been opened yet at that instant.');
  const state = shown(row.id, () => replay(entries));
  const set = await parametersAsOf(db, row.program, row.year, at);
  const file = programs.get(row.program)?.pack.program;
  const moves = entries.slice(1).filter(moved).length;
  return {
    ...row,
    parameters: file ? datesFor(file, set, row.districtCode) : {},
    state,
    status: state.status,
    version: 1 + moves,
    headSeq: last.seq,
    updatedAt: new Date(last.recordedAt),
  };
}
