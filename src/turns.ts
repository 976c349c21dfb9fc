import { setImmediate } from 'node:timers/promises';

/**
 * Goes through many things one by one and lets all others have their turn now and then, so that nobody
 * holds the process by sending much.
 *
 * @param perTurn how many go without a pause: what they take together stays well below 50 ms
 */
export async function inTurns<T>(
  things: Iterable<T>,
  perTurn: number,
  each: (thing: T) => void,
): Promise<void> {
  let done = 0;
  for (const thing of things) {
    if (done > 0 && done % perTurn === 0) await setImmediate();
    each(thing);
    done += 1;
  }
}

/** The same for what is made of each, in their order. */
export async function mapInTurns<T, U>(
  things: Iterable<T>,
  perTurn: number,
  make: (thing: T) => U,
): Promise<U[]> {
  const made: U[] = [];
  await inTurns(things, perTurn, (thing) => void made.push(make(thing)));
  return made;
}

/** Work that can be interrupted wherever it yields. */
export type Work<T> = Generator<undefined, T, undefined>;

/** Does work in turns with all others: after so many yields they have theirs. */
export async function workInTurns<T>(work: Work<T>, perTurn: number): Promise<T> {
  for (let done = 1; ; done += 1) {
    const { done: isDone, value } = work.next();
    if (isDone) return value;
    if (done % perTurn === 0) await setImmediate();
  }
}

/** Does work that is known to be little in one go. */
export function workAtOnce<T>(work: Work<T>): T {
  for (;;) {
    const { done, value } = work.next();
    if (done) return value;
  }
}
