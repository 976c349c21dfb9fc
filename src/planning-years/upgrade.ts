import { type Kysely, sql } from 'kysely';
import { amended } from '../../calendar/amend.ts';
import { todayIn } from '../../calendar/dates.ts';
import { type Calendar, versionOf } from '../../calendar/version.ts';
import { clockActor } from '../actor.ts';
import type { Context, DbOrTrx, Trx } from '../context.ts';
import type { Tables } from '../db/tables.ts';
import type { Program, Programs } from '../programs/programs.ts';
import { count } from './count.ts';
import { datesPassed, decide, nextClockDate } from './decide.ts';
import { CHARTS, Draft } from './draft.ts';
import { yearModel } from './model.ts';
import { keepCalendar } from './models.ts';
import { rebuildTasks } from './rebuild-tasks.ts';
import { saveYears } from './save-years.ts';
import { findYear, findYears, readLog, type YearRow } from './store.ts';
import { Writing } from './writing.ts';

interface Surroundings {
  programs: Programs;
  now: Date;
  /** Is told of a year that could not be brought up. */
  failed(planningYear: string, error: unknown): void;
}

/** What {@link upgradeYears} is given by a process. */
export const upgrading = ({
  programs,
  clock,
  log,
}: Pick<Context, 'programs' | 'clock' | 'log'>): Surroundings => ({
  ...{ programs, now: clock.now() },
  failed: (planningYear, err) =>
    log.error({ err, planningYear }, 'A planning year could not be brought to these charts.'),
});

/**
 * Brings stored years to the charts of this release, each with an entry in its log that says so: it
 * is pinned to its own calendar as today's would treat it ({@link amended}), what went wrong under the
 * earlier charts is put right, and its task list follows. Any number of processes may do
 * this at once. A year that can't be brought up is told of and left: until it is, nobody can act on it.
 *
 * @returns how many were brought up
 */
export async function upgradeYears(db: Kysely<Tables>, around: Surroundings): Promise<number> {
  let upgraded = 0;
  for (const program of around.programs.all)
    upgraded += await upgradeThese(db, program, await yearsBehind(db, program), around);
  return upgraded;
}

async function upgradeThese(
  db: Kysely<Tables>,
  program: Program,
  ids: readonly string[],
  around: Surroundings,
): Promise<number> {
  let upgraded = 0;
  for (const id of ids) {
    try {
      if (await apart(db, (trx) => upgradeYear(trx, program, id, around))) upgraded += 1;
    } catch (error) {
      around.failed(id, error);
    }
  }
  return upgraded;
}

/**
 * Rows as they are read, those of earlier charts brought up first: an earlier release may go on writing
 * beside this one, so they are met at any time. One that can't be brought up stays as it is.
 */
export async function broughtUp<Row extends YearRow>(
  { programs, clock }: Pick<Context, 'programs' | 'clock'>,
  db: DbOrTrx,
  rows: readonly Row[],
): Promise<readonly Row[]> {
  const behind = rows.filter((row) => !row.aside && isOfEarlierCharts(programs, row));
  if (behind.length === 0) return rows;
  const around = { programs, now: clock.now(), failed: () => {} };
  for (const [id, same] of Map.groupBy(behind, ({ program }) => program))
    await upgradeThese(
      db,
      programs.get(id)!,
      same.map((row) => row.id),
      around,
    );
  const now = await findYears(
    db,
    behind.map(({ id }) => id),
  );
  return rows.map((row) => ({ ...row, ...now.get(row.id) }));
}

const isOfEarlierCharts = (programs: Programs, { program, machineVersion }: YearRow): boolean => {
  const { machines } = programs.get(program) ?? {};
  return (machines?.upgrades ?? []).some(({ from }) => from === machineVersion);
};

/** In a transaction of its own; within one, so that what fails can be taken back without the rest. */
async function apart<T>(db: Kysely<Tables>, act: (trx: Trx) => Promise<T>): Promise<T> {
  if (!db.isTransaction) return db.transaction().execute(act);
  await sql`savepoint one_year`.execute(db);
  try {
    const result = await act(db as Trx);
    await sql`release savepoint one_year`.execute(db);
    return result;
  } catch (error) {
    await sql`rollback to savepoint one_year`.execute(db);
    throw error;
  }
}

