import { sql } from 'kysely';
import { schoolYearOf, todayIn } from '../../calendar/dates.ts';
import { initialRegions } from '../../machines/advance.ts';
import type { Actor } from '../actor.ts';
import type { Context, Trx } from '../context.ts';
import type { YearSettings } from '../db/tables.ts';
import { ConflictError, InvalidInputError } from '../errors.ts';
import { newId } from '../ids.ts';
import { datesFor, readParameters } from '../programs/year-parameters.ts';
import { mapInTurns } from '../turns.ts';
import { GENESIS } from './chain.ts';
import { type Moment, nextClockDate } from './decide.ts';
import { Draft } from './draft.ts';
import type { YearModel } from './model.ts';
import { currentModel, keepCalendar } from './models.ts';
import { evolve, type LogEntry, type Opening } from './state.ts';
import { insertYears } from './store.ts';
import { remarksOn, warningOf } from './take-over.ts';
import { momentOf, taskRows, Writing } from './writing.ts';

/** A planning year to be opened. */
export interface YearToOpen {
  program: string;
  /** `2026-27` */
  year: string;
  organization: { kind: 'school' | 'district'; code: string; districtCode: string; demo: boolean };
  designation: string;
  releasedOn: string | null;
  /** The conditions that come with the designation, by fact id. */
  given: Record<string, boolean | null>;
  /** Where regions stand already, of a year taken over while it is under way. */
  regions?: Record<string, string> | undefined;
}

/**
 * The door's other side: opens years, each with the first entry of its log and its task list.
 * @returns the ids of the years opened, in the order given; null where the school has that year already
 */
export async function openYears(
  { programs, clock }: Pick<Context, 'programs' | 'clock'>,
  trx: Trx,
  years: YearToOpen[],
  actor: Actor,
): Promise<(string | null)[]> {
  const now = clock.now();
  const settings = new Map<string, YearSettings>();
  for (const { program, year } of years) {
    const key = `${program} ${year}`;
    if (!settings.has(key)) settings.set(key, (await readParameters(trx, program, year)).settings);
  }
  const made = await mapInTurns(years, YEARS_PER_TURN, (year) => {
    const file = programs.get(year.program)?.pack.program;
    const set = settings.get(`${year.program} ${year.year}`);
    const dates = file && set ? datesFor(file, set, year.organization.districtCode) : {};
    const model = currentModel(programs, year.program, year.year, dates);
    return newYear(model, year, actor, now);
  });
  return insertNew(trx, made, now);
}

/** A file may open thousands. */
const YEARS_PER_TURN = 20;

/** Writes new years with their logs and task lists; ids as {@link openYears} returns them. */
export async function insertNew(trx: Trx, made: Writing[], now: Date): Promise<(string | null)[]> {
  for (const { program } of new Map(made.map(({ model }) => [model.pack, model])).values())
    await keepCalendar(trx, program, now);
  const inserted = new Set<string>();
  for (let at = 0; at < made.length; at += BATCH) {
    const batch = made.slice(at, at + BATCH);
    const years = await mapInTurns(batch, YEARS_PER_TURN, ({ row, model, sealed, entries }) => {
      const today = todayIn(model.pack.program.zone, now);
      return { row, sealed, tasks: taskRows(row, model, entries, today) };
    });
    for (const id of await insertYears(trx, years)) inserted.add(id);
    // Foreign keys are checked as was best when the table was empty, row by row, until it is counted.
    if (at === 0 && made.length > BATCH) await sql`analyze planning_years`.execute(trx);
  }
  return made.map(({ row }) => (inserted.has(row.id) ? row.id : null));
}

// A year with its task list is some 60 kB of JSON; a statement stays at a few megabytes.
const BATCH = 100;

/** The conditions of an organization: those given, and those that its code tells. */
export function conditionsOf(
  model: YearModel,
  code: string,
  given: Record<string, boolean | null>,
): Record<string, boolean | null> {
  return Object.fromEntries(
    model.pack.program.facts.map((fact) => [
      fact.id,
      fact.codePattern ? new RegExp(fact.codePattern).test(code) : (given[fact.id] ?? null),
    ]),
  );
}

/** Refuses a release that lies in the future or in another school year. */
export function checkRelease(model: YearModel, releasedOn: string, today: string): void {
  const pointer = '/releasedOn';
  if (releasedOn > today)
    throw new InvalidInputError('The designation is released in the future.', [
      {
        pointer,
        detail: `must be ${today} or earlier, or left out`,
      },
    ]);
  const year = schoolYearOf(model.pack.program, releasedOn);
  if (year !== model.year)
    throw new InvalidInputError('The designation was released in another school year.', [
      { pointer, detail: `lies in ${year}, not in ${model.year}` },
    ]);
}

