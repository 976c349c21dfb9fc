import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { loadPrograms } from '../../src/programs/load.ts';
import type { Program } from '../../src/programs/programs.ts';
import type { Stage } from '../../src/simulate/stage.ts';
import {
  type Figure,
  randomYears,
  silentYears,
  yearsWithoutStateAndTeam,
} from '../silence/support/runs.ts';
import { BEGINS, KINDS } from '../silence/support/schools.ts';
import { openTheatre, playTwice } from '../silence/support/twice.ts';

const RANDOM = 10_000;

/** Of the random years, the first 20 schools of each school year are played through the database, too. */
const IN_DATABASE = 20;

let program: Program;
const stages: Stage[] = [];
beforeAll(async () => {
  program = (await loadPrograms()).get('isbe-comprehensive')!;
});
afterAll(() => Promise.all(stages.map((stage) => stage.close())));

const FAULTLESS = { missing: [], unasked: [], refusals: [], byNobody: [] };

describe('no deadline goes silent', () => {
  test('in a year in which nobody marks anything as done', () => {
    const figure = silentYears(program);
    const { years, deadlines } = figure;
    tell(
      `nobody: 11 deadlines, 10 at CPS schools, x ${KINDS.length} kinds of school x ${BEGINS.length} years = ${deadlines}`,
      figure,
    );
    expect(figure).toMatchObject({ ...FAULTLESS, endings: [], done: 0 });
    expect([years, deadlines]).toEqual([180, 10 * (9 * 10 + 9 * 11)]);
  });

  test(`in ${RANDOM} years in which anything may be done in any order`, () => {
    const figure = randomYears(program, RANDOM);
    tell(
      `anybody: ${figure.years} years, ${figure.deadlines} deadlines, ${figure.done} done`,
      figure,
    );
    expect(figure).toMatchObject(FAULTLESS);
    expect(figure.years).toBe(RANDOM);
  });

  test('in a year in which ISBE and the leadership team do nothing, and nothing ends by nobody’s act', () => {
    const figure = yearsWithoutStateAndTeam(program);
    tell(`all but ISBE and SLT: ${figure.years} years, ${figure.done} deadlines done`, figure);
    process.stdout.write(
      `  ${figure.endings.length} regions ended otherwise than they should, ${figure.byNobody.length} moves of nobody\n`,
    );
    expect(figure).toMatchObject({ ...FAULTLESS, endings: [] });
    expect(figure.years).toBe(180);
  });

  test(`in ${IN_DATABASE * BEGINS.length} of the random years with database and mail, which agree with those in memory`, async () => {
    const { stage, mailbox } = await openTheatre();
    stages.push(stage);
    const twice = await playTwice(stage, mailbox, BEGINS, [...Array(IN_DATABASE).keys()]);
    const { years, told, mails, missing, unasked, disagreements } = twice;
    const { tries, refusals, mailFaults, seconds } = twice;
    process.stdout.write(
      `database: ${years} years, ${told} lines of ${mails} mails: ${missing.length} missing, ${unasked.length} too many, ` +
        `${disagreements.length} unlike memory, ${mailFaults.length} not in the mail that arrived; ` +
        `${refusals.length} of ${tries} tries refused; ${seconds} s\n`,
    );
    const none = { missing: [], unasked: [], disagreements: [], refusals: [], mailFaults: [] };
    expect(twice).toMatchObject(none);
    expect([years, told > 10_000]).toEqual([200, true]);
  });
});

function tell(what: string, { told, missing, unasked, tries, blocked, refusals }: Figure): void {
  process.stdout.write(
    `${what}: ${told} told, ${missing.length} missing, ${unasked.length} too many; ` +
      `${refusals.length} of ${tries} tries refused, ${blocked} of them while the deadline's event had to wait\n`,
  );
}
