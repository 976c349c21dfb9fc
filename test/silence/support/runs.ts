import { isDeepStrictEqual } from 'node:util';
import type { Program } from '../../../src/programs/programs.ts';
import { allBut } from './asked.ts';
import { endedIn, movesOfNobody } from './endings.ts';
import { datesOf } from './expectation/deadlines.ts';
import { endedByThemselves, endedWithoutStateAndTeam } from './expectation/endings.ts';
import type { PaperSchool } from './paper-school.ts';
import { type Afternoon, anybody, faultsOf, nobody, type PlayedYear, playYear } from './play.ts';
import { anySchool, BEGINS, oneOfEach, type PlayedSchool } from './schools.ts';

/** What came of many years. Each fault begins with the school's code. */
export interface Figure {
  years: number;
  /** Deadlines with a date, of all schools and years. */
  deadlines: number;
  done: number;
  told: number;
  missing: string[];
  unasked: string[];
  tries: number;
  /** Tries while something stood in the way of the deadline's event. */
  blocked: number;
  refusals: string[];
  /** Regions that have not ended as they should, or have though they should not. */
  endings: string[];
  /** Moves that nobody made. */
  byNobody: string[];
}

/** Each kind of school, in each school year: nobody marks anything as done. */
export const silentYears = (program: Program, begins: readonly number[] = BEGINS): Figure =>
  figureOf(program, begins.flatMap(oneOfEach), nobody, endedByThemselves);

/** So many schools, as many in each school year, in which anything may be done at any time. */
export const randomYears = (program: Program, count: number): Figure =>
  figureOf(program, randomSchools(count), anybody, null);

export const randomSchools = (count: number): PlayedSchool[] =>
  Array.from({ length: count }, (_, at) =>
    anySchool(BEGINS[at % BEGINS.length]!, Math.floor(at / BEGINS.length)),
  );

/** Each kind of school: ISBE and the leadership team do nothing, everybody else whatever they are asked for. */
export const yearsWithoutStateAndTeam = (
  program: Program,
  begins: readonly number[] = BEGINS,
): Figure =>
  figureOf(program, begins.flatMap(oneOfEach), allBut(['isbe', 'slt']), endedWithoutStateAndTeam);

function figureOf(
  program: Program,
  schools: readonly PlayedSchool[],
  habit: (year: PaperSchool) => Afternoon,
  endings: typeof endedByThemselves | null,
): Figure {
  const figure: Figure = {
    ...{ years: 0, deadlines: 0, done: 0, told: 0, missing: [], unasked: [] },
    ...{ tries: 0, blocked: 0, refusals: [], endings: [], byNobody: [] },
  };
  for (const school of schools) {
    const played = playYear(program, school, habit);
    const named = (lines: readonly string[]) => lines.map((line) => `${school.code} ${line}`);
    const { missing, unasked } = faultsOf(played);
    figure.years += 1;
    figure.deadlines += datesOf(school.school).length;
    figure.done += played.done.size;
    figure.told += new Set(played.told).size;
    figure.tries += played.tries;
    figure.blocked += played.blocked;
    figure.missing.push(...named(missing));
    figure.unasked.push(...named(unasked));
    figure.refusals.push(...named(played.refusals));
    figure.byNobody.push(...named(movesOfNobody(played)));
    if (endings) figure.endings.push(...named(wrongEndings(played, endings(school.school))));
  }
  return figure;
}

function wrongEndings(played: PlayedYear, expected: Readonly<Record<string, string>>): string[] {
  const ended = endedIn(played);
  if (isDeepStrictEqual(ended, expected)) return [];
  return [...new Set([...Object.keys(ended), ...Object.keys(expected)])]
    .filter((region) => ended[region] !== expected[region])
    .map((region) => `${region} ends as ${ended[region]}, not as ${expected[region]}`);
}
