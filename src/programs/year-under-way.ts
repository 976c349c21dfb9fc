import { planningYear, schoolYearOf } from '../../calendar/dates.ts';
import type { ProgramFile } from '../../calendar/shape.ts';

/**
 * The planning year that a date belongs to: the one that runs, or in the gap between two the next
 * one. A planning year may reach into the school year after its own.
 */
export function yearUnderWay(program: ProgramFile, today: string): string {
  const own = schoolYearOf(program, today);
  const before = schoolYearBefore(own);
  return today < planningYear(program, before).until ? before : own;
}

function schoolYearBefore(year: string): string {
  const first = Number(year.slice(0, 4)) - 1;
  return `${first}-${year.slice(2, 4)}`;
}
