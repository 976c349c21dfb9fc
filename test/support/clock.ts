import type { Clock } from '../../src/clock.ts';

export interface TestClock extends Clock {
  set(iso: string): void;
  advance(by: { days?: number; hours?: number; minutes?: number }): void;
}

/** A clock that stands still until it is told otherwise. `iso`: an instant with its offset. */
export function testClock(iso: string): TestClock {
  let now = instant(iso);
  return {
    now: () => new Date(now),
    set: (to) => {
      now = instant(to);
    },
    advance: ({ days = 0, hours = 0, minutes = 0 }) => {
      now += ((days * 24 + hours) * 60 + minutes) * 60_000;
    },
  };
}

function instant(iso: string): number {
  const millis = Date.parse(iso);
  if (Number.isNaN(millis)) throw new Error(`${iso} is no instant.`);
  return millis;
}
