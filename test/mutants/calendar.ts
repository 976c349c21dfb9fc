import { inFile, type Mistake } from './mistake.ts';

const DAYS = 'test/calendar/working-days.test.ts';
const DATES = 'test/calendar/dates.test.ts';
const days = inFile('calendar/working-days.ts', DAYS);
const dates = inFile('calendar/dates.ts', DATES);

/** Dates, working days, and the year as data. */
export default [
  days('Saturdays are working days', 'weekdayOf(date) % 6 !== 0', 'weekdayOf(date) !== 0'),
  days('Sundays are working days', 'weekdayOf(date) % 6 !== 0', 'weekdayOf(date) !== 6'),
  days('Holidays are working days', '&& !closedIn(Number(date.slice(0, 4))).has(date)', ''),
  days(
    'The first working day before tomorrow is yesterday',
    'isWorkingDay(date) ? count - 1 : count',
    'isWorkingDay(date) ? count : count + 1',
    {
      unnoticed: 'It never comes to an end: the run of the tests does.',
      find: 'return left === 0 ? date :',
      put: 'return left < 0 ? date :',
    },
  ),
  days(
    'A holiday on a Saturday is kept on the Monday',
    'weekday === 6 ? plusDays(date, -1)',
    'weekday === 6 ? plusDays(date, 2)',
  ),
  days(
    'A holiday on a Sunday is kept on the Friday',
    'weekday === 0 ? plusDays(date, 1)',
    'weekday === 0 ? plusDays(date, -2)',
  ),
  days('New Year’s Day is never kept in the year before', '[year, year + 1]', '[year]'),
  days(
    'Holidays of even years come every year',
    "if (holiday.years === 'even' && year % 2 !== 0) return [];",
    '',
  ),
  days(
    'Holidays of even years come in odd ones',
    'year % 2 !== 0) return',
    'year % 2 === 0) return',
  ),
  days(
    'A holiday of a weekday comes a week late',
    '- weekdayOf(from) + 7) % 7',
    '- weekdayOf(from) + 7)',
  ),
  dates('A planning year ends a day early', 'until: plusDays(end, 1),', 'until: end,'),
  dates(
    'There are no days of grace',
    'closesOn: plusDays(end, 1 + (program.months.graceDays ?? 0)),',
    'closesOn: plusDays(end, 1),',
  ),
  dates(
    'A day of grace too many',
    'closesOn: plusDays(end, 1 + (program.months.graceDays ?? 0)),',
    'closesOn: plusDays(end, 2 + (program.months.graceDays ?? 0)),',
  ),
  dates(
    'A school year begins a month late',
    'month >= program.schoolYearBegins',
    'month > program.schoolYearBegins',
  ),
  dates(
    'A task without a date is due on the first',
    'if (!due) return { dueOn: lastOfMonth(program, year, month), safeBy: null };',
    'if (!due) return { dueOn: dateIn(program, year, { month, day: 1 }), safeBy: null };',
  ),
  dates(
    'What follows from a board’s date comes on it',
    'const dueOn = plusDays(date, due.offset ?? 0);',
    'const dueOn = date;',
  ),
  dates(
    'The day to aim at lies behind the board’s date',
    'plusDays(dueOn, -due.safeBy.daysBefore)',
    'plusDays(dueOn, due.safeBy.daysBefore)',
  ),
  dates(
    'A due date on a weekend has no day to aim at',
    'const weekend = day(dueOn).weekday - 5;',
    'const weekend = day(dueOn).weekday - 7;',
  ),
  dates('A due date on a Friday has one', 'safeBy: weekend > 0 ?', 'safeBy: weekend >= 0 ?'),
  dates(
    'What no date is set for is due at its month’s end',
    'due.unset ? lastOfMonth(program, year, month) : null',
    'lastOfMonth(program, year, month)',
  ),
  dates(
    'Today is that of Greenwich',
    'DateTime.fromJSDate(instant, { zone })',
    "DateTime.fromJSDate(instant, { zone: 'UTC' })",
  ),
  dates(
    'Today is that of an hour ago',
    'const QUARTER_HOUR = 900_000;',
    'const QUARTER_HOUR = 90_000_000;',
  ),
  dates(
    'A zone is told the date of another',
    'const latest = latestDates.get(zone);',
    'const latest = latestDates.get([...latestDates.keys()][0] ?? zone);',
  ),
  inFile('calendar/mail-days.ts', 'test/reminders/occasions.test.ts', 'test/reminders/aim.test.ts')(
    'Every day is a mail day',
    "reminders.mailDays === 'all' ?",
    "reminders.mailDays !== 'all' ?",
  ),
] satisfies Mistake[];
