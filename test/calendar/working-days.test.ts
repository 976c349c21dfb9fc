import { expect, test } from '@jest/globals';
import { holidaysOf, workingDays } from '../../calendar/working-days.ts';
import { pack } from './illinois.ts';

const { holidays } = pack;
const days = workingDays(holidays);

test('Illinois keeps the days of its published lists', () => {
  const datesOf = (year: number) => holidaysOf(holidays, year).map(({ date }) => date.slice(5));
  expect(datesOf(2026)).toEqual(
    '01-01 01-19 02-12 02-16 05-25 06-19 07-03 09-07 10-12 11-03 11-11 11-26 11-27 12-25'.split(
      ' ',
    ),
  );
  expect(datesOf(2020)).toEqual(
    '01-01 01-20 02-12 02-17 05-25 06-19 07-03 09-07 10-12 11-03 11-11 11-26 11-27 12-25'.split(
      ' ',
    ),
  );
});

test('Good Friday is a working day, and election day is a holiday in even years only', () => {
  expect(days.isWorkingDay('2027-03-26')).toBe(true);
  expect(days.isWorkingDay('2028-11-07')).toBe(false);
  expect(days.isWorkingDay('2027-11-02')).toBe(true);
});

test('a New Year’s Day on a Saturday closes the last Friday of the year before', () => {
  expect(holidaysOf(holidays, 2027).at(-1)).toEqual({
    date: '2027-12-31',
    title: "New Year's Day",
  });
  expect(days.isWorkingDay('2027-12-31')).toBe(false);
  expect(days.onOrAfter('2027-12-31')).toBe('2028-01-03');
});

test('every holiday to 2036 lies between Monday and Friday, each once', () => {
  for (let year = 2026; year <= 2036; year++) {
    const dates = holidaysOf(holidays, year).map(({ date }) => date);
    expect(dates).toHaveLength(new Set(dates).size);
    expect(dates.map((date) => new Date(date).getUTCDay()).filter((day) => day % 6 === 0)).toEqual(
      [],
    );
  }
});

test('working days are counted back over a long weekend', () => {
  // Thanksgiving 2026 is November 26.
  expect(days.onOrAfter('2026-11-26')).toBe('2026-11-30');
  expect(days.backFrom('2026-11-30', 1)).toBe('2026-11-30');
  expect(days.backFrom('2026-11-30', 2)).toBe('2026-11-25');
  expect(days.backFrom('2026-11-29', 2)).toBe('2026-11-24');
});
