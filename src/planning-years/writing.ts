import { type Actor, witness } from '../actor.ts';
import { partId } from '../ids.ts';
import { belongsToOf } from './belongs-to.ts';
import { seal } from './chain.ts';
import type { Moment, Year } from './decide.ts';
import type { YearModel } from './model.ts';
import { evolve, type LogEntry, moved, type YearState } from './state.ts';
import type { NewTask, SealedEntry, Settlement, TaskChange, YearRow } from './store.ts';
import { dueOnOf, safeByOf, taskStatuses } from './task-status.ts';

/** A year while entries are being added to its log. Pure: what it holds is still to be written. */
export class Writing {
  row: YearRow;
  readonly model: YearModel;
  readonly sealed: SealedEntry[] = [];

  constructor(row: YearRow, model: YearModel) {
    this.row = row;
    this.model = model;
  }

  get entries(): LogEntry[] {
    return this.sealed.map(({ entry }) => entry);
  }

  year(): Year {
    const { state, openedOn, headSeq } = this.row;
    return { model: this.model, state, openedOn, headSeq };
  }

  /** The moment of an act: never before that of the last entry, which another process's clock told. */
  moment(actor: Actor, at: Date, today: string): Moment {
    const { updatedAt } = this.row;
    return momentOf(actor, at < updatedAt ? updatedAt : at, today);
  }

  append(entry: LogEntry | null): void {
    if (!entry) return;
    this.#seal(this.#isTold(entry) ? entry : { ...entry, belongsTo: belongsToOf(this.row) });
  }

  /** Whether the log tells whose the year is, also without being told it once more. */
  #isTold({ seq, belongsTo }: LogEntry): boolean {
    return belongsTo !== undefined || (seq > 1 && this.row.state.belongsTo !== undefined);
  }

  #seal(entry: LogEntry): void {
    const { text, hash } = seal(this.row.headHash, entry);
    this.sealed.push({ entry, text, hash });
    const state = evolve(entry.seq === 1 ? null : this.row.state, entry);
    this.row = {
      ...this.row,
      state,
      status: state.status,
      version: this.row.version + (moved(entry) || entry.seq === 1 ? 1 : 0),
      headSeq: entry.seq,
      headHash: hash,
      updatedAt: new Date(entry.recordedAt),
    };
  }
}

export const momentOf = (actor: Actor, at: Date, today: string): Moment => ({
  actor: witness(actor),
  recordedAt: at.toISOString(),
  today,
});

/** The rows of the task list whose standing differs between two states of a year. */
export function taskChanges(before: YearRow, { row, model, entries }: Writing, today: string) {
  const was = taskStatuses(model, before.state, before.openedOn, today);
  const is = taskStatuses(model, row.state, before.openedOn, today);
  const changes: TaskChange[] = [];
  for (const task of model.tasks) {
    const { key } = task;
    const status = is.get(key) ?? 'blocked';
    const seq = settledBy(row.state, key);
    const dueOn = dueOnOf(row.state, task);
    const safeBy = safeByOf(row.state, task);
    const same =
      status === was.get(key) &&
      seq === settledBy(before.state, key) &&
      dueOn === dueOnOf(before.state, task);
    if (!same) changes.push({ key, status, dueOn, safeBy, settled: settlement(entries, seq) });
  }
  return changes;
}

/** The whole task list of a year, as its log tells it. */
export function taskRows(
  row: YearRow,
  model: YearModel,
  log: LogEntry[],
  today: string,
): NewTask[] {
  const statuses = taskStatuses(model, row.state, row.openedOn, today);
  return model.tasks.map((task) => ({
    id: partId(row.id, task.key),
    taskKey: task.key,
    activity: task.activity,
    role: task.role,
    scope: task.scope,
    kind: task.kind,
    month: task.month,
    dueOn: dueOnOf(row.state, task),
    safeBy: safeByOf(row.state, task),
    status: statuses.get(task.key) ?? 'blocked',
    position: task.position,
    settled: settlement(log, settledBy(row.state, task.key)),
  }));
}

/** The entry that made a task done or waived. */
const settledBy = (state: YearState, key: string): number | undefined =>
  state.done[key] ?? state.waived[key];

/** Who settled a task, when and with what: kept with it for its readers. */
function settlement(entries: LogEntry[], seq: number | undefined): Settlement | null {
  const entry = entries.find((candidate) => candidate.seq === seq);
  if (!entry) return null;
  const { actor, recordedAt, effectiveOn, note, data } = entry;
  const evidence = (data?.evidence ?? []) as Settlement['evidence'];
  return { by: actor, recordedAt, effectiveOn, note, evidence };
}
