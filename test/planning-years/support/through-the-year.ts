import type { PaperYear } from '../../support/year.ts';

export const PLAN = { planHeldElsewhere: true, link: 'https://plans.example.invalid/sip' };

/** Does every task that is open, as long as something opens, on dates through the year. */
export function throughTheYear(year: PaperYear, seen = new Set<string>()): Set<string> {
  for (const date of [
    '2026-10-20',
    '2026-12-01',
    '2027-01-05',
    '2027-04-02',
    '2027-07-01',
    '2027-07-31',
  ]) {
    year.on(date);
    for (let moved = true; moved; ) {
      moved = false;
      for (const [key, status] of year.statuses()) {
        if (status === 'open') seen.add(key);
        if (status !== 'open' || year.status(key) !== 'open') continue;
        const { raises } = year.model.task(key);
        const needsData = raises ? year.model.event(raises)?.spec.data?.required : false;
        year.complete(key, needsData ? PLAN : undefined);
        moved = true;
      }
    }
  }
  return seen;
}
