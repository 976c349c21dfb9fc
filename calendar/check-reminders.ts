import { repeated } from './check-program.ts';
import { type Fault, list } from './faults.ts';
import { namedTasks } from './named-tasks.ts';
import type { MonthFile, ProgramFile, ReminderRule, RemindersFile } from './shape.ts';

/**
 * What the shape of `reminders.yaml` cannot say. Events are held against the charts in `check.ts`.
 *
 * @param months null: they have faults of their own, and tasks are not looked up
 */
export function checkReminders(
  { rules }: RemindersFile,
  program: ProgramFile,
  months: readonly MonthFile[] | null,
): Fault[] {
  const twice = repeated(rules.map((rule) => rule.id)).map((id) => ({
    field: 'rules',
    problem: `"${id}" stands there twice. Rename one.`,
  }));
  const faulty = rules.flatMap((rule) =>
    [
      ...toFaults(rule, program),
      ...taskFaults(rule, months),
      ...optionalFaults(rule, program, months),
    ].map(([field, problem]) => ({ field: `rules[${rule.id}].${field}`, problem })),
  );
  return [...twice, ...faulty, ...silentFaults(rules, months)].map((fault) => ({
    file: 'reminders.yaml',
    ...fault,
  }));
}

type Found = [field: string, problem: string];

function toFaults(rule: ReminderRule, program: ProgramFile): Found[] {
  return [
    ...('to' in rule && rule.to ? namedFaults('to', rule.to, program) : []),
    ...('otherwise' in rule ? namedFaults('otherwise', rule.otherwise, program) : []),
  ];
}

function namedFaults(
  field: 'to' | 'otherwise',
  to: { roles: string[]; kinds: string[] },
  { roles }: ProgramFile,
): Found[] {
  if (to.roles.length + to.kinds.length === 0)
    return [[field, 'names nobody. Name "roles" or "kinds", or leave it out.']];
  const ids = roles.map((role) => role.id);
  const kinds: string[] = roles.map((role) => role.kind);
  return [
    ...to.roles
      .filter((role) => !ids.includes(role))
      .map((role): Found => [`${field}.roles`, `"${role}" is no role. Use ${list(ids)}.`]),
    ...to.kinds
      .filter((kind) => !kinds.includes(kind))
      .map(
        (kind): Found => [
          `${field}.kinds`,
          `no role is of kind "${kind}". Use ${list(new Set(kinds))}.`,
        ],
      ),
  ];
}

function taskFaults(rule: ReminderRule, months: readonly MonthFile[] | null): Found[] {
  if (!('tasks' in rule) || !rule.tasks || months === null) return [];
  return rule.tasks
    .filter((name) => namedTasks(months, [name]).length === 0)
    .map((name) => [
      'tasks',
      `"${name}" is neither the id of a task nor an event that one raises. Correct it.`,
    ]);
}

/** Nobody may switch off what tells them of the designation, of what is late, or of what has a date. */
function optionalFaults(
  rule: ReminderRule,
  { releaseEvent }: ProgramFile,
  months: readonly MonthFile[] | null,
): Found[] {
  if (!rule.optional) return [];
  const must =
    rule.when === 'daysLate' ||
    rule.when === 'workingDaysLate' ||
    (rule.when === 'event' && rule.events.includes(releaseEvent));
  if (must)
    return [['optional', 'is not for notices of the designation or of what is late. Remove it.']];
  const dated =
    rule.when === 'quarterEnds' ||
    rule.when === 'datesUnset' ||
    ('kinds' in rule && rule.kinds.some((kind) => kind !== 'expected')) ||
    ('tasks' in rule && rule.tasks && namedDates(months ?? [], rule.tasks).length > 0);
  return [
    ...(dated
      ? ([['optional', 'is not for what has a date of its own. Remove it.']] satisfies Found[])
      : []),
    ...(rule.title === undefined
      ? ([
          ['title', 'is missing: people read it where they switch the reminder off. Add it.'],
        ] satisfies Found[])
      : []),
  ];
}

const namedDates = (months: readonly MonthFile[], names: readonly string[]): string[] => {
  const named = namedTasks(months, names);
  return datedTasks(months).flatMap(({ id }) => (named.includes(id) ? [id] : []));
};

const datedTasks = (months: readonly MonthFile[]) =>
  months
    .flatMap(({ activities }) => activities.flatMap(({ tasks }) => tasks))
    .filter(({ due }) => due !== undefined);

/** Whatever has a date of its own is told before it by a rule that nobody can switch off. */
function silentFaults(
  rules: readonly ReminderRule[],
  months: readonly MonthFile[] | null,
): { field: string; problem: string }[] {
  if (months === null) return [];
  const always = rules.flatMap((rule) =>
    rule.when === 'daysBefore' && !rule.optional
      ? [{ kinds: rule.kinds, ids: rule.tasks && namedTasks(months, rule.tasks) }]
      : [],
  );
  return datedTasks(months)
    .filter(
      ({ id, kind }) =>
        !always.some(({ kinds, ids }) => kinds.includes(kind) && (!ids || ids.includes(id))),
    )
    .map(({ id }) => ({
      field: 'rules',
      problem: `none tells of ${id} before its date, or only one that can be switched off. Name it in a rule of "when: daysBefore".`,
    }));
}
