import { inFile, type Mistake } from './mistake.ts';

const OCCASIONS = 'test/reminders/occasions.test.ts';
const REMINDERS = 'test/reminders/reminders.test.ts';
const AIM = 'test/reminders/aim.test.ts';
const WORK = 'test/reminders/work.test.ts';
const UNREACHED = 'test/reminders/unreached.test.ts';
const REFUSED = 'test/delivery/refused.test.ts';
const SILENCE = 'test/reminders/silence.test.ts';
const occasions = inFile('src/reminders/occasions.ts', OCCASIONS, AIM, REMINDERS);
const due = inFile('src/reminders/due.ts', REMINDERS, AIM, WORK);
const settle = inFile('src/reminders/settle.ts', REMINDERS, WORK, UNREACHED);
const holders = inFile('src/reminders/holders.ts', REMINDERS, WORK);
const refused = inFile('src/reminders/refused.ts', REFUSED);
const overdue = inFile(
  'src/planning-years/overdue.ts',
  'test/reports/what-is-late.test.ts',
  REMINDERS,
);
const status = inFile(
  'src/planning-years/task-status.ts',
  'test/planning-years/decide.test.ts',
  'test/planning-years/whole-year.test.ts',
  SILENCE,
);

/** What is due to whom, and when. */
export default [
  occasions(
    'A reminder of three days falls on the weekend and is told after it',
    'threshold <= FEW ?',
    'threshold < FEW ?',
  ),
  occasions('A reminder of a week is told before its weekend', 'const FEW = 3;', 'const FEW = 7;'),
  occasions(
    'A reminder comes a day early',
    'return addDays(day, threshold);',
    'return addDays(day, threshold + 1);',
  ),
  occasions(
    'A reminder comes a day late',
    'return addDays(day, threshold);',
    'return addDays(day, threshold - 1);',
  ),
  occasions(
    'What passed while nothing ran is told once for each threshold',
    'const from = nearer === undefined ? EVER : addDays(nearer, 1);',
    'const from = EVER;',
  ),
  occasions(
    'The nearest reminder is not made up after a stop',
    'const from = nearer === undefined ? EVER : addDays(nearer, 1);',
    'const from = nearer === undefined ? reach[at]! : addDays(nearer, 1);',
  ),
  occasions(
    'A deadline is late a day early',
    '? addDays(today, -threshold)',
    '? addDays(today, 1 - threshold)',
  ),
  occasions(
    'A deadline is late a day late',
    '? addDays(today, -threshold)',
    '? addDays(today, -threshold - 1)',
  ),
  occasions(
    'It escalates a working day early',
    'workingDays(pack.holidays).backFrom(today, threshold), -1)',
    'workingDays(pack.holidays).backFrom(today, threshold), 0)',
  ),
  occasions(
    'It escalates by days of the calendar',
    'addDays(workingDays(pack.holidays).backFrom(today, threshold), -1)',
    'addDays(today, -threshold)',
  ),
  occasions(
    'Expected items escalate',
    "rule.when === 'workingDaysLate' ? (['deadline'] as const) : rule.kinds",
    "rule.when === 'workingDaysLate' ? (['deadline', 'expected'] as const) : rule.kinds",
  ),
  occasions('What has just happened is told for a day', 'const WEEK = 6;', 'const WEEK = 0;'),
  occasions(
    'Quarters end at the end of every month',
    'months.includes(Number(today.slice(5, 7))) && today >=',
    'today >=',
  ),
  occasions(
    'A quarter’s end is told a day late',
    'today >= addDays(endOfMonth(today), -days)',
    'today > addDays(endOfMonth(today), -days)',
  ),
  occasions(
    'Unset dates are told every month',
    'if (rule.months.includes(Number(today.slice(5, 7))))',
    'if (rule.months.length > 0)',
  ),
  occasions(
    'A month’s overview is told again each day',
    '!was.some(({ rule, month }) => rule === is.rule && month === is.month)',
    '!was.some(({ rule, month }) => rule === is.rule && month > is.month)',
    { tests: [OCCASIONS, WORK, 'test/reminders/play-cost.test.ts'] },
  ),
  due(
    'A deadline that waits for an event is not told',
    "const SPEAKS = sql`(t.status = 'open' or t.status = 'blocked' and t.kind = 'deadline')`;",
    "const SPEAKS = sql`(t.status = 'open')`;",
  ),
  due(
    'What waits is told, whatever its kind',
    "const SPEAKS = sql`(t.status = 'open' or t.status = 'blocked' and t.kind = 'deadline')`;",
    "const SPEAKS = sql`(t.status in ('open', 'blocked'))`;",
  ),
  due(
    'Days count from the due date alone',
    'const AIM = sql`least(t.safe_by, t.due_on)`;',
    'const AIM = sql`t.due_on`;',
  ),
  due('A task whose due date is over is told as to come', 'and t.due_on >= b."dueFrom"', ''),
  due(
    'It escalates to whoever is late as well',
    'and not (b."othersOnly" and t.role = b.role)',
    '',
  ),
  due(
    'A rule for some tasks speaks of all',
    'and (b.tasks is null or t.task_key = any(b.tasks))',
    '',
  ),
  due(
    'What is late from before is not in the month’s overview',
    '${tasksIn(sql`t.due_on < b.from and ${canBeLateRow}`)}',
    '${tasksIn(sql`false`)}',
  ),
  due(
    'What has no date is not in the month’s overview',
    '${tasksIn(sql`t.due_on is null and t.month = b.month`)}',
    '${tasksIn(sql`false`)}',
  ),
  due(
    'Done tasks are told as without a date',
    'where ${UNFINISHED} and ${among(sql`t.planning_year_id`, years)}`;\n\nconst ofQuarters',
    'where ${among(sql`t.planning_year_id`, years)}`;\n\nconst ofQuarters',
  ),
  settle(
    'What is held for nobody stays after its day',
    "update ${tables.reminders} r set status = 'dropped', reason = 'noLongerDue'\n    from ${tables.planningYears} y\n    where r.status = 'held' and r.person_id is null\n",
    "update ${tables.reminders} r set status = 'held'\n    from ${tables.planningYears} y\n    where r.status = 'held' and r.person_id is null\n",
  ),
  settle('A reminder of who has left goes to them all the same', 'await dropLeft(day, years);', ''),
  settle(
    'A retried mail goes to who has left',
    "where r.status in ('scheduled', 'retrying') and",
    "where r.status in ('scheduled') and",
  ),
  settle(
    'A successor is told nothing of what was held',
    'return handOver(day, years);',
    'return 0;',
  ),
  settle('A successor is told twice', 'and o.person_id = a.person_id)', 'and false)', {
    tests: [REMINDERS, WORK, UNREACHED, 'test/reminders/downtime.test.ts'],
  }),
  holders('Roles that have not begun are told', 'and a.from_on <= ${today}::date and', 'and'),
  holders('Roles that are over are told', 'and (a.to_on is null or a.to_on >= ${today}::date)', ''),
  holders(
    'A role ends the day before its last',
    'a.to_on >= ${today}::date',
    'a.to_on > ${today}::date',
  ),
  holders(
    'District staff are told nothing of their schools',
    "${at(sql`a.organization_kind = 'district' and a.organization_code = d.district_code`)}",
    '${at(sql`false`)}',
  ),
  holders(
    'The state is told nothing of its schools',
    "${at(sql`a.organization_kind = 'state'`)}`",
    '${at(sql`false`)}`',
  ),
  holders(
    'Who holds a role of another program is told',
    'a.program = ${pack.program.id} and a.role',
    'a.role',
    { unnoticed: 'There is one program so far; roles of two with one name come with the second.' },
  ),
  refused(
    'Whose own address refuses mail is told to mend their own',
    'and a.person_id <> y.person',
    '',
    { tests: [REFUSED, 'test/delivery/troubles.test.ts'] },
  ),
  refused(
    'Who can get no mail is told to mend addresses',
    'and not exists (select from suppressions s where s.address = lower(p.email))',
    '',
  ),
  refused(
    'The state is told although a coordinator is',
    'select * from (${told(day, sql`b.otherwise`)}) o where not exists (select from first)',
    'select * from (${told(day, sql`b.otherwise`)}) o',
  ),
  overdue(
    'A deadline that waits is never late',
    "|| (status === 'blocked' && kind === 'deadline')",
    '',
  ),
  overdue(
    'An occasion is late',
    "(status === 'open' && kind !== 'occasion')",
    "(status === 'open')",
  ),
  overdue(
    'It is late on its day',
    'task.dueOn < today && canBeLate(task)',
    'task.dueOn <= today && canBeLate(task)',
  ),
  overdue(
    'Lists and pages differ over what is late',
    "t.status = 'open' and t.kind <> 'occasion' or",
    "t.status = 'open' or",
  ),
  status(
    'A task that is due on the day of opening is passed over',
    'if (dueOn !== null && dueOn < openedOn)',
    'if (dueOn !== null && dueOn <= openedOn)',
  ),
  status(
    'What was due before the opening is asked for',
    "if (dueOn !== null && dueOn < openedOn) return 'preStart';",
    '',
  ),
  status(
    'A date of its own does not count',
    'state.extended[task.key] ?? task.dueOn;',
    'task.dueOn ?? state.extended[task.key] ?? null;',
  ),
  status(
    'The day to aim at stays after an extension',
    'state.extended[task.key] === undefined ? task.safeBy : null',
    'task.safeBy',
  ),
  status(
    'Deadlines lapse with the year’s last day',
    "!state.ended || task.kind === 'deadline' ||",
    '!state.ended ||',
  ),
  status('Nothing lapses', "if (state.status !== 'active' || state.closed) return false;", ''),
  status('A waived task is open', "if (state.waived[task.key] !== undefined) return 'waived';", ''),
] satisfies Mistake[];
