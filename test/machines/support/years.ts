import {
  advance,
  apply,
  type Circumstances,
  initialRegions,
  isDone,
} from '../../../machines/advance.ts';
import { nextEvents } from '../../../machines/reach.ts';
import type { ProgramMachines } from '../../../machines/region.ts';

/** A planning year played by dice: any event at any time, the engine's own ones as soon as they can. */
export interface PlayedYear {
  machines: ProgramMachines;
  conditions: Circumstances['conditions'];
  regions: Record<string, string>;
  day: number;
  /** What was accepted, in order: the only thing that the checker of orders looks at. */
  accepted: Accepted[];
}

export interface Accepted {
  type: string;
  on: string;
}

/** The anchor dates of 2026-27. */
export const dates = {
  quarter2Ends: '2026-12-31',
  quarter3Ends: '2027-03-31',
  quarter4Ends: '2027-06-30',
  qer2Due: '2027-01-20',
  qer3Due: '2027-04-20',
  qer4Due: '2027-07-20',
};

const unknown = [true, false, null];

/** Every kind of school: what may be known of it on the day its year is opened. */
export const kinds = unknown.flatMap((newlyDesignated) =>
  [true, false].flatMap((cps) =>
    unknown.map((resourceAllocationReview) => ({ newlyDesignated, cps, resourceAllocationReview })),
  ),
);
export type Kind = (typeof kinds)[number];

/** A year opened so many days after October 1: releases come late, schools are taken over. */
export function openYear(machines: ProgramMachines, conditions: Kind, day: number): PlayedYear {
  const year = { machines, conditions, regions: initialRegions(machines), day, accepted: [] };
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
      const all = regions.flatMap(({ events }) => Object.keys(events));
      send(year, all[pick % all.length]!);
      return;
    }
    default: {
      const region = regions[pick % regions.length]!;
      const types = nextEvents(region, year.regions[region.key]!);
      if (types.length > 0) send(year, types[(pick >> 8) % types.length]!);
    }
  }
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
  if (!outcome.ok) return false;
  year.regions = outcome.regions;
  year.accepted.push({ type, on: calendar[year.day]! });
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
  for (const { type } of applied) year.accepted.push({ type, on: calendar[year.day]! });
}

const firstDay = Date.UTC(2026, 9, 1);

/** October 1 to August 31. */
const calendar = Array.from({ length: 335 }, (_, day) =>
  new Date(firstDay + day * 86_400_000).toISOString().slice(0, 10),
);
