import type { EventSpec } from '../../machines/region.ts';
import type { Actor } from '../actor.ts';
import type { Context } from '../context.ts';
import { refusalOf } from '../planning-years/door.ts';
import { taskStanding } from '../planning-years/task-standing.ts';
import { actingBy, can, type Subject } from '../policy/can.ts';
import type { PolicyRow } from '../policy/table.ts';
import { fannedOut, stillDone } from '../tasks/fan-out.ts';
import type { TaskSight, taskView } from '../tasks/view.ts';
import { type FormName, otherSchools } from './task-forms.ts';

/** The row of the policy table that decides about each form, as it does about the same call of the API. */
export const POLICIES: Record<FormName, PolicyRow> = {
  complete: 'tasks.settle',
  reopen: 'tasks.reopen',
  notes: 'notes.write',
};

/** What a reader may do to a task as things stand. */
export interface Acts {
  /** Null: not theirs to do, or not now. */
  complete: { spec: EventSpec | undefined; effects: string[] } | null;
  /** Null: not theirs, or there is nothing to take back. `refusal`: why it can't be taken back; `others`:
   * at how many other schools it is done, too, and can be taken back along with it. */
  reopen: { refusal: string | null; others: number } | null;
  note: boolean;
}

export async function actsOn(
  ctx: Context,
  reader: Actor,
  sight: TaskSight,
  view: ReturnType<typeof taskView>,
  subject: Subject,
): Promise<Acts> {
  const may = (form: FormName) => can(reader, POLICIES[form], subject) === 'yes';
  const { model, task, row, today } = sight;
  const about = model.task(task.taskKey);
  const { raises } = about;
  const isDoable = taskStanding(model, row.state, row.openedOn, today, about).doable;
  const isSettled = view.status === 'done' || view.status === 'waived';
  return {
    complete:
      may('complete') && isDoable
        ? {
            spec: raises ? model.event(raises)?.spec : undefined,
            effects: effectsOf(sight, await reachOf(ctx, reader, sight, subject)),
          }
        : null,
    reopen:
      may('reopen') && isSettled
        ? {
            refusal: await refusalToReopen(ctx, reader, sight, subject),
            others: await doneElsewhere(ctx, reader, sight, subject),
          }
        : null,
    note: may('notes'),
  };
}

/** Found out at the door itself: the policy looks at what taking back would come to. */
async function refusalToReopen(
  ctx: Context,
  reader: Actor,
  { task, row }: TaskSight,
  subject: Subject,
): Promise<string | null> {
  const command = { kind: 'reopen' as const, task: task.taskKey, reason: 'To find out.' };
  const actor = actingBy(reader, POLICIES.reopen, subject);
  const refusal = await refusalOf(ctx, ctx.db, { id: row.id, command, actor });
  return refusal?.message ?? null;
}

/** At how many other schools it gets done with it: those of its scope that the reader may act at. */
async function reachOf(
  ctx: Context,
  reader: Actor,
  { model, task, row }: TaskSight,
  subject: Subject,
): Promise<number> {
  const command = { kind: 'complete' as const, task: task.taskKey, evidence: [] };
  const actor = actingBy(reader, POLICIES.complete, subject);
  return (await fannedOut(ctx.db, model.task(task.taskKey), row, command, actor)).length;
}

async function doneElsewhere(
  ctx: Context,
  reader: Actor,
  { model, task, row }: TaskSight,
  subject: Subject,
): Promise<number> {
  const actor = actingBy(reader, POLICIES.reopen, subject);
  const others = await stillDone(ctx.db, model.task(task.taskKey), row, actor);
  return others?.planningYears ?? 0;
}

/** What marking it done brings about besides. @param reach at how many other schools */
function effectsOf({ model, task }: TaskSight, reach: number): string[] {
  const { scope, meeting, raises, suffices } = model.task(task.taskKey);
  const event = raises ? model.event(raises) : undefined;
  const parties = raises && !suffices ? (model.raisedBy.get(raises) ?? []).length : 0;
  return [
    event &&
      `It is the act “${event.spec.title}”, which moves “${event.region.title}” on${parties > 1 ? ' as soon as everybody whose part it is has done the same' : ''}.`,
    meeting && 'It is an item of a meeting: every other open item of that meeting is done with it.',
    reach > 0 &&
      `It is done once for many schools: ${otherSchools(reach)} ${scope === 'district' ? 'of the district' : 'that you may do it for'} will be marked done, too.`,
  ].filter((text) => typeof text === 'string');
}
