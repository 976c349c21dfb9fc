import fc from 'fast-check';
import { possible } from '../../../machines/advance.ts';
import { DomainError } from '../../../src/errors.ts';
import type { Correction } from '../../../src/planning-years/corrections.ts';
import { statesOf } from '../../../src/planning-years/state.ts';
import type { Program } from '../../../src/programs/programs.ts';
import { PaperYear } from '../../support/year.ts';

/** A school of one kind or another, and what happens there one after the other. */
export interface Drawn {
  code: string;
  given: Record<string, boolean | null>;
  /** Each picks one of the acts that are possible when its turn comes. */
  picks: number[];
}

const known = fc.constantFrom(true, false, null);

export const drawnYear: fc.Arbitrary<Drawn> = fc.record({
  code: fc.constantFrom('98-901-0010-26-0001', '15-016-2990-25-9001'),
  given: fc.record({ newlyDesignated: known, resourceAllocationReview: known }),
  picks: fc.array(fc.nat(), { maxLength: 60 }),
});

const NEEDED: Record<string, unknown> = {
  'sip.completed': { planHeldElsewhere: true, link: 'https://plans.example.invalid/sip' },
};

/** What an event can't do without. */
export const dataFor = (type: string): unknown => NEEDED[type];

/**
 * Plays it: tasks are done in any order, events are sent by hand, days go by.
 *
 * @param after is told of the year after each act
 * @param withCorrections whether regions are forced and undone, and facts corrected, too
 */
export function playedYear(
  program: Program,
  { code, given, picks }: Drawn,
  after: (year: PaperYear) => void = () => {},
  withCorrections = false,
): PaperYear {
  const year = new PaperYear(program, { code, given });
  for (const pick of picks) {
    const acts = withCorrections && pick % 3 === 0 ? correctionsOf(year) : actsOn(year);
    acts[Math.floor(pick / 3) % acts.length]!();
    after(year);
  }
  return year;
}

function actsOn(year: PaperYear): (() => void)[] {
  const { model, state, today } = year;
  const tasks = model.tasks.filter(({ key }) => year.standing(key).doable);
  const facts = { conditions: state.conditions, today, dates: model.dates };
  const events = state.status === 'active' ? possible(model.machines, statesOf(state), facts) : [];
  return [
    ...[1, 5, 30].map((days) => () => void year.on(daysLater(today, days))),
    ...tasks.map(
      ({ key, raises }) =>
        () =>
          void year.complete(key, raises ? dataFor(raises) : undefined),
    ),
    ...events.map(
      ({ type }) =>
        () =>
          void year.send(type, dataFor(type)),
    ),
  ];
}

function correctionsOf(year: PaperYear): (() => void)[] {
  const { regions } = year.model.machines;
  const reason = 'Drawn.';
  const all: Correction[] = [
    ...regions.flatMap(({ key, states }) =>
      Object.keys(states).map((state) => ({ type: 'force', region: key, state, reason }) as const),
    ),
    ...regions.map(({ key }) => ({ type: 'undo', region: key, reason }) as const),
    ...year.model.pack.program.facts.flatMap(({ id }) =>
      [true, false, null].map(
        (value) => ({ type: 'correctFact', fact: id, value, reason }) as const,
      ),
    ),
  ];
  return all.map((correction) => () => {
    try {
      year.do({ kind: 'correct', correction });
    } catch (error) {
      // What can't be corrected so is refused, and leaves the year as it was.
      if (!(error instanceof DomainError)) throw error;
    }
  });
}

function daysLater(date: string, days: number): string {
  const day = new Date(`${date}T00:00:00Z`);
  day.setUTCDate(day.getUTCDate() + days);
  return day.toISOString().slice(0, 10);
}
