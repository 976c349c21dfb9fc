import type { Actor } from '../actor.ts';
import type { Context, Trx } from '../context.ts';
import { partId } from '../ids.ts';
import type { Command } from '../planning-years/decide.ts';
import { throughTheDoor } from '../planning-years/door.ts';
import type { YearModel } from '../planning-years/model.ts';
import type { LogEntry } from '../planning-years/state.ts';
import type { YearRow } from '../planning-years/store.ts';
import { fanOut, type StillDone, stillDone } from './fan-out.ts';
import { withoutData } from './pointers.ts';
import { sightAt, taskAt } from './sight.ts';
import type { TaskSight } from './view.ts';

/** What somebody does to a task. */
export interface Act {
  id: string;
  /** Of the calendar's id of the task. */
  commandOf: (key: string) => Command;
  actor: Actor;
  /** A task of wider scope is reopened at the other schools that it covers, too. */
  everywhere?: boolean | undefined;
  /** Held against the task's version as it is now. */
  precondition?: (version: number) => void;
}

export interface Settled {
  /** The task after it. */
  sight: TaskSight;
  entry: LogEntry;
  command: Command;
  /** The job that carries it to the other schools that the task covers. */
  job: string | undefined;
  /** Where the task stays done that was reopened here. */
  stillDone: StillDone | undefined;
}

/** An act that went through the door. */
export interface Passed {
  entry: LogEntry;
  row: YearRow;
  model: YearModel;
  command: Command;
  /** The calendar's id of the task. */
  key: string;
}

/**
 * Carries an act on a task through the door, and what was done on to the other schools that it covers.
 * Whoever asks, an API or a page, has been let in by the policy before.
 *
 * @param earlier what the same call has settled so far, by task: one meeting settles the items of all,
 * and none of them is done twice
 * @throws NotFoundError, StaleVersionError, and whatever `decide` refuses
 */
export async function settle(
  ctx: Context,
  trx: Trx,
  act: Act,
  earlier = new Map<string, Passed>(),
): Promise<Settled> {
  const passed = earlier.get(act.id) ?? (await pass(ctx, trx, act));
  const { entry, row, model, command, key } = passed;
  for (const other of entry.settledTasks)
    earlier.set(partId(row.id, other), { ...passed, key: other, command: act.commandOf(other) });
  const job = isCarried(act, command)
    ? await fanOut(ctx, trx, model.task(key), row, command, act.actor)
    : undefined;
  const others =
    command.kind === 'reopen' && !job
      ? await stillDone(trx, model.task(key), row, act.actor)
      : undefined;
  return { sight: await sightAt(ctx, trx, act.id), entry, command, job, stillDone: others };
}

/** Whether an act goes on to the other schools that its task covers. */
export const isCarried = ({ everywhere }: Act, { kind }: Command): boolean =>
  kind === 'complete' || (kind === 'reopen' && everywhere === true);

/** The same at this one school. */
export async function pass(
  ctx: Pick<Context, 'programs' | 'clock'>,
  trx: Trx,
  { id, commandOf, actor, precondition }: Act,
): Promise<Passed> {
  const { taskKey: key, planningYearId } = await taskAt(trx, id);
  const command = commandOf(key);
  const { entry, row, model } = await throughTheDoor(
    ctx,
    trx,
    planningYearId,
    command,
    actor,
    async () => precondition?.((await taskAt(trx, id)).version),
  ).catch((error) => {
    throw command.kind === 'correct' ? withoutData(error) : error;
  });
  if (!entry) throw new Error('An act on a task writes an entry.');
  return { entry, row, model, command, key };
}
