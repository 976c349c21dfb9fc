import { beforeAll, describe, expect, test } from '@jest/globals';
import { loadPrograms } from '../../src/programs/load.ts';
import type { Program } from '../../src/programs/programs.ts';
import { datesOf, deadlines } from './support/expectation/deadlines.ts';
import { PaperSchool } from './support/paper-school.ts';
import { randomYears, silentYears, yearsWithoutStateAndTeam } from './support/runs.ts';
import { BEGINS, KINDS, oneOfEach } from './support/schools.ts';

let program: Program;
beforeAll(async () => {
  program = (await loadPrograms()).get('isbe-comprehensive')!;
});

const FAULTLESS = { missing: [], unasked: [], refusals: [], byNobody: [] };

describe('a deadline', () => {
  test('is one of eleven, each with its role, its scope and its dates in ten school years', () => {
    const found = BEGINS.flatMap(oneOfEach).map((school) => {
      const year = new PaperSchool(program, school);
      const concerned = year.deadlines.filter((task) => year.statusOf(task) !== 'notApplicable');
      return {
        year: year.model.year,
        scopes: byId(year.deadlines.map(({ key: id, role, scope }) => ({ id, role, scope }))),
        dated: byId(
          concerned.map(({ key: id, dueOn, safeBy }) => ({ id, due: dueOn, aim: safeBy ?? dueOn })),
        ),
      };
    });
    const expected = BEGINS.flatMap(oneOfEach).map(({ year, school }) => ({
      year,
      scopes: byId(deadlines.map(({ id, role, scope }) => ({ id, role, scope }))),
      dated: byId(datesOf(school).map(({ deadline: { id }, due, aim }) => ({ id, due, aim }))),
    }));
    expect(found).toEqual(expected);
  });

  test('is told of on its days, late on the day after and escalated, in a year in which nobody marks anything as done', () => {
    const begins = [2026, 2027];
    const { years, deadlines: dated, told, ...faults } = silentYears(program, begins);
    expect(faults).toMatchObject({ ...FAULTLESS, endings: [], done: 0 });
    // Nine kinds of school are of CPS, without the rubric's deadline.
    expect([years, dated]).toEqual([2 * KINDS.length, 2 * (9 * 10 + 9 * 11)]);
    expect(told).toBeGreaterThan(9 * dated);
  });

  test('is told of for as long as it is not done, whatever else is, in whatever order', () => {
    const { years, done, told, blocked, ...faults } = randomYears(program, 200);
    expect(faults).toMatchObject(FAULTLESS);
    // Some of everything: what is done, what is told, and what something stands in the way of.
    expect([years, done > 500, told > 5_000, blocked > 5_000]).toEqual([200, true, true, true]);
  });
});

describe('a year in which ISBE and the leadership team do nothing', () => {
  test('ends wherever it needs neither of them, and nowhere by nobody’s act', () => {
    const { years, ...faults } = yearsWithoutStateAndTeam(program, [2026]);
    expect(faults).toMatchObject({ ...FAULTLESS, endings: [] });
    expect(years).toBe(KINDS.length);
  });
});

const byId = <T extends { id: string }>(list: T[]): T[] =>
  list.sort((a, b) => (a.id < b.id ? -1 : 1));
