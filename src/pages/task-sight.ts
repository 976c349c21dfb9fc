import type { Actor } from '../actor.ts';
import type { Context } from '../context.ts';
import { subjectOf } from '../planning-years/view.ts';
import { sightAt } from '../tasks/sight.ts';
import { taskView } from '../tasks/view.ts';
import { activityOf } from './activity.ts';
import { notesOn, settlementOf } from './happened.ts';
import { obstaclesOf } from './obstacles.ts';
import { yearPath } from './paths.ts';
import { actsOn } from './task-acts.ts';
import type { TaskPage } from './task-page.ts';
import { whoTeller } from './who.ts';
import { capital, monthAndYear, STATUS, whenDue } from './words.ts';

/** What a page shows of a task to one reader. @throws NotFoundError */
export async function taskOnPage(
  ctx: Context,
  reader: Actor,
  id: string,
  base: string,
): Promise<TaskPage['task']> {
  const sight = await sightAt(ctx, ctx.db, id);
  const { row, model, today, task } = sight;
  const { title, role, month } = model.task(task.taskKey);
  const view = taskView(sight);
  const subject = { ...subjectOf(row), role };
  const { roles } = model.pack.program;
  const titleOf = (id: string) => roles.find((role) => role.id === id)?.title ?? capital(id);
  const who = whoTeller(ctx, reader, titleOf);
  const acts = await actsOn(ctx, reader, sight, view, subject);
  // A deadline can be met whatever its event waits for.
  const status = view.status === 'blocked' && acts.complete ? 'open' : view.status;
  const { word, meaning } = STATUS[status];
  return {
    id,
    title,
    version: task.version,
    today,
    place: `${row.organizationName}, ${row.year}`,
    yearUrl: base + yearPath(row.id),
    role: titleOf(role),
    month: monthAndYear(month),
    tone: view.overdue ? ' late' : view.status === 'done' ? ' done' : '',
    status: view.overdue ? { word: 'Late', meaning: '' } : { word, meaning },
    due: AHEAD.has(view.status) ? whenDue(view, today) : null,
    warnings: (view.warnings ?? []).map(({ detail }) => detail),
    obstacles: obstaclesOf(sight, view, reader, subject, { base, titleOf }),
    remarks: view.notes,
    activity: await activityOf(ctx.db, sight),
    settlement: await settlementOf(sight, who),
    notes: await notesOn(ctx, reader, sight, subject, who),
    acts,
  };
}

/** Of these the date still matters. */
const AHEAD: ReadonlySet<string> = new Set(['open', 'blocked', 'preStart']);