/** The label as the program knows it on that date; throws when it is unknown or opens no year. */
export function checkDesignation(model: YearModel, designation: string, on: string): void {
  const known = labelOf(model, designation, on);
  if (!known)
    throw new InvalidInputError('The designation is unknown.', [
      { pointer: '/designation', detail: `must be one of ${labelsOn(model, on).join(', ')}` },
    ]);
  if (!known.opensPlanningYear)
    throw new ConflictError(
      'no-planning-year',
      `A school designated ${designation} has no planning year in this program.`,
    );
}

/** Refuses states that the program's regions do not have. */
export function checkRegions(model: YearModel, regions: Record<string, string>): void {
  const faults = Object.entries(regions).flatMap(([key, state]) => {
    const detail = regionFault(model, key, state);
    return detail ? [{ pointer: `/regions/${key}`, detail }] : [];
  });
  if (faults.length > 0)
    throw new InvalidInputError('Some regions cannot stand there; see errors.', faults);
}

/** What is wrong with putting a region into a state, or null. */
export function regionFault(model: YearModel, key: string, state: string): string | null {
  const { regions } = model.machines;
  const region = regions.find((candidate) => candidate.key === key);
  if (!region) return `is no region; they are ${regions.map((each) => each.key).join(', ')}`;
  if (Object.hasOwn(region.states, state)) return null;
  return `has no state "${state}"; its states are ${Object.keys(region.states).join(', ')}`;
}

export const labelOf = (model: YearModel, designation: string, on: string) =>
  labelSet(model, on).find(({ label }) => label === designation);

export const labelsOn = (model: YearModel, on: string): string[] =>
  labelSet(model, on).map(({ label }) => label);

const labelSet = (model: YearModel, on: string) =>
  model.pack.labels.sets.filter((set) => set.from <= on).at(-1)?.labels ?? [];

/** A year with its first entry, not written yet. */
export function newYear(model: YearModel, year: YearToOpen, actor: Actor, now: Date): Writing {
  const { organization } = year;
  const today = todayIn(model.pack.program.zone, now);
  const opening = {
    designation: year.designation,
    releasedOn: year.releasedOn,
    conditions: conditionsOf(model, organization.code, year.given),
    regions: { ...initialRegions(model.machines), ...year.regions },
  };
  const entry = {
    ...openingEntry(model, opening, momentOf(actor, now, today)),
    ...(year.regions && {
      warnings: remarksOn(model, { ...opening, regions: year.regions, today }).warnings.map(
        warningOf,
      ),
    }),
  };
  const state = evolve(null, entry);
  const writing = new Writing(
    {
      id: newId(now),
      program: year.program,
      year: year.year,
      organizationKind: organization.kind,
      organizationCode: organization.code,
      districtCode: organization.districtCode,
      status: state.status,
      state,
      version: 0,
      headSeq: 0,
      headHash: GENESIS,
      calendarVersion: model.pack.version,
      machineVersion: model.machines.version,
      openedOn: today,
      parameters: model.parameters,
      clockOn: nextClockDate(model, state, today),
      demo: organization.demo,
      updatedAt: now,
    },
    model,
  );
  writing.append(entry);
  return writing;
}

/** The first entry of a log: the opening, and what follows from a release by itself. */
export function openingEntry(model: YearModel, opening: Opening, moment: Moment): LogEntry {
  const effectiveOn = opening.releasedOn ?? moment.today;
  const data = { ...opening };
  const state = evolve(null, bareEntry(moment, effectiveOn, data));
  const draft = new Draft({ model, state, openedOn: moment.today, headSeq: 0 }, moment);
  const { releaseEvent } = model.pack.program;
  if (opening.releasedOn !== null && draft.outcomeOf(releaseEvent).ok)
    draft.send(releaseEvent, null);
  draft.settleDown();
  return draft.entry('year.opened', effectiveOn, null, data);
}

/** The opening before anything has followed from it. */
const bareEntry = (
  { actor, recordedAt, today }: Moment,
  effectiveOn: string,
  data: Record<string, unknown>,
): LogEntry => ({
  seq: 1,
  type: 'year.opened',
  actor,
  recordedAt,
  effectiveOn,
  note: null,
  data,
  transitions: [],
  changes: {},
  restoredSince: {},
  settledTasks: [],
  reopenedTasks: [],
  waivedTasks: [],
  extended: {},
  conditions: {},
  undoes: [],
  status: null,
  warnings: [],
  ends: false,
  today,
});