async function yearsBehind(db: Kysely<Tables>, { id, machines }: Program): Promise<string[]> {
  const known = (machines.upgrades ?? []).map(({ from }) => from);
  if (known.length === 0) return [];
  const rows = await db
    .selectFrom('planningYears')
    .select('id')
    .where('program', '=', id)
    .where('machineVersion', '<>', machines.version)
    .where('machineVersion', 'in', known)
    .orderBy('id')
    .execute();
  return rows.map((row) => row.id);
}

/** @returns false when somebody else has done it meanwhile */
async function upgradeYear(
  trx: Trx,
  program: Program,
  id: string,
  { now }: Surroundings,
): Promise<boolean> {
  await trx.selectFrom('planningYears').select('id').where('id', '=', id).forUpdate().execute();
  const read = await findYear(trx, id);
  if (!read || read.machineVersion === program.machines.version) return false;
  const calendar = await amendedCalendar(trx, program, read, now);
  const { version } = calendar.pack;
  const model = yearModel(calendar, read.year, read.parameters);
  const today = todayIn(model.pack.program.zone, now);
  const history = await readLog(trx, id);
  const writing = new Writing(read, model);
  // Each date that passed meanwhile is applied as of its own day, and only then is looked what went wrong.
  for (const date of datesPassed(model, writing.row.state, today))
    writing.append(
      decide(writing.year(), { kind: 'clock' }, writing.moment(clockActor, now, date)),
    );

  const draft = new Draft(writing.year(), writing.moment(clockActor, now, today));
  const log = [...history, ...writing.entries];
  draft.changeCharts(eventsToPutRight(program, writing.row, log, today < model.closesOn));
  writing.append(
    draft.entry(CHARTS, today, null, {
      charts: [read.machineVersion, program.machines.version],
      calendar: [read.calendarVersion, version],
    }),
  );
  const row = { ...writing.row, clockOn: nextClockDate(model, writing.row.state, today) };
  await saveYears(trx, [
    { read, row, sealed: writing.sealed, tasks: [], reported: null, given: null },
  ]);
  // What is counted is counted by calendar: it leaves one, and comes to the other.
  await count(trx, [id], -1);
  await trx
    .updateTable('planningYears')
    .set({ calendarVersion: version, machineVersion: program.machines.version })
    .where('id', '=', id)
    .execute();
  await count(trx, [id], 1);
  await rebuildTasks(trx, row, model, [...history, ...writing.entries], today);
  return true;
}

/** The program with the calendar of a year, brought up to date and kept. */
async function amendedCalendar(
  trx: Trx,
  program: Program,
  { calendarVersion }: YearRow,
  now: Date,
): Promise<Program> {
  if (calendarVersion === program.pack.version) return program;
  const { content } = await trx
    .selectFrom('calendarVersions')
    .select(sql<Calendar>`content`.as('content'))
    .where('program', '=', program.id)
    .where('version', '=', calendarVersion)
    .executeTakeFirstOrThrow();
  const calendar = amended(content, program.pack);
  const pack = { ...program.pack, ...calendar, version: versionOf(calendar) };
  await keepCalendar(trx, { ...program, pack }, now);
  return { ...program, pack };
}

/** What brings regions back that went wrong; of a year that is over and done the log tells the rest. */
function eventsToPutRight(
  { machines }: Program,
  { state, machineVersion }: YearRow,
  history: Awaited<ReturnType<typeof readLog>>,
  isOpen: boolean,
): string[] {
  if (state.status === 'done' && !isOpen) return [];
  const upgrades = machines.upgrades ?? [];
  const steps = upgrades.slice(upgrades.findIndex(({ from }) => from === machineVersion));
  const moves = history.flatMap(({ transitions }) => transitions);
  return Object.entries(state.regions).flatMap(([key, { state: at }]) => {
    const last = moves.findLast(({ region }) => region === key);
    if (!last || last.to !== at) return [];
    return steps.flatMap(({ putRight }) => putRight(last) ?? []);
  });
}
