import { todayIn } from '../../calendar/dates.ts';
import { possible } from '../../machines/advance.ts';
import { isFinal, type Warning } from '../../machines/region.ts';
import type { Actor } from '../actor.ts';
import type { TaskStatus } from '../db/tables.ts';
import { etagOf, fingerprint } from '../http/etag.ts';
import { partId } from '../ids.ts';
import { rolesSeen, type Subject } from '../policy/can.ts';
import { possibleCorrections } from './corrections.ts';
import { dataAsked } from './event-data.ts';
import type { TaskModel, YearModel } from './model.ts';
import { isOverdue } from './overdue.ts';
import { type LogEntry, statesOf, type YearState } from './state.ts';
import type { YearRow } from './store.ts';
import { warningsOf } from './task-standing.ts';
import { dueOnOf, taskStatuses } from './task-status.ts';

/** A stored year with the names of its organizations. */
export type NamedYear = YearRow & {
  organizationName: string;
  districtName: string;
};

/** Everything that a view of a year depends on. */
export interface Sight {
  row: NamedYear;
  model: YearModel;
  /** The date that the reader has, in the program's zone. */
  today: string;
  /** The roles whose part is shown; null: everybody's. */
  seen: string[] | null;
}

export const sightOf = (row: NamedYear, model: YearModel, actor: Actor, now: Date): Sight => ({
  row,
  model,
  today: todayIn(model.pack.program.zone, now),
  seen: rolesSeen(actor, subjectOf(row)),
});

/** What the policy asks about a year. */
export const subjectOf = (
  year: Pick<NamedYear, 'program' | 'districtCode' | 'organizationKind' | 'organizationCode'>,
): Subject => ({
  program: year.program,
  district: year.districtCode,
  ...(year.organizationKind === 'school' && { school: year.organizationCode }),
});

/** The tag changes with anything shown: the log, the date, the directory, whom it is shown to. */
export function yearEtag({ row, today, seen }: Sight): string {
  return etagOf(
    row.version,
    String(row.headSeq),
    today.replaceAll('-', ''),
    fingerprint(JSON.stringify([row.parameters, row.organizationName, row.districtName])),
    ...(seen ?? []),
  );
}

/** A year as lists show it. */
export function yearItem(sight: Sight) {
  const { row, model, today } = sight;
  const { state } = row;
  const statuses = taskStatuses(model, state, row.openedOn, today);
  const tasks = model.tasks.filter((task) => sees(sight, [task.role]));
  return {
    id: row.id,
    program: row.program,
    year: row.year,
    through: row.year,
    organization: {
      kind: row.organizationKind,
      code: row.organizationCode,
      name: row.organizationName,
    },
    school: row.organizationKind === 'school' ? row.organizationCode : null,
    district: { code: row.districtCode, name: row.districtName },
    designation: state.designation,
    releasedOn: state.releasedOn,
    conditions: state.conditions,
    status: row.status,
    regions: regionsView(sight, statuses),
    progress: progressOf(state, tasks, statuses, today),
    openedOn: row.openedOn,
    lastContact: state.lastContact,
    calendarVersion: row.calendarVersion,
    machineVersion: row.machineVersion,
    version: row.version,
    updatedAt: row.updatedAt.toISOString(),
  };
}

/** A year on its own, with what can happen next. */
export const yearView = (sight: Sight) => ({
  ...yearItem(sight),
  possibleEvents: sight.row.status === 'active' ? possibleEvents(sight) : [],
  corrections: possibleCorrections(sight.model, sight.row.state),
});

