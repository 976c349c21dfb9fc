import { inFile, type Mistake } from './mistake.ts';

const SUMMARY = 'test/reports/summary.test.ts';
const LATE = 'test/reports/what-is-late.test.ts';
const MILESTONES = 'test/reports/milestones.test.ts';
const groups = inFile('src/reports/groups.ts', SUMMARY, LATE);
const counts = inFile('src/reports/counts.ts', SUMMARY);
const read = inFile('src/reports/read-counts.ts', SUMMARY);
const due = inFile('src/reports/due-dates.ts', MILESTONES, LATE);

/** What the reports count. */
export default [
  groups('A task counts in no region', ': taskOf(model, what).regions;', ': [];'),
  groups(
    'What is due today counts as late',
    'dueOn !== null && dueOn < today',
    'dueOn !== null && dueOn <= today',
  ),
  groups('What is late counts as not', 'group.tasks.overdue += n;', 'group.tasks.overdue += 0;'),
  groups(
    'What waits counts as nothing',
    "status === 'done' || status === 'open' || status === 'blocked'",
    "status === 'done' || status === 'open'",
  ),
  groups(
    'A year counts once in each month twice',
    'for (const group of groups.values()) group.planningYears = years;',
    'for (const group of groups.values()) group.planningYears += years * 2;',
  ),
  groups(
    'A state that nobody stands in any more is told with nothing',
    'if (sum === 0) delete group.byState[name];',
    'if (sum < 0) delete group.byState[name];',
  ),
  groups('Groups without a year are told', '.filter(({ planningYears }) => planningYears > 0)', ''),
  groups(
    'A state counts in the month of today',
    "const month = what.kind === 'state' ? what.since : taskOf(model, what).month;",
    "const month = what.kind === 'state' ? today.slice(0, 7) : taskOf(model, what).month;",
  ),
  counts(
    'What is taken away stays',
    'if (sum === 0) to.delete(key);\n    else to.set(key, sum);',
    'to.set(key, sum);',
    { tests: [SUMMARY], unnoticed: 'A count of nothing is told as none wherever it is read.' },
  ),
  counts(
    'What is counted twice counts once',
    'const sum = (to.get(key) ?? 0) + n;',
    'const sum = n;',
  ),
  counts(
    'States are told without their month where months are asked for',
    "if (what === 'state') return `state ${name}`;",
    "if (what === 'state') return key;",
    { unnoticed: 'Places keep more than they have to; nobody reads it there.' },
  ),
  read(
    'What waits to be summed up is not counted',
    'if (waiting.length === 0) return { rows: kept, waiting: 0 };',
    'return { rows: kept, waiting: 0 };',
  ),
  read(
    'Counts of another school year are told',
    'from kept_counts where program = ${program} and year = ${year} and',
    'from kept_counts where program = ${program} and',
  ),
  read(
    'The whole state counts beside its districts',
    "level === 'everywhere' ? sql`district_code = ''` : sql`district_code <> ''`",
    'sql`district_code is not null`',
  ),
  due(
    'What is done counts as due',
    "t.status in ('open', 'blocked')\n      and t.due_on is not null",
    't.due_on is not null',
  ),
  due('The latest date of a region is told', 'min(t.due_on) as due_on', 'max(t.due_on) as due_on'),
  due(
    'What is due today is late',
    't.due_on < ${today}) as overdue',
    't.due_on <= ${today}) as overdue',
  ),
  due(
    'Regions of another calendar are told',
    'on w.version = y.calendar_version and w.task = t.task_key',
    'on w.task = t.task_key',
    { unnoticed: 'Calendars so far give each task the same regions.' },
  ),
  inFile('src/reports/fold.ts', SUMMARY)(
    'A difference is summed up twice',
    'delete from count_deltas d\n',
    'select d.* from count_deltas d\n',
    {
      find: 'where (d.program, d.year, d.id) = (first.program, first.year, first.id)',
      put: 'where (d.program, d.year) = (first.program, first.year) and d.id >= first.id',
      unnoticed: 'It sums up more at once, each once all the same.',
    },
  ),
  inFile('src/reports/rebuild.ts', SUMMARY)(
    'Counts that were wrong stay',
    'await keep(trx, counted);',
    'await keep(trx, kept);',
  ),
] satisfies Mistake[];
