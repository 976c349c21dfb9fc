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
    [...toFaults(rule, program), ...taskFaults(rule, months), ...optionalFaults(rule, program)].map(
      ([field, problem]) => ({ field: `rules[${rule.id}].${field}`, problem }),
    ),
  );
  return [...twice, ...faulty].map((fault) => ({ file: 'reminders.yaml', ...fault }));
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
  if (!('tasks' in rule) || months === null) return [];
  return rule.tasks
    .filter((name) => namedTasks(months, [name]).length === 0)
    .map((name) => [
      'tasks',
      `"${name}" is neither the id of a task nor an event that one raises. Correct it.`,
    ]);
}

/** Nobody may switch off what tells him of the designation, or that he is late. */
function optionalFaults(rule: ReminderRule, { releaseEvent }: ProgramFile): Found[] {
  const must =
    rule.when === 'daysLate' ||
    rule.when === 'workingDaysLate' ||
    (rule.when === 'event' && rule.events.includes(releaseEvent));
  return rule.optional && must
    ? [['optional', 'is not for notices of the designation or of what is late. Remove it.']]
    : [];
}
