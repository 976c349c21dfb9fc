import canonicalize from 'canonicalize';
import { type Kysely, sql } from 'kysely';
import type { DbOrTrx, Trx } from '../context.ts';
import type { Tables } from '../db/tables.ts';
import type { Program, Programs } from '../programs/programs.ts';
import { datesFor, readParameters } from '../programs/year-parameters.ts';
import { belongsToOf, isSamePlace } from './belongs-to.ts';
import { type LogEntry, moved, replay, type YearState } from './state.ts';
import type { YearRow } from './store.ts';

/** An entry of a log whose chain holds. */
interface Sealed {
  seq: number;
  hash: Buffer;
}

/**
 * Puts right what a year's row holds, as far as its log tells it.
 * @returns the row as it is then, and what differed
 */
export async function mendRow(
  trx: Trx,
  programs: Programs,
  row: YearRow,
  last: Sealed,
  entries: LogEntry[],
): Promise<{ row: YearRow; differences: string[] }> {
  const state = replay(entries);
  const version = 1 + entries.slice(1).filter(moved).length;
  const differences: string[] = [];
  const set: Partial<YearRow> = {};
  const differs = (what: string, values: Partial<YearRow>) => {
    differences.push(what);
    Object.assign(set, values);
  };
  const { openedOn, clockOn, updatedAt } = row;
  const [opening, latest] = [entries[0]!, entries.at(-1)!];
  if (!isSame(state, row.state) || row.status !== state.status || row.version !== version)
    differs('the state', { state, status: state.status, version });
  if (state.belongsTo && !isSamePlace(state.belongsTo, belongsToOf(row)))
    differs('whose it is', state.belongsTo);
  if (row.headSeq !== last.seq || !row.headHash.equals(last.hash))
    differs('the head', { headSeq: last.seq, headHash: last.hash });
  const machineVersion = chartsOf(programs.get(row.program), row, state, entries);
  if (machineVersion !== row.machineVersion) differs('its charts', { machineVersion });
  if (!isDate(openedOn)) differs('when it was opened', { openedOn: opening.today });
  if (clockOn !== null && !isDate(clockOn)) differs('its clock', { clockOn: latest.today });
  if (!(updatedAt instanceof Date))
    differs('when it changed', { updatedAt: new Date(latest.recordedAt) });
  const parameters = await datesOf(trx, programs, row);
  if (parameters) differs('its dates', { parameters });
  if (differences.length > 0) await save(trx, row.id, set);
  return { row: { ...row, ...set }, differences };
}

/** Whether a stored value is the one that the log tells; one that has no canonical form is not. */
export function isSame(told: unknown, stored: unknown): boolean {
  try {
    return canonicalize(told) === canonicalize(stored);
  } catch {
    return false;
  }
}

const isDate = (text: string): boolean => /^\d{4}-\d\d-\d\d$/.test(text);

/**
 * The version of the charts that a year was written by: the one that its row names, if this release
 * knows it; else what its log tells last; else this release's, if the charts have all its states.
 */
function chartsOf(
  program: Program | undefined,
  { machineVersion }: YearRow,
  { regions }: YearState,
  entries: LogEntry[],
): string {
  if (!program) return machineVersion;
  const { machines } = program;
  const known = [machines.version, ...(machines.upgrades ?? []).map(({ from }) => from)];
  if (known.includes(machineVersion)) return machineVersion;
  const told = entries.findLast(({ type }) => type === 'charts.changed')?.data?.charts;
  const last = Array.isArray(told) ? String(told.at(-1)) : null;
  if (last !== null && known.includes(last)) return last;
  const fits = machines.regions.every(({ key, states }) =>
    Object.hasOwn(states, regions[key]?.state ?? ''),
  );
  return last === null && fits ? machines.version : machineVersion;
}

/** The dates that are set for a year's organization, where its row holds none; null: it does. */
async function datesOf(
  db: DbOrTrx,
  programs: Programs,
  { program, year, districtCode, parameters }: YearRow,
): Promise<Record<string, string> | null> {
  const file = programs.get(program)?.pack.program;
  if (!file || (isMap(parameters) && Object.values(parameters).every(isDate))) return null;
  const { settings } = await readParameters(db, program, year);
  return datesFor(file, settings, districtCode);
}

const isMap = (value: unknown): value is Record<string, string> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

async function save(
  trx: Kysely<Tables>,
  id: string,
  { state, parameters, ...plain }: Partial<YearRow>,
): Promise<void> {
  await trx
    .updateTable('planningYears')
    .set({
      ...plain,
      ...(state && { state: sql`${JSON.stringify(state)}::jsonb` }),
      ...(parameters && { parameters: sql`${JSON.stringify(parameters)}::jsonb` }),
    } as never)
    .where('id', '=', id)
    .execute();
}
