import { actorWith } from '../actor.ts';
import type { Context, DbOrTrx } from '../context.ts';
import type { PlannedMail } from '../planning-years/dry-run.ts';
import type { YearRow } from '../planning-years/store.ts';
import { todayOf } from '../programs/today.ts';
import { addDays } from './days.ts';
import { previewDigests } from './preview.ts';

/** The mails of the coming month that speak of one year, with the tasks that they speak of. */
export async function mailsOfYear(
  ctx: Context,
  db: DbOrTrx,
  year: YearRow,
): Promise<PlannedMail[]> {
  const school = year.organizationCode;
  const looker = actorWith('preview', {
    kind: 'state',
    role: 'preview',
    program: year.program,
    scope:
      year.organizationKind === 'school'
        ? { schools: [school] }
        : { districts: [year.districtCode] },
  });
  // A transaction reads like the database itself.
  const within = { ...ctx, db: db as Context['db'] };
  const today = todayOf(ctx.programs, year.program, ctx.clock.now());
  const previews = await previewDigests(within, looker, today, addDays(today, MONTH));
  return previews.flatMap(({ person, on, model }) => {
    const about = model.organizations.find(({ planningYearId }) => planningYearId === year.id);
    if (!about) return [];
    const items = [...about.late, ...about.due, ...about.month];
    const tasks = [...new Set(items.map(({ taskId }) => taskId))].sort();
    const recipient = { id: person.id, name: person.name };
    return tasks.length > 0 ? [{ recipient, on, tasks }] : [];
  });
}

const MONTH = 31;
