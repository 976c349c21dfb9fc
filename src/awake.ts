/** How often it is looked whether the process is awake, and what gap tells that it was not. */
const TICK = 500;
const GAP = 2_000;

let last: number | null = null;
let woken = Number.NEGATIVE_INFINITY;

/**
 * Whether this process has slept within the last so many milliseconds: it was stopped, or its machine
 * was put to sleep. A timer that was set before has then run out without anybody having listened.
 */
export function hasSlept(within: number): boolean {
  notice();
  return performance.now() - woken <= within;
}

/** Keeps an eye on that from now on, as long as the process has anything else to do. */
export function watchSleep(): void {
  if (last !== null) return;
  last = performance.now();
  setInterval(notice, TICK).unref();
}

/** A timer that is to run may come first: so everybody who asks looks, too. */
function notice(): void {
  const now = performance.now();
  if (last !== null && now - last > GAP) woken = now;
  last = now;
}

/**
 * Does something after so many milliseconds of being awake: time for which the process has slept
 * counts for nothing. @returns gives it up
 */
export function afterAwake(milliseconds: number, act: () => void): () => void {
  let left = milliseconds;
  let timer: NodeJS.Timeout;
  const wait = () => {
    const slice = Math.min(left, TICK);
    timer = setTimeout(() => {
      left -= slice;
      if (left > 0) wait();
      // What has come in meanwhile is read first.
      else timer = setTimeout(() => setImmediate(act), 0);
    }, slice);
  };
  wait();
  return () => clearTimeout(timer);
}
