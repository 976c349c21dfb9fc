import canonicalize from 'canonicalize';
import { dayProblem } from './check-program.ts';
import { type Fault, list } from './faults.ts';
import type { CalendarTask, MonthFile, ProgramFile } from './shape.ts';
import { unknownWords } from './words.ts';

/** What the shape of a task cannot say: that it agrees with its activity and the program. */
export function checkTask(program: ProgramFile, activity: string, task: CalendarTask): Place[] {
  const faults: Place[] = [];
  const fault = (field: string, wrong: boolean, problem: string) =>
    wrong && faults.push({ field, problem });
  const { id, role, due, sources, notes } = task;
  const roles = program.roles.map((each) => each.id);
  const facts = program.facts.map((each) => each.id);

  fault('id', !id.startsWith(`${activity}/`), `does not begin with "${activity}/". Rename it.`);
  fault(
    'id',
    id.split('/')[1] !== role,
    `names another role than "${role}". Write the role between the slashes.`,
  );
  fault('role', !roles.includes(role), `"${role}" is no role. Use ${list(roles)}.`);
  for (const fact of Object.keys(task.appliesWhen ?? {}))
    fault('appliesWhen', !facts.includes(fact), `"${fact}" is no fact. Use ${list(facts)}.`);
  fault(
    'sources',
    sources.length === 0 && !notes.some(({ kind }) => kind === 'derived'),
    'is empty: the task is derived. Add a note of kind "derived" that says from what.',
  );
  fault(
    'due',
    task.kind !== 'expected' && !due,
    `is missing, and a task of kind ${task.kind} needs it. Add a day or a parameter.`,
  );
  fault(
    'opensWhen',
    task.kind === 'deadline' && !sameStates(task.opensWhen, program.tasksOpenWhen),
    `lets a deadline wait, and a deadline is never silent. Write ${states(program.tasksOpenWhen)}: what its event waits for holds back the event alone.`,
  );
  fault(
    'meeting',
    task.meeting === true && task.raises !== undefined,
    `settles more than the meeting: it raises "${task.raises}". Remove "meeting" or "raises".`,
  );
  fault(
    'suffices',
    task.suffices === true && (task.raises === undefined || task.opensWhen === undefined),
    'needs the event that it "raises", and "opensWhen": it stays to be done once the event has happened.',
  );
  for (const problem of dueProblems(program, due)) faults.push({ field: 'due', problem });
  for (const problem of wordProblems(program, [task.title]))
    faults.push({ field: 'title', problem });
  for (const problem of wordProblems(
    program,
    notes.map(({ text }) => text),
  ))
    faults.push({ field: 'notes', problem });
  return faults;
}

/** The same for an activity, its tasks left aside. */
export function checkActivity(
  program: ProgramFile,
  { id, title, topics, resources }: MonthFile['activities'][number],
): Place[] {
  return [
    ...resources
      .flatMap(({ parameter }) => parameterProblems(program, parameter, 'url'))
      .map((problem) => ({ field: `activities[${id}].resources`, problem })),
    ...wordProblems(program, [title]).map((problem) => ({
      field: `activities[${id}].title`,
      problem,
    })),
    ...wordProblems(program, topics).map((problem) => ({
      field: `activities[${id}].topics`,
      problem,
    })),
  ];
}

type Place = Omit<Fault, 'file'>;

const sameStates = (one: Record<string, string> | undefined, other: Record<string, string>) =>
  one !== undefined && canonicalize(one) === canonicalize(other);

const states = (opens: Record<string, string>): string =>
  `{ ${Object.entries(opens)
    .map(([region, state]) => `${region}: ${state}`)
    .join(', ')} }`;

function dueProblems(program: ProgramFile, due: CalendarTask['due']): string[] {
  if (!due) return [];
  if ('parameter' in due) return parameterProblems(program, due.parameter, 'date');
  const { on, safeBy } = due;
  const days = typeof safeBy === 'object' ? [on, safeBy] : [on];
  const problems = days.flatMap((at) => dayProblem(program, at) ?? []);
  // Counted from the year's first month: December comes before January.
  const place = (at: typeof on) => ((at.month - program.months.first + 12) % 12) * 31 + at.day;
  if (typeof safeBy === 'object' && place(safeBy) >= place(on))
    problems.push('has a "safeBy" that is not before "on". Choose an earlier day or remove it.');
  return problems;
}

const parameterProblems = (program: ProgramFile, id: string, kind: 'date' | 'url'): string[] =>
  program.parameters.some((parameter) => parameter.id === id && parameter.kind === kind)
    ? []
    : [`"${id}" is no ${kind} parameter of program.yaml. Add it there or use one that is.`];

const wordProblems = (program: ProgramFile, texts: string[]): string[] =>
  texts
    .flatMap((text) => unknownWords(program, text))
    .map((name) => `{${name}} stands for no word. Add "${name}" to words in program.yaml.`);
