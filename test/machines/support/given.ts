import { type Circumstances, initialRegions } from '../../../machines/advance.ts';
import { machinesOf } from '../../../machines/index.ts';
import { dates, type Kind } from './years.ts';

export const machines = machinesOf('isbe-comprehensive')!;
export const outsideCps: Kind = {
  newlyDesignated: true,
  cps: false,
  resourceAllocationReview: null,
};

/** A year as it stands from the release on, with some regions set by hand. */
export const yearAt = (set: Record<string, string> = {}): Record<string, string> => ({
  ...initialRegions(machines),
  designation: 'released',
  sip: 'drafting',
  ...set,
});
export const on = (today: string, conditions: Circumstances['conditions'] = outsideCps) => ({
  conditions,
  today,
  dates,
});
export const types = (steps: { type: string }[]) => steps.map(({ type }) => type);
