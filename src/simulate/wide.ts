import type { TaskModel } from '../planning-years/model.ts';
import { type Choice, choiceFor } from './choice.ts';
import type { Plans } from './foresight.ts';
import type { Person } from './people.ts';
import { readiness } from './readiness.ts';
import type { Intention, SchoolYear } from './school-year.ts';
import { workDaysAfter } from './work-days.ts';

/** A task that is finished once for several schools, at the first of them that can. */
export interface WideAct extends Choice {
  following: SchoolYear;
  task: TaskModel;
  /** Null: every school that the person's role reaches. */
  district: string | null;
  covers: SchoolYear[];
}

/**
 * Acts of wider scope whose time has come and that have no school in common, so that all of them can
 * be under way at once. What they left over is for the next round.
 */
export function nextRound(plans: Plans, years: readonly SchoolYear[], today: string): WideAct[] {
  const busy = new Set<SchoolYear>();
  const round: WideAct[] = [];
  for (const [following, intention] of candidates(plans, years, today)) {
    if (busy.has(following)) continue;
    const choice = choiceFor(plans, following, intention, today);
    if (!choice) continue;
    const { task } = intention;
    const district = task.scope === 'district' ? following.school.districtCode : null;
    const covers = years.filter((year) => isCovered(year, choice.person, district));
    if (covers.some((year) => busy.has(year))) continue;
    for (const year of covers) busy.add(year);
    round.push({ ...choice, following, task, district, covers });
  }
  return round;
}

/** To be called once the round has been carried out and its years read anew. */
export function conclude(round: readonly WideAct[], today: string): void {
  for (const { task, covers } of round)
    for (const { intentions, year } of covers) {
      if (year.row.state.done[task.key] !== undefined) continue;
      const left = intentions.find((intention) => intention.task === task);
      // Returned, or passed by: some days on it shows whether it is still to be done.
      if (left && left.on <= today && left.blockedAt === null) left.on = workDaysAfter(today, 5);
    }
}

/** In the calendar's order, then in that of the schools. */
function candidates(plans: Plans, years: readonly SchoolYear[], today: string) {
  const found: [SchoolYear, Intention][] = [];
  for (const following of years) {
    const settled = new Set<Intention>();
    for (const intention of following.intentions) {
      if (intention.on > today || intention.task.scope === 'school') continue;
      const ready = readiness(plans, following, intention, today);
      if (ready === 'yes') found.push([following, intention]);
      if (ready === 'never') settled.add(intention);
    }
    if (settled.size > 0)
      following.intentions = following.intentions.filter((one) => !settled.has(one));
  }
  return found.sort(([, a], [, b]) => a.task.position - b.task.position);
}

function isCovered({ school }: SchoolYear, { organizations }: Person, district: string | null) {
  if (district !== null && school.districtCode !== district) return false;
  return organizations.some(
    ({ kind, code }) => kind === 'state' || code === school.districtCode || code === school.code,
  );
}
