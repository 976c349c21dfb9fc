import { isDeepStrictEqual } from 'node:util';
import { pino } from 'pino';
import { statesOf, type YearState } from '../../../src/planning-years/state.ts';
import { openStage, type Stage } from '../../../src/simulate/stage.ts';
import { replay } from './database-years.ts';
import { expectedOf, lineOf } from './expectation/told.ts';
import { readMailed } from './mailed.ts';
import { anybody, differences, playYear } from './play.ts';
import { anySchool } from './schools.ts';

/** A stage in the tests' own PostgreSQL, and every mail that its mail server gets. */
export async function openTheatre(): Promise<{ stage: Stage; mailbox: string[] }> {
  const databaseUrl = new URL(process.env.TEST_DATABASE_URL!);
  databaseUrl.pathname = '/postgres';
  const mailbox: string[] = [];
  const stage = await openStage({
    ...{ databaseUrl: databaseUrl.href, log: pino({ level: 'silent' }) },
    keepMail: (raw) => mailbox.push(raw),
  });
  return { stage, mailbox };
}

/** What came of years that were played in memory and in the database. */
export interface Twice {
  years: number;
  told: number;
  mails: number;
  /** Against the expectation. */
  missing: string[];
  unasked: string[];
  /** Between the database and memory: of what was told, or of how the year stands at its end. */
  disagreements: string[];
  tries: number;
  refusals: string[];
  mailFaults: string[];
  seconds: number;
}

/** Schools of `randomYears`, by their numbers in each of these school years. */
export async function playTwice(
  stage: Stage,
  mailbox: readonly string[],
  begins: readonly number[],
  numbers: readonly number[],
): Promise<Twice> {
  const program = stage.ctx.programs.get('isbe-comprehensive')!;
  const years = begins.flatMap((year) =>
    numbers.map((n) => playYear(program, anySchool(year, n), anybody)),
  );
  const { tries, refusals, states, watch } = await replay(stage, program, years);
  const mailed = await readMailed(stage, program.pack, mailbox);
  const twice: Twice = {
    ...{ years: years.length, told: 0, mails: mailed.mails, missing: [], unasked: [] },
    ...{ disagreements: [], tries, refusals, mailFaults: mailed.faults, seconds: watch.total },
  };
  for (const { school, year, told, done } of years) {
    const named = (lines: readonly string[]) => lines.map((line) => `${school.code} ${line}`);
    const found = mailed.told.get(school.code) ?? [];
    const expected = differences(expectedOf(school.school, done).map(lineOf), found);
    const inMemory = differences(told, found);
    twice.told += new Set(found).size;
    twice.missing.push(...named(expected.missing));
    twice.unasked.push(...named(expected.unasked));
    twice.disagreements.push(...named([...inMemory.missing, ...inMemory.unasked]));
    if (!isDeepStrictEqual(standing(states.get(school.code)!), standing(year.state)))
      twice.disagreements.push(`${school.code} stands elsewhere at the end`);
  }
  return twice;
}

const standing = (state: YearState) => ({
  ...{ status: state.status, regions: statesOf(state), done: Object.keys(state.done).sort() },
});
