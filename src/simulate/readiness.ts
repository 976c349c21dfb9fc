import { taskStanding } from '../planning-years/task-standing.ts';
import { matterAt } from './board.ts';
import { drawsOf } from './draws.ts';
import { type Plans, placeOf } from './foresight.ts';
import type { Intention, SchoolYear } from './school-year.ts';
import { boardMeetingFrom, workDaysAfter } from './work-days.ts';

/**
 * Whether what was meant can be done today. `no`: not yet; `never`: it is done already, or falls
 * away. What had to wait for others takes some days of work once it can be done.
 */
export function readiness(
  plans: Plans,
  following: SchoolYear,
  intention: Intention,
  today: string,
): 'yes' | 'no' | 'never' {
  const { model, row } = following.year;
  const { task } = intention;
  if (intention.on > today || intention.blockedAt === row.headSeq) return 'no';
  const { status, obstacles } = taskStanding(model, row.state, row.openedOn, today, task);
  if (status !== 'open' && status !== 'blocked' && status !== 'preStart') return 'never';
  if (obstacles.length > 0) {
    intention.blockedAt = row.headSeq;
    return 'no';
  }
  if (intention.blockedAt === null) return 'yes';
  intention.blockedAt = null;
  intention.on = onceUnblocked(plans, following, intention, today);
  return intention.on > today ? 'no' : 'yes';
}

/** What the board votes on waits for its next meeting. */
function onceUnblocked(
  { seed }: Plans,
  { school, year }: SchoolYear,
  { task }: Intention,
  today: string,
) {
  if (matterAt(year.model, task)) return boardMeetingFrom(today);
  const draws = drawsOf(seed, 'effort', placeOf(school, task), task.key);
  return workDaysAfter(today, draws.between(1, 4));
}
