import { mailDays } from '../../../calendar/mail-days.ts';
import type { TaskModel } from '../../../src/planning-years/model.ts';
import { canBeLate } from '../../../src/planning-years/overdue.ts';
import { type Occasions, occasionsOn } from '../../../src/reminders/occasions.ts';
import { covers } from './paper-ledger.ts';
import type { PaperSchool } from './paper-school.ts';
import type { Afternoon } from './play.ts';

/**
 * All but these roles mark everything as done that a mail asks them for: on that day, or as soon as
 * they can while they go on being asked.
 */
export const allBut =
  (roles: readonly string[]) =>
  (year: PaperSchool): Afternoon =>
    function* (today) {
      const { pack, tasks } = year.model;
      if (!mailDays(pack)(today)) return;
      const occasions = occasionsOn(pack, today);
      for (const task of tasks)
        if (!roles.includes(task.role) && isAskedFor(year, task, occasions) && year.isDoable(task))
          yield task;
    };

/** As the docstrings of {@link Occasions} have it: by date, in a month's overview, or at a quarter's end. */
function isAskedFor(year: PaperSchool, task: TaskModel, now: Occasions): boolean {
  const status = year.statusOf(task);
  if (status !== 'open' && status !== 'blocked') return false;
  const { kind, dueOn, month, role, key } = task;
  const isOwn = (told: { role: string | null }) => (told.role ?? role) === role;
  return (
    now.bands.some(
      (band) =>
        isOwn(band) && covers(band, task) && (status === 'open' || task.kind === 'deadline'),
    ) ||
    now.months.some(
      (overview) =>
        isOwn(overview) &&
        overview.kinds.includes(kind) &&
        (dueOn === null
          ? month === overview.month
          : dueOn <= overview.to && (dueOn >= overview.from || canBeLate({ kind, status }))),
    ) ||
    now.quarters.some(
      ({ from, to, tasks }) =>
        dueOn !== null && from <= dueOn && dueOn <= to && tasks.includes(key),
    )
  );
}
