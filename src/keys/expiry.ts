import type { Fault } from '../errors.ts';
import { daysAfter } from '../programs/today.ts';

const USUAL_DAYS = 90;
const MOST_DAYS = 365;

/** The last day of a new key, and what is wrong with it; every key ends within a year. */
export function expiryOf(
  today: string,
  wanted: string | undefined,
): { expiresOn: string; faults: Fault[] } {
  const expiresOn = wanted ?? daysAfter(today, USUAL_DAYS);
  const latest = daysAfter(today, MOST_DAYS);
  if (expiresOn >= today && expiresOn <= latest) return { expiresOn, faults: [] };
  const detail = `must lie between ${today} and ${latest}`;
  return { expiresOn, faults: [{ pointer: '/expiresOn', detail }] };
}
