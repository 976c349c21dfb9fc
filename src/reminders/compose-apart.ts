import { QuarantinedError } from '../errors.ts';
import { faultOfYear } from '../planning-years/sound.ts';
import type { Facts, LedgerRow } from './facts.ts';
import { type Known, knownOn } from './matters.ts';
import { type Composed, composeDigest, type Library } from './model.ts';

export interface Apart extends Composed {
  /** Reminders of years that nothing can be told of; they wait for these to be mended. */
  left: LedgerRow[];
  /** What is wrong with those years. */
  faults: QuarantinedError[];
}

/**
 * Makes one person's digest as {@link composeDigest} does; a year that nothing can be told of as it is
 * stored keeps nobody from hearing of the others.
 */
export function composeApart(
  name: string,
  rows: readonly LedgerRow[],
  facts: Facts,
  library: Library,
  today: string,
  known: Known = knownOn(today, facts),
): Apart {
  const compose = (some: readonly LedgerRow[]) =>
    composeDigest(name, some, facts, library, today, known);
  try {
    return { ...compose(rows), left: [], faults: [] };
  } catch (error) {
    const faults: QuarantinedError[] = [];
    const left: LedgerRow[] = [];
    for (const [id, own] of Map.groupBy(rows, ({ planningYearId }) => planningYearId)) {
      const fault = faultIn(id, () => compose(own));
      if (!fault) continue;
      faults.push(fault);
      left.push(...own);
    }
    // Nothing of one year alone: the fault is the program's.
    if (left.length === 0) throw error;
    return { ...compose(rows.filter((row) => !left.includes(row))), left, faults };
  }
}

function faultIn(id: string, compose: () => unknown): QuarantinedError | null {
  try {
    compose();
    return null;
  } catch (error) {
    const fault = faultOfYear(id, error);
    if (fault instanceof QuarantinedError) return fault;
    throw error;
  }
}
