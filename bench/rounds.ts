import type { Measured } from './figure.ts';

/** Does a fixed amount of work of round `round`, and tells how much of it was done in a second. */
export type Side = (round: number) => Promise<number>;

/**
 * Measures several sides in alternating rounds, so that whatever else the machine does hits all of
 * them alike. The first round warms up and does not count; every other round goes the other way
 * round. Begins no further round after `budget` milliseconds, once three have counted.
 *
 * @returns by side, one rate for each round that counts
 */
export async function alternate<Name extends string>(
  sides: Record<Name, Side>,
  rounds: number,
  budget = Number.POSITIVE_INFINITY,
): Promise<Record<Name, number[]>> {
  const names = Object.keys(sides) as Name[];
  const rates = Object.fromEntries(names.map((name) => [name, []])) as unknown as Record<
    Name,
    number[]
  >;
  const begun = Date.now();
  for (let round = 0; round <= rounds; round += 1) {
    if (round > 3 && Date.now() - begun > budget) break;
    for (const name of round % 2 === 0 ? names : names.toReversed()) {
      const rate = await sides[name](round);
      if (round > 0) rates[name].push(rate);
    }
  }
  return rates;
}

/** The median of the rounds' ratios, beside the median rates. */
export function compared(name: string, ours: number[], limit: number[]): Measured {
  const ratios = ours.map((rate, round) => rate / limit[round]!);
  return {
    name,
    ours: median(ours),
    limit: median(limit),
    ratio: median(ratios),
    spread: [Math.min(...ratios), Math.max(...ratios)],
  };
}

/** The same, with the time for one in milliseconds. */
export function timed(name: string, ours: number[], limit: number[]): Measured {
  const measured = compared(name, ours, limit);
  return { ...measured, ours: 1000 / median(ours), limit: 1000 / median(limit) };
}

export function median(values: number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  return (sorted[Math.floor(middle - 0.5)]! + sorted[Math.floor(middle)]!) / 2;
}

/** How many `units` a second `work` gets through. */
export async function rateOf(units: number, work: () => Promise<unknown>): Promise<number> {
  const begun = performance.now();
  await work();
  return (units / (performance.now() - begun)) * 1000;
}

/**
 * The same by the processor's time, for work that waits for nothing: what else runs on the machine
 * doesn't count.
 */
export function processorRateOf(units: number, work: () => void): number {
  const begun = process.cpuUsage();
  for (let unit = 0; unit < units; unit += 1) work();
  const { user, system } = process.cpuUsage(begun);
  return (units / (user + system)) * 1_000_000;
}

/** Lets `atOnce` workers go through the items; each takes the next as soon as it is free. */
export async function atOnce<Item>(
  items: readonly Item[],
  workers: number,
  act: (item: Item) => Promise<void>,
): Promise<void> {
  const left = items.values();
  await Promise.all(
    Array.from({ length: workers }, async () => {
      for (const item of left) await act(item);
    }),
  );
}
