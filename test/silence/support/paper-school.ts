import { initialRegions } from '../../../machines/advance.ts';
import type { TaskStatus } from '../../../src/db/tables.ts';
import { DomainError } from '../../../src/errors.ts';
import {
  type Command,
  datesPassed,
  decide,
  type Year,
} from '../../../src/planning-years/decide.ts';
import { type TaskModel, type YearModel, yearModel } from '../../../src/planning-years/model.ts';
import { conditionsOf, openingEntry } from '../../../src/planning-years/open.ts';
import { evolve, type LogEntry, type YearState } from '../../../src/planning-years/state.ts';
import { obstaclesTo, taskStanding } from '../../../src/planning-years/task-standing.ts';
import { statusTeller } from '../../../src/planning-years/task-status.ts';
import type { Program } from '../../../src/programs/programs.ts';
import type { PlayedSchool } from './schools.ts';

/** A school's year in memory: the product's decisions, without a database, on dates that the play sets. */
export class PaperSchool {
  readonly model: YearModel;
  readonly deadlines: readonly TaskModel[];
  readonly code: string;
  readonly openedOn: string;
  readonly entries: LogEntry[] = [];
  state: YearState;
  today: string;

  constructor(program: Program, school: PlayedSchool) {
    const { code, year, opensOn, released, given, parameters } = school;
    this.model = modelOf(program, year, parameters);
    this.deadlines = this.model.tasks.filter(({ kind }) => kind === 'deadline');
    this.code = code;
    this.openedOn = opensOn;
    this.today = opensOn;
    const opening = {
      designation: 'Comprehensive',
      releasedOn: released ? opensOn : null,
      conditions: conditionsOf(this.model, code, given),
      regions: initialRegions(this.model.machines),
    };
    const entry = openingEntry(this.model, opening, this.moment('isbe'));
    this.entries.push(entry);
    this.state = evolve(null, entry);
  }

  /** A day begins, and time does its part. */
  begin(today: string): void {
    this.today = today;
    for (const date of datesPassed(this.model, this.state, today))
      this.append(decide(this.year(), { kind: 'clock' }, { ...this.moment('clock'), today: date }));
  }

  /** A role marks a task of its own as done. @throws DomainError */
  complete(task: TaskModel): LogEntry {
    const entry = decide(this.year(), completionOf(this.model, task), this.moment(task.role))!;
    this.append(entry);
    return entry;
  }

  /** Why the role could not do so now; null: it could. Nothing changes. */
  refusalOf(task: TaskModel): DomainError | null {
    try {
      decide(this.year(), completionOf(this.model, task), this.moment(task.role));
      return null;
    } catch (error) {
      if (error instanceof DomainError) return error;
      throw error;
    }
  }

  /** Whether nothing stands in the way of a task, nor of the event that it raises. */
  isClear = (task: TaskModel): boolean =>
    obstaclesTo(this.model, this.state, this.today, task).length === 0;

  isDoable = (task: TaskModel): boolean =>
    taskStanding(this.model, this.state, this.openedOn, this.today, task).doable;

  statusOf = (task: TaskModel): TaskStatus =>
    statusTeller(this.model, this.state, this.openedOn, this.today)(task);

  private year = (): Year => ({
    model: this.model,
    state: this.state,
    openedOn: this.openedOn,
    headSeq: this.entries.length,
  });

  private moment = (role: string) => ({
    actor: { id: role, role },
    recordedAt: `${this.today}T21:00:00.000Z`,
    today: this.today,
  });

  private append(entry: LogEntry | null): void {
    if (!entry) return;
    this.entries.push(entry);
    this.state = evolve(this.state, entry);
  }
}

/** What is sent to mark a task as done. */
export function completionOf(
  model: YearModel,
  { key, raises }: TaskModel,
): Extract<Command, { kind: 'complete' }> {
  const data = raises === null ? undefined : model.event(raises)?.spec.data;
  return {
    ...{ kind: 'complete', task: key, evidence: [] },
    ...(data?.required && { data: data.example }),
  };
}

/** Schools of a district have the same dates, and so the same model. */
function modelOf(program: Program, year: string, parameters: Record<string, string>): YearModel {
  const key = `${year} ${JSON.stringify(parameters)}`;
  const known = models.get(program) ?? new Map<string, YearModel>();
  models.set(program, known);
  const model = known.get(key) ?? yearModel(program, year, parameters);
  known.set(key, model);
  return model;
}

const models = new WeakMap<Program, Map<string, YearModel>>();
