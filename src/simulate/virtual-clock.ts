import { DateTime } from 'luxon';
import type { Clock } from '../clock.ts';

/** A clock that stands still until it is set. */
export interface VirtualClock extends Clock {
  /** @param time `HH:MM` on a date as the clocks of `zone` show it */
  set(zone: string, date: string, time: string): void;
}

export function virtualClock(): VirtualClock {
  let now = new Date(0);
  return {
    now: () => new Date(now),
    set: (zone, date, time) => {
      now = DateTime.fromISO(`${date}T${time}`, { zone }).toJSDate();
    },
  };
}
