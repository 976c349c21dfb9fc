import type { CountsJson } from '../db/tables.ts';

/**
 * Numbers by key, as the reports' migration names them: `years`, `state <region>.<state> <month>`,
 * `task <task> <status> <due on>`; where only sums over all tasks are kept, `tasks <status> <due on>`.
 */
type Counts = Map<string, number>;

/** What was counted where. With empty codes: everywhere. */
export interface Counted {
  program: string;
  year: string;
  districtCode: string;
  county: string;
  calendarVersion: string;
  counts: CountsJson;
}

/** All keys, summed over all places: one row for each calendar. */
export const everywhere = (rows: Iterable<Counted>): Counted[] =>
  sumBy(rows, (row) => ({ ...row, districtCode: '', county: '' }));

/** Sums over months and tasks, one row for each district's part in each county. */
export const byPlace = (rows: Iterable<Counted>): Counted[] =>
  sumBy(rows, (row) => ({ ...row, calendarVersion: '', counts: coarse(row.counts) }));

/** One row for each place. */
export const summed = (rows: Iterable<Counted>): Counted[] => sumBy(rows, (row) => row);

/** A name for what a row counts. */
export const placeOf = ({ program, year, districtCode, county, calendarVersion }: Counted) =>
  JSON.stringify([program, year, districtCode, county, calendarVersion]);

/** What a key counts. */
export type Countable =
  | { kind: 'years' }
  | {
      kind: 'state';
      region: string;
      state: string /** `2026-11`, or null in a sum over months */;
      since: string | null;
    }
  | {
      kind: 'task' /** Null in a sum over tasks. */;
      task: string | null;
      status: string /** Of what can be late alone, as `planning-years/overdue.ts` has it. */;
      dueOn: string | null;
    };

export const countables = (counts: CountsJson): [what: Countable, n: number][] =>
  numbersIn(counts).flatMap(([key, n]) => {
    const what = countable(key);
    return what ? [[what, n]] : [];
  });

/** Null: nothing is counted under such a key. */
function countable(key: string): Countable | null {
  const [kind, first = '', second, third] = key.split(' ');
  switch (kind) {
    case 'years':
      return { kind };
    case 'state': {
      const [region = '', state = ''] = first.split('.');
      return { kind, region, state, since: second ?? null };
    }
    case 'task':
      return { kind, task: first, status: second ?? '', dueOn: third ?? null };
    case 'tasks':
      return { kind: 'task', task: null, status: first, dueOn: second ?? null };
    default:
      return null;
  }
}

/** What is no number counts nothing; a rebuild counts anew. */
const numbersIn = (counts: CountsJson): [key: string, n: number][] =>
  Object.entries(counts ?? {}).filter(([, n]) => typeof n === 'number');

/** Without a state's month and without a task's name. */
function coarse(counts: CountsJson): CountsJson {
  const sums: Counts = new Map();
  for (const [key, n] of numbersIn(counts)) add(sums, [[coarseKey(key), n]]);
  return Object.fromEntries(sums);
}

function coarseKey(key: string): string {
  const [what, name, ...more] = key.split(' ');
  if (what === 'state') return `state ${name}`;
  return what === 'task' ? ['tasks', ...more].join(' ') : key;
}

function sumBy(rows: Iterable<Counted>, as: (row: Counted) => Counted): Counted[] {
  const sums = new Map<string, { row: Counted; counts: Counts }>();
  for (const row of rows) {
    const seen = as(row);
    const place = placeOf(seen);
    const sum = sums.get(place) ?? { row: seen, counts: new Map() };
    sums.set(place, sum);
    add(sum.counts, numbersIn(seen.counts));
  }
  return [...sums.values()].map(({ row, counts }) => ({
    ...row,
    counts: Object.fromEntries(counts),
  }));
}

function add(to: Counts, counts: Iterable<readonly [string, number]>): void {
  for (const [key, n] of counts) {
    const sum = (to.get(key) ?? 0) + n;
    if (sum === 0) to.delete(key);
    else to.set(key, sum);
  }
}
