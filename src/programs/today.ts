import { todayIn } from '../../calendar/dates.ts';
import type { Programs } from './programs.ts';

/**
 * The date where a program is at home, `YYYY-MM-DD`. Without a program: where the first one is, so
 * that an installation for one state has one date for all.
 */
export function todayOf(programs: Programs, program: string | null, now: Date): string {
  const { pack } = (program !== null && programs.get(program)) || programs.all[0]!;
  return todayIn(pack.program.zone, now);
}

/** The dates of all programs, one text: as long as it is the same, no day has passed anywhere. */
export const datesOf = (programs: Programs, now: Date): string =>
  programs.all.map(({ pack }) => todayIn(pack.program.zone, now)).join();

/** The date that many days after another. */
export const daysAfter = (isoDate: string, days: number): string =>
  new Date(Date.parse(isoDate) + days * DAY).toISOString().slice(0, 10);

const DAY = 86_400_000;