/** An entry of the log as readers see it: tasks by their ids. */
export const logView = (planningYear: string, entry: LogEntry) => ({
  seq: entry.seq,
  type: entry.type,
  actor: entry.actor,
  recordedAt: entry.recordedAt,
  effectiveOn: entry.effectiveOn,
  note: entry.note,
  data: entry.data,
  changes: entry.changes,
  transitions: entry.transitions,
  settledTasks: entry.settledTasks.map((key) => partId(planningYear, key)),
  reopenedTasks: entry.reopenedTasks.map((key) => partId(planningYear, key)),
  waivedTasks: entry.waivedTasks.map((key) => partId(planningYear, key)),
  extendedTasks: Object.entries(entry.extended).map(([key, dueOn]) => ({
    task: partId(planningYear, key),
    dueOn,
  })),
  conditions: entry.conditions,
  onBehalfOf: entry.onBehalfOf ?? [],
  undoes: entry.undoes,
  status: entry.status,
  warnings: warningsIn(entry),
});

/** What the author of an entry is told to look into; entries of the first charts have no codes. */
export const warningsIn = ({ warnings }: LogEntry): Warning[] =>
  warnings.map((warning) =>
    typeof warning === 'string' ? { code: 'warning', detail: warning } : warning,
  );

/** The same beside a reply, where there is something. */
export const warned = (entry: LogEntry): { warnings?: Warning[] } =>
  entry.warnings.length > 0 ? { warnings: warningsIn(entry) } : {};

function regionsView(sight: Sight, statuses: ReadonlyMap<string, TaskStatus>) {
  const { row, model, today } = sight;
  const overdue = new Set(
    model.tasks
      .filter((task) => isLate(row.state, task, statuses, today))
      .flatMap(({ regions }) => regions),
  );
  const shown = model.machines.regions.filter((region) => {
    return sees(
      sight,
      Object.values(region.events).flatMap((event) => event.by),
    );
  });
  return Object.fromEntries(
    shown.map((region) => {
      const { state, since } = row.state.regions[region.key] ?? { state: '', since: '' };
      return [
        region.key,
        {
          state,
          title: region.states[state]?.title ?? state,
          regionTitle: region.title,
          since,
          final: isFinal(region, state),
          overdue: overdue.has(region.key) && !isFinal(region, state),
        },
      ];
    }),
  );
}

function possibleEvents(sight: Sight) {
  const { row, model, today } = sight;
  const circumstances = { conditions: row.state.conditions, today, dates: model.dates };
  return possible(model.machines, statesOf(row.state), circumstances)
    .filter(({ spec }) => sees(sight, spec.by))
    .map(({ type, region, spec }) => {
      const task = openTask(model, row.state, type);
      const warnings = warningsOf(model, row.state, today, type);
      return {
        type,
        title: spec.title,
        region,
        ...(task && { task: partId(row.id, task.key) }),
        ...(spec.returns && { returns: true as const }),
        ...(warnings.length > 0 && { warnings }),
        ...dataAsked(spec),
      };
    });
}

const openTask = (model: YearModel, state: YearState, type: string): TaskModel | undefined =>
  model.raisedBy.get(type)?.find((task) => state.done[task.key] === undefined);

function progressOf(
  state: YearState,
  tasks: TaskModel[],
  statuses: ReadonlyMap<string, TaskStatus>,
  today: string,
) {
  const count = {
    done: 0,
    open: 0,
    blocked: 0,
    overdue: 0,
    waived: 0,
    lapsed: 0,
    preStart: 0,
    notApplicable: 0,
  };
  for (const task of tasks) {
    const status = statuses.get(task.key) ?? 'blocked';
    count[status] += 1;
    if (isLate(state, task, statuses, today)) count.overdue += 1;
  }
  return count;
}

const isLate = (
  state: YearState,
  task: TaskModel,
  statuses: ReadonlyMap<string, TaskStatus>,
  today: string,
): boolean =>
  isOverdue(
    { kind: task.kind, status: statuses.get(task.key) ?? 'blocked', dueOn: dueOnOf(state, task) },
    today,
  );

const sees = ({ seen }: Sight, roles: readonly string[]): boolean =>
  seen === null || seen.some((role) => roles.includes(role));
