import { advance, apply, correct, initialRegions } from '../../machines/advance.ts';
import {
  edges,
  type Facts,
  initialState,
  type Region,
  type Warning,
} from '../../machines/region.ts';
import { rulesAgainst } from '../../machines/way.ts';
import type { YearModel } from './model.ts';

/** A year that was under way before it was opened here. */
export interface TakenOver {
  /** Where regions are said to stand; every state is one of its region's. */
  regions: Readonly<Record<string, string>>;
  conditions: Readonly<Record<string, boolean | null>>;
  releasedOn: string | null;
  today: string;
}

export interface Remark {
  region: string;
  /** Of a warning a whole sentence; of a fault one that goes on from where the region is named. */
  detail: string;
}

/** A remark as callers are warned of it. */
export const warningOf = ({ region, detail }: Remark): Warning & { pointer: string } => ({
  code: 'out-of-order',
  detail,
  pointer: `/regions/${region}`,
});

/**
 * What is to be said of a year that is taken over. An agency knows its past: a state that the rules
 * across regions would not have let happen is taken, with a warning. One that a condition of the
 * school, its release or the date contradicts is a fault.
 */
export function remarksOn(
  model: YearModel,
  year: TakenOver,
): { faults: Remark[]; warnings: Remark[] } {
  const { machines } = model;
  const told = machines.regions.filter(({ key }) => year.regions[key] !== undefined);
  const faults: Remark[] = [];
  const warnings: Remark[] = [];
  if (told.length === 0) return { faults, warnings };
  const seen = circumstancesOf(model, year);
  for (const region of told) {
    const state = year.regions[region.key]!;
    const detail = contradiction(model, year, region, state);
    if (detail) faults.push({ region: region.key, detail });
    else if (state !== initialState(region))
      for (const reason of oddities(model, region, state, seen))
        warnings.push({
          region: region.key,
          detail: `"${region.title}" stands at "${region.states[state]?.title}" already. ${reason}`,
        });
  }
  return { faults, warnings };
}

/** What would have kept a region from its state, and what whoever brought it there would have been warned of. */
function oddities({ machines }: YearModel, region: Region, state: string, seen: Facts): string[] {
  const against = rulesAgainst(machines, region, state, seen).map(({ reason }) => reason);
  const warned = edges(region)
    .filter(({ to }) => to === state)
    .map(({ type }) => region.events[type])
    .flatMap((spec) => (spec?.warn && !spec.data ? spec.warn(undefined, seen) : []));
  return [...new Set([...against, ...warned.map(({ detail }) => detail)])];
}

function contradiction(
  model: YearModel,
  year: TakenOver,
  region: Region,
  state: string,
): string | null {
  const stands = `cannot stand at "${region.states[state]?.title}"`;
  if (isUnreleased(model, region, state) && year.releasedOn !== null)
    return `${stands}: the designation was released on ${year.releasedOn}`;
  // Where a region begins, what is known of the school leads it on by itself.
  if (state === initialState(region)) return null;
  for (const { id, title } of model.pack.program.facts)
    if (wouldLeave(model, year, region, id))
      return `${stands} at this school: "${title}" is ${year.conditions[id]}`;
  const early = region.states[state]?.doesNotApply && notBefore(model, year, region, state);
  return early ? `${stands} yet: ${early}` : null;
}

/** Whether the program's release is still to come for a region that stands there. */
function isUnreleased({ machines, pack }: YearModel, region: Region, state: string): boolean {
  const event = { type: pack.program.releaseEvent };
  if (!Object.hasOwn(region.events, event.type)) return false;
  const regions = { ...initialRegions(machines), [region.key]: state };
  return apply(machines, regions, event, { conditions: {}, today: '', dates: {} }).ok;
}

/** Whether the region would leave its state if the condition became known now. */
function wouldLeave(model: YearModel, year: TakenOver, { key }: Region, fact: string): boolean {
  const { machines, dates } = model;
  const { conditions, today } = year;
  if ((conditions[fact] ?? null) === null) return false;
  const unknown = { conditions: { ...conditions, [fact]: null }, today, dates };
  const known = { conditions, today, dates };
  const before = advance(machines, regionsOf(model, year), unknown).regions;
  const opened = correct(machines, before, known, fact).regions;
  const after = advance(machines, opened, known).regions;
  return before[key] === year.regions[key] && after[key] !== before[key];
}

/** What time alone has still to bring before a region can be passed by there. */
function notBefore(
  model: YearModel,
  year: TakenOver,
  region: Region,
  state: string,
): string | undefined {
  const nothingDone = { ...year, regions: {} };
  const rules = rulesAgainst(model.machines, region, state, circumstancesOf(model, nothingDone));
  return rules.find(({ waitsFor }) => waitsFor.length === 0)?.reason;
}

const circumstancesOf = (model: YearModel, year: TakenOver) => ({
  regions: regionsOf(model, year),
  conditions: year.conditions,
  today: year.today,
  dates: model.dates,
});

/** Where all regions stand, once the release has happened. */
function regionsOf({ machines, pack, dates }: YearModel, year: TakenOver): Record<string, string> {
  const { conditions, today, releasedOn } = year;
  const regions = { ...initialRegions(machines), ...year.regions };
  if (releasedOn === null) return regions;
  const event = { type: pack.program.releaseEvent };
  const outcome = apply(machines, regions, event, { conditions, today, dates });
  return outcome.ok ? outcome.regions : regions;
}
