import { choiceFor, someone } from './choice.ts';
import { drawsOf } from './draws.ts';
import type { Plans } from './foresight.ts';
import type { Hand } from './hands.ts';
import { readiness } from './readiness.ts';
import type { Intention, SchoolYear } from './school-year.ts';
import { takeUpAgain } from './school-year.ts';
import { workDaysAfter } from './work-days.ts';

/** What people do to one school's year on a work day; what concerns several is `wide.ts`. */
export async function actOn(
  plans: Plans,
  following: SchoolYear,
  today: string,
  hand: Hand,
): Promise<void> {
  await findOut(plans, following, today, hand);
  const settled = new Set<Intention>();
  for (const intention of following.intentions) {
    if (intention.on > today || intention.task.scope !== 'school') continue;
    if (await take(plans, following, intention, today, hand)) settled.add(intention);
  }
  if (settled.size > 0)
    following.intentions = following.intentions.filter((one) => !settled.has(one));
}

/** The coordinator enters what the designation left open. */
async function findOut(plans: Plans, following: SchoolYear, today: string, hand: Hand) {
  const due = following.questions.filter(({ on }) => on <= today);
  const coach = due.length > 0 ? someone(plans, following, 'coach', today) : undefined;
  if (!coach) return;
  following.questions = following.questions.filter(({ on }) => on > today);
  for (const { fact } of due) {
    const value = drawsOf(plans.seed, 'answer', following.school.code, fact).chance(0.5);
    const correction = { type: 'correctFact' as const, fact, value, reason: 'Asked the district.' };
    await hand(following, coach, { kind: 'correct', correction });
  }
}

/** @returns whether nothing is left of the intention */
async function take(
  plans: Plans,
  following: SchoolYear,
  intention: Intention,
  today: string,
  hand: Hand,
): Promise<boolean> {
  const ready = readiness(plans, following, intention, today);
  if (ready !== 'yes') return ready === 'never';
  const choice = choiceFor(plans, following, intention, today);
  if (!choice) return false;
  const entry = await hand(following, choice.person, choice.command);
  takeUpAgain(plans, following, entry, today);
  const done = following.year.row.state.done[intention.task.key] !== undefined;
  // Returned, or passed by: some days on it shows whether it is still to be done.
  if (!done) intention.on = workDaysAfter(today, 5);
  return done;
}
