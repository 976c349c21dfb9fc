import type { Mailer } from '../mail/mailer.ts';
import { CONNECTIONS } from '../mail/smtp.ts';

/** Runs an act when one of the mailer's connections is free. */
export type Slots = <T>(act: () => Promise<T>) => Promise<T>;

/**
 * The slots of a mailer, shared by all that is sent through it in this process. What waits here can
 * still be taken back; what waits within the mailer can't, and its time runs already.
 */
export function slotsOf(mailer: Mailer): Slots {
  const known = all.get(mailer) ?? limited(CONNECTIONS);
  all.set(mailer, known);
  return known;
}

const all = new WeakMap<Mailer, Slots>();

function limited(count: number): Slots {
  let free = count;
  const waiting: (() => void)[] = [];
  return async (act) => {
    if (free > 0) free -= 1;
    else await new Promise<void>((resolve) => waiting.push(resolve));
    try {
      return await act();
    } finally {
      // Whoever is next takes the slot over, so that nobody comes in between.
      const next = waiting.shift();
      if (next) next();
      else free += 1;
    }
  };
}
