import { describe, expect, test } from '@jest/globals';
import { inventedCode } from '../../src/simulate/codes.ts';
import { drawsOf } from '../../src/simulate/draws.ts';
import { readOptions, UsageError } from '../../src/simulate/options.ts';
import { inventPosts } from '../../src/simulate/people.ts';
import { rosterOf } from '../../src/simulate/roster.ts';
import { inventSchools } from '../../src/simulate/schools.ts';
import {
  boardMeetingBy,
  boardMeetingFrom,
  isWorkDay,
  workDaysAfter,
} from '../../src/simulate/work-days.ts';
import { illinois } from '../support/year.ts';

const { pack } = await illinois();
const PERIOD = { since: '2026-10-01', first: '2026-10-15', last: '2027-07-31' };

describe('invented schools', () => {
  test('have codes of the program, each its own, in regions that do not exist but for the demonstration', () => {
    const codes = inventSchools(pack, 3000, 1).map(({ code }) => code);
    expect(new Set(codes).size).toBe(3000);
    const pattern = new RegExp(pack.program.directory.codePattern);
    expect(codes.filter((code) => !pattern.test(code))).toEqual([]);
    const demo = new Set(pack.demo!.schools.map(({ code }) => code));
    expect(codes.filter((code) => !code.startsWith('99-') && !demo.has(code))).toEqual([]);
  });

  test('show every condition that follows from a code, however few they are', () => {
    const conditions = pack.program.facts.flatMap(({ codePattern }) => codePattern ?? []);
    const codes = inventSchools(pack, 3, 1).map(({ code }) => code);
    for (const pattern of conditions) {
      const matching = codes.filter((code) => new RegExp(pattern).test(code)).length;
      expect(matching).toBeGreaterThan(0);
      expect(matching).toBeLessThan(3);
    }
  });

  test('get codes like those of any program', () => {
    const directory = {
      ...pack.program.directory,
      codePattern: '^[A-Z]{2}\\d{3}/\\d{2}$',
      districtPattern: '^([A-Z]{2}\\d{3})/',
      codeExample: 'ZZ100/01',
    };
    expect(() => inventedCode(directory, 1, 100)).toThrow('no codes for so many schools');
    expect(
      inventedCode(
        { ...directory, codeExample: 'ZZ1-5/01', codePattern: 'ZZ', districtPattern: '^(ZZ1-5)/' },
        7,
        12,
      ),
    ).toBe('ZZ1-7/12');
  });
});

describe('invented people', () => {
  const schools = inventSchools(pack, 25, 3);
  const posts = inventPosts(pack, schools, PERIOD, 3);
  const roster = rosterOf(posts);

  test('hold every role of every school from the beginning', () => {
    for (const school of schools)
      for (const { id } of pack.program.roles)
        expect(roster.answersFor(school, id, PERIOD.first)).toBeDefined();
  });

  test('leave a gap when they change jobs, and are not there while they are absent', () => {
    const characters = new Set(posts.flatMap(({ tenures }) => tenures[0]!.person.character));
    expect([...characters].sort()).toEqual(['absent', 'late', 'leaving', 'prompt']);
    for (const { tenures } of posts.filter(({ tenures }) => tenures.length > 1))
      expect(tenures[1]!.from > tenures[0]!.to!).toBe(true);
    const school = schools.find(({ code }) => {
      const person = roster.answersFor({ ...schools[0]!, code }, 'principal', PERIOD.first);
      return person?.character === 'absent';
    })!;
    const { absences } = roster.answersFor(school, 'principal', PERIOD.first)!;
    expect(roster.atWork(school, 'principal', absences[0]![0])).toBeUndefined();
  });

  test('are drawn from the seed alone', () => {
    expect(inventPosts(pack, schools, PERIOD, 3)).toEqual(posts);
    expect(inventPosts(pack, schools, PERIOD, 4)).not.toEqual(posts);
    const many = Array.from({ length: 10_000 }, (_, at) => drawsOf(1, String(at)).next());
    const mean = many.reduce((sum, one) => sum + one, 0) / many.length;
    expect(Math.abs(mean - 0.5)).toBeLessThan(0.02);
  });
});

describe('work days and board meetings', () => {
  test('leave out Saturdays and Sundays', () => {
    expect(['2027-01-29', '2027-01-30', '2027-01-31'].map(isWorkDay)).toEqual([true, false, false]);
    expect(workDaysAfter('2027-01-29', 1)).toBe('2027-02-01');
    expect(workDaysAfter('2027-01-29', 6)).toBe('2027-02-08');
  });

  test('put the board on the third Tuesday of each month', () => {
    expect(boardMeetingBy('2027-07-31')).toBe('2027-07-20');
    expect(boardMeetingBy('2027-07-19')).toBe('2027-06-15');
    expect(boardMeetingFrom('2027-07-20')).toBe('2027-07-20');
    expect(boardMeetingFrom('2027-07-21')).toBe('2027-08-17');
  });
});

describe('the command line', () => {
  test('names year, schools, seed and what is late', () => {
    expect(
      readOptions(
        '--year 2026-27 --schools 3 --seed 7 --late needsAssessment:21d --json'.split(' '),
      ),
    ).toEqual({
      program: null,
      year: '2026-27',
      schools: 3,
      seed: 7,
      late: { region: 'needsAssessment', days: 21 },
      json: true,
    });
  });

  test('is refused with a fault and the way to write it', () => {
    const faults = ['', '--year 2026', '--year 2026-27 --schools 0', '--year 2026-27 --late x:3w'];
    for (const line of [...faults, '--year 2026-27 --fast'])
      expect(() => readOptions(line.split(' ').filter(Boolean))).toThrow(UsageError);
  });
});
