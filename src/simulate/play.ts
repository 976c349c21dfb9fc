import { sql } from 'kysely';
import { planningYear } from '../../calendar/dates.ts';
import { modelOf } from '../planning-years/models.ts';
import type { YearRow } from '../planning-years/store.ts';
import type { Program, Programs } from '../programs/programs.ts';
import { addDays } from '../reminders/days.ts';
import type { DirectoryEntry } from '../schools/read-directory.ts';
import { catchUp } from './catch-up.ts';
import type { Plans } from './foresight.ts';
import { playMorning } from './morning.ts';
import { type SimulationOptions, UsageError } from './options.ts';
import { inventPosts, type Period, type Person, type Post } from './people.ts';
import { rosterOf } from './roster.ts';
import { handsFor } from './sample.ts';
import { followYear, type SchoolYear } from './school-year.ts';
import { inventSchools } from './schools.ts';
import {
  addContracts,
  addPeople,
  addVendors,
  importDesignations,
  importSchools,
} from './set-up.ts';
import { staffing } from './staffing.ts';
import type { Stage } from './stage.ts';
import { Stopwatch } from './stopwatch.ts';
import { playWorkDay } from './work-day.ts';
import { datesFrom, isWorkDay } from './work-days.ts';

/** A year that was played; the stage holds all that came of it. */
export interface Played {
  program: Program;
  options: SimulationOptions;
  releasedOn: string;
  /** The last date played: the day after the planning year's last. */
  until: string;
  schools: readonly DirectoryEntry[];
  posts: readonly Post[];
  people: ReadonlyMap<Person, string>;
  years: SchoolYear[];
  watch: Stopwatch;
}

export interface Following {
  /** Is told how much of the year has been played, from 0 to 1. */
  progress?: (part: number, date: string) => void;
  /** Ends the play between two days. */
  signal?: AbortSignal;
  /** The last date to play; left out: the whole year. */
  upTo?: string;
}

/**
 * Plays a whole year. Each morning the scan brings what time brings and sends the mails, which are
 * waited for; then, on work days, people do what their character has them do.
 */
export async function playYear(
  stage: Stage,
  options: SimulationOptions,
  { progress, signal, upTo }: Following = {},
): Promise<Played> {
  const { ctx, clock } = stage;
  const watch = new Stopwatch();
  const program = programOf(ctx.programs, options);
  const { zone } = program.pack.program;
  const { first, last, until } = planningYear(program.pack.program, options.year);
  const releasedOn = releaseOf(program, options, first);
  clock.set(zone, releasedOn, '00:30');
  progress?.(0, releasedOn);
  const { schools, posts, people, years, plans, staff, hands } = await watch.time('setUp', () =>
    open(stage, program, options, { since: first, first: releasedOn, last }),
  );

  const dates = datesFrom(releasedOn, upTo ?? until);
  for (const [at, today] of dates.entries()) {
    signal?.throwIfAborted();
    progress?.(at / dates.length, today);
    clock.set(zone, today, '00:30');
    if (at === 0 || today.endsWith('-01')) await watch.time('analyze', () => analyze(stage));
    await staff.begin(today);
    await playMorning(stage, zone, today, program.pack.reminders.digestAt, watch);
    await watch.time('read', () => catchUp(ctx, plans, years, today));
    clock.set(zone, today, '16:00');
    if (isWorkDay(today) && today <= last)
      await playWorkDay(stage, plans, years, today, hands, watch);
    await staff.end(today);
  }
  progress?.(1, until);
  return { program, options, releasedOn, until, schools, posts, people, years, watch };
}

/** Everything up to the morning of the release: organizations, people, designations. */
async function open(
  stage: Stage,
  program: Program,
  { schools: count, seed, late }: SimulationOptions,
  period: Period,
) {
  const schools = inventSchools(program.pack, count, seed);
  const posts = inventPosts(program.pack, schools, period, seed);
  await importSchools(stage, program, schools);
  await addVendors(stage, posts);
  const given = await addPeople(stage, program.id, posts, period.first);
  await importDesignations(stage, program, schools, period.first, seed);
  const plans: Plans = { seed, late, roster: rosterOf(posts) };
  const years = await follow(stage, plans, program.id, schools);
  await addContracts(stage, years, posts, period.first);
  const staff = staffing(stage, program.id, posts, given);
  const hands = await handsFor(stage, program.id, schools, posts);
  return { schools, posts, people: given.people, years, plans, staff, hands };
}

/** PostgreSQL takes its statistics by the wall clock, by which the whole year is over in no time. */
const analyze = ({ ctx }: Stage) => sql`analyze`.execute(ctx.db);

/** @throws UsageError */
function programOf(programs: Programs, { program: named, late }: SimulationOptions): Program {
  const candidates = programs.all.filter(
    ({ id, pack }) => pack.program.unit === 'school' && (named === null || id === named),
  );
  const [program] = candidates;
  if (!program || candidates.length > 1)
    throw new UsageError(`Name one of these with --program: ${programs.all.map(({ id }) => id)}.`);
  const regions = program.machines.regions.map(({ key }) => key);
  if (late && !regions.includes(late.region))
    throw new UsageError(`--late names no region; use one of ${regions.join(', ')}.`);
  return program;
}

/** In the middle of the planning year's first month, unless the release is what is late. */
function releaseOf({ pack }: Program, { late }: SimulationOptions, first: string): string {
  const [region] = pack.program.releaseEvent.split('.');
  const slip = late && late.region === region ? late.days : 0;
  return addDays(first, 14 + slip);
}

async function follow(
  { ctx }: Stage,
  plans: Plans,
  program: string,
  schools: readonly DirectoryEntry[],
) {
  const rows = await ctx.db
    .selectFrom('planningYears')
    .selectAll()
    .where('program', '=', program)
    .execute();
  const bySchool = new Map(rows.map((row) => [row.organizationCode, row as YearRow]));
  const years: SchoolYear[] = [];
  for (const school of schools) {
    const row = bySchool.get(school.code)!;
    years.push(followYear(plans, school, row, await modelOf(ctx.programs, ctx.db, row)));
  }
  return years;
}
