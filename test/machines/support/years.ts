import {
  advance,
  apply,
  type Circumstances,
  correct,
  initialRegions,
  isDone,
} from '../../../machines/advance.ts';
import { nextEvents } from '../../../machines/reach.ts';
import type { ProgramMachines } from '../../../machines/region.ts';

/** A planning year played by dice: any event at any time, the engine's own ones as soon as they can. */
export interface PlayedYear {
  machines: ProgramMachines;
  conditions: Kind;
  regions: Record<string, string>;
  day: number;
  /** What was tried and what came of it, in order: the only thing that the checker of orders looks at. */
  happened: Happening[];
}

export interface Happening {
  /** An event, or `corrected` for a condition that turned out to be another. */
  type: string;
  /** Whether somebody sent it or the engine applied it; or why it was refused and did not happen. */
  how: 'sent' | 'byItself' | 'refusedByState' | 'refusedByRule';
  on: string;
  /** The school as it was known then. */
  school: Kind;
  /** Where the regions stood before and after a correction. */
  stood?: { fact: string; before: Record<string, string>; after: Record<string, string> };
}

/** The anchor dates of 2026-27. */
export const dates = {
  quarter2Ends: '2026-12-31',
  quarter3Ends: '2027-03-31',
  quarter4Ends: '2027-06-30',
};

const unknown = [true, false, null];
const facts = ['newlyDesignated', 'cps', 'resourceAllocationReview'] as const;

/** Every kind of school: what may be known of it on the day its year is opened. */
export const kinds: Kind[] = unknown.flatMap((newlyDesignated) =>
  [true, false].flatMap((cps) =>
    unknown.map((resourceAllocationReview) => ({ newlyDesignated, cps, resourceAllocationReview })),
  ),
);
export type Kind = Record<'newlyDesignated' | 'cps' | 'resourceAllocationReview', boolean | null>;

/** A year opened so many days after October 1: releases come late, schools are taken over. */
export function openYear(machines: ProgramMachines, conditions: Kind, day: number): PlayedYear {
  const regions = initialRegions(machines);
  const year: PlayedYear = { machines, conditions, regions, day, happened: [] };
  letTimeAct(year);
  return year;
}

/** One throw: days pass, or somebody sends an event; most throws pick one that the chart has now. */
export function play(year: PlayedYear, dice: number): void {
  const pick = dice >> 3;
  const { regions } = year.machines;
  switch (dice & 7) {
    case 0:
      daysPass(year, pick % 31);
      return;
    case 1: {
      // Any but those that nothing brings but a correction.
      const all = regions.flatMap(({ events }) =>
        Object.keys(events).filter((type) => events[type]!.whenCorrected === undefined),
      );
      send(year, all[pick % all.length]!);
      return;
    }
    case 2: {
      const fact = facts[pick % facts.length]!;
      if (pick % 5 === 0) correctFact(year, fact, unknown[(pick >> 4) % unknown.length]!);
      return;
    }
    default: {
      const region = regions[pick % regions.length]!;
      const types = nextEvents(region, year.regions[region.key]!);
      if (types.length > 0) send(year, types[(pick >> 8) % types.length]!);
    }
  }
}

/** A condition turns out to be another: the regions follow. */
export function correctFact(year: PlayedYear, fact: keyof Kind, value: boolean | null): void {
  if (year.conditions[fact] === value) return;
  year.conditions = { ...year.conditions, [fact]: value };
  const before = year.regions;
  const first = correct(year.machines, before, circumstances(year), fact);
  const then = advance(year.machines, first.regions, circumstances(year));
  year.regions = then.regions;
  note(year, 'corrected', 'sent', { fact, before, after: year.regions });
  for (const { type } of [...first.applied, ...then.applied]) note(year, type, 'byItself');
}

/** Everybody does what is possible, nobody returns anything, days pass: whether the year gets done. */
export function finish(year: PlayedYear): boolean {
  while (!isDone(year.machines, year.regions)) if (!goOn(year)) return false;
  return true;
}

/** Everybody takes a step, or else days pass; false when neither can be. */
export function goOn(year: PlayedYear): boolean {
  if (everybodyActs(year)) return true;
  if (year.day === calendar.length - 1) return false;
  daysPass(year, 15);
  return true;
}

export const circumstances = (year: PlayedYear): Circumstances => ({
  conditions: year.conditions,
  today: calendar[year.day]!,
  dates,
});

function everybodyActs(year: PlayedYear): boolean {
  let acted = false;
  for (const region of year.machines.regions)
    for (const type of nextEvents(region, year.regions[region.key]!))
      if (!region.events[type]!.returns && send(year, type)) {
        acted = true;
        break;
      }
  return acted;
}

function send(year: PlayedYear, type: string): boolean {
  const outcome = apply(year.machines, year.regions, { type }, circumstances(year));
  if (!outcome.ok) {
    note(year, type, outcome.refusal.kind === 'guard' ? 'refusedByRule' : 'refusedByState');
    return false;
  }
  year.regions = outcome.regions;
  note(year, type, 'sent');
  letTimeAct(year);
  return true;
}

function daysPass(year: PlayedYear, days: number): void {
  year.day = Math.min(year.day + days, calendar.length - 1);
  letTimeAct(year);
}

function letTimeAct(year: PlayedYear): void {
  const { regions, applied } = advance(year.machines, year.regions, circumstances(year));
  year.regions = regions;
  for (const { type } of applied) note(year, type, 'byItself');
}

function note(
  year: PlayedYear,
  type: string,
  how: Happening['how'],
  stood?: Happening['stood'],
): void {
  const { day, conditions: school } = year;
  year.happened.push({ type, how, on: calendar[day]!, school, ...(stood && { stood }) });
}

const firstDay = Date.UTC(2026, 9, 1);

/** October 1 to August 31. */
const calendar = Array.from({ length: 335 }, (_, day) =>
  new Date(firstDay + day * 86_400_000).toISOString().slice(0, 10),
);
