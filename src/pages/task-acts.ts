import type { EventSpec } from '../../machines/region.ts';
import type { Actor } from '../actor.ts';
import type { Context } from '../context.ts';
import { refusalOf } from '../planning-years/door.ts';
import { taskStanding } from '../planning-years/task-standing.ts';
import { actingBy, can, type Subject } from '../policy/can.ts';
import type { PolicyRow } from '../policy/table.ts';
import type { TaskSight, taskView } from '../tasks/view.ts';
import type { FormName } from './task-forms.ts';

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
  /** Null: not theirs, or there is nothing to take back. `refusal`: why it can't be taken back. */
  reopen: { refusal: string | null } | null;
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
        ? { spec: raises ? model.event(raises)?.spec : undefined, effects: effectsOf(sight) }
        : null,
    reopen:
      may('reopen') && isSettled
        ? { refusal: await refusalToReopen(ctx, reader, sight, subject) }
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

/** What marking it done brings about besides. */
function effectsOf({ model, task }: TaskSight): string[] {
  const { scope, meeting, raises, suffices } = model.task(task.taskKey);
  const event = raises ? model.event(raises) : undefined;
  const parties = raises && !suffices ? (model.raisedBy.get(raises) ?? []).length : 0;
  return [
    event &&
      `It is the act “${event.spec.title}”, which moves “${event.region.title}” on${parties > 1 ? ' as soon as everybody whose part it is has done the same' : ''}.`,
    meeting && 'It is an item of a meeting: every other open item of that meeting is done with it.',
    scope === 'district' &&
      'It is done once for the whole district: the district’s other schools get it done with it.',
    scope === 'state' &&
      'It is done once for the whole state: all other schools get it done with it.',
  ].filter((text) => typeof text === 'string');
}
