/** Chance that follows from a seed and a name: the same pair draws the same, whatever else is drawn. */
export interface Draws {
  /** From 0 up to, not including, 1. */
  next(): number;
  /** A whole number from `least` to `most`, both included. */
  between(least: number, most: number): number;
  /** True so many times out of one. */
  chance(probability: number): boolean;
  pick<T>(among: readonly T[]): T;
}

export function drawsOf(seed: number, ...name: string[]): Draws {
  const next = mulberry32(fnv1a(`${seed} ${name.join(' ')}`));
  const between = (least: number, most: number) => least + Math.floor(next() * (most - least + 1));
  return {
    next,
    between,
    chance: (probability) => next() < probability,
    pick: (among) => among[between(0, among.length - 1)]!,
  };
}

/** A 32-bit hash of a text (Fowler, Noll and Vo). */
function fnv1a(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at += 1)
    hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return hash >>> 0;
}

/** Tommy Ettinger's generator: 32 bits of state are plenty for a few draws a name. */
function mulberry32(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
