import type { z } from 'zod';
import type { Actor } from '../actor.ts';
import type { Context, Trx } from '../context.ts';
import type { Command } from '../planning-years/decide.ts';
import { throughTheDoor } from '../planning-years/door.ts';
import type { LogEntry } from '../planning-years/state.ts';
import { taskAt } from '../tasks/sight.ts';
import type { noteBody } from './schemas.ts';

export interface Recorded {
  planningYear: string;
  entry: LogEntry;
}

/** Records a note, a contact or a meeting: an entry of the year's log. */
export async function record(
  ctx: Context,
  trx: Trx,
  planningYear: string,
  command: Command,
  actor: Actor,
): Promise<Recorded> {
  const { entry } = await throughTheDoor(ctx, trx, planningYear, command, actor);
  if (!entry) throw new Error('What is recorded is an entry of the log.');
  return { planningYear, entry };
}

/** @throws NotFoundError when there is no such task */
export async function noteOnTask(
  ctx: Context,
  trx: Trx,
  id: string,
  { text, ...rest }: z.infer<typeof noteBody>,
  actor: Actor,
): Promise<Recorded> {
  const { planningYearId, taskKey } = await taskAt(trx, id);
  const command = { kind: 'note' as const, task: taskKey, note: text, ...rest };
  return record(ctx, trx, planningYearId, command, actor);
}
