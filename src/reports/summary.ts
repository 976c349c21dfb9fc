import { todayIn } from '../../calendar/dates.ts';
import { type Actor, homeOf } from '../actor.ts';
import type { Context } from '../context.ts';
import { ForbiddenError, NotFoundError } from '../errors.ts';
import { currentModel, modelOf } from '../planning-years/models.ts';
import { can, inScope, seesPeople } from '../policy/can.ts';
import { whereCan } from '../policy/where.ts';
import type { Program } from '../programs/programs.ts';
import { yearUnderWay } from '../programs/year-under-way.ts';
import { coordinatorGroups } from './coordinator-groups.ts';
import type { Counted } from './counts.ts';
import { foldCounts } from './fold.ts';
import { byKey, byMonth, byRegion, type Group, type OfModel } from './groups.ts';
import { countGroups, readCounts } from './read-counts.ts';
import type { SummaryQuery } from './schemas.ts';

/**
 * The planning years of a program and year, their states and tasks, counted in groups.
 *
 * @throws NotFoundError for a program that the actor has not got
 * @throws ForbiddenError when a key without people asks by coordinator
 */
export async function summarize(ctx: Context, actor: Actor, query: SummaryQuery) {
  const program = programOf(ctx, actor, query.program);
  const now = ctx.clock.now();
  const today = todayIn(program.pack.program.zone, now);
  const year = query.year ?? yearUnderWay(program.pack.program, today);
  const { groupBy } = query;
  return {
    program: program.id,
    year,
    groupBy,
    computedAt: now.toISOString(),
    groups: await groupsOf(ctx, actor, program, year, groupBy, today),
  };
}

async function groupsOf(
  ctx: Context,
  actor: Actor,
  program: Program,
  year: string,
  groupBy: SummaryQuery['groupBy'],
  today: string,
): Promise<Group[]> {
  const { db } = ctx;
  const rows = (level: 'everywhere' | 'places') =>
    can(actor, 'reports.read', { program: program.id, state: true }) === 'yes'
      ? keptRows(ctx, program.id, year, level)
      : rowsWithin(ctx, actor, program.id, year);
  switch (groupBy) {
    case 'region':
      return byRegion(
        program.machines.regions,
        await withModels(ctx, program, await rows('everywhere')),
        today,
      );
    case 'month':
      return byMonth(await withModels(ctx, program, await rows('everywhere')), today);
    case 'district': {
      const districts = await db.selectFrom('districts').select(['code', 'name']).execute();
      const names = new Map(districts.map(({ code, name }) => [code, name]));
      const titleOf = (code: string) => names.get(code) ?? code;
      return byKey(await rows('places'), ({ districtCode }) => districtCode, titleOf, today);
    }
    case 'county': {
      const titleOf = (county: string) => county || 'Without a county';
      return byKey(await rows('places'), ({ county }) => county, titleOf, today);
    }
    case 'coordinator':
      if (!seesPeople(actor))
        throw new ForbiddenError(
          'A dashboard’s key is told of no people. Group by region, district, county or month, or use the key of a role.',
        );
      return db
        .transaction()
        .setIsolationLevel('repeatable read')
        .setAccessMode('read only')
        .execute((trx) => coordinatorGroups(trx, actor, program, year, today));
    default:
      return groupBy satisfies never;
  }
}

function programOf({ programs }: Context, actor: Actor, id: string | undefined): Program {
  const program = programs.get(id ?? homeOf(actor) ?? programs.all[0]?.id ?? '');
  if (!program || !inScope(actor, { program: program.id }))
    throw new NotFoundError('There is no such program; see GET /v1/programs.');
  return program;
}

/** What is kept. When much of it had to be added up, the next reader shall have less to do. */
async function keptRows(
  { db, log }: Context,
  program: string,
  year: string,
  level: 'everywhere' | 'places',
): Promise<Counted[]> {
  const { rows, waiting } = await readCounts(db, program, year, level);
  if (waiting > MANY)
    foldCounts(db).catch((error) => log.warn({ err: error }, 'The counts were not summed up.'));
  return rows;
}

const MANY = 2_000;

/** A key for some schools or districts: its years, counted one by one. */
async function rowsWithin(
  { db }: Context,
  actor: Actor,
  program: string,
  year: string,
): Promise<Counted[]> {
  const years = await db
    .selectFrom('planningYears as y')
    .select('y.id')
    .where('y.program', '=', program)
    .where('y.year', '=', year)
    .where((eb) =>
      whereCan(eb, actor, 'reports.read', {
        district: 'y.districtCode',
        school: 'y.organizationCode',
      }),
    )
    .execute();
  return countGroups(db, [{ key: '', ids: years.map(({ id }) => id) }]);
}

const withModels = (
  { db, programs }: Context,
  program: Program,
  rows: Counted[],
): Promise<OfModel[]> =>
  Promise.all(
    rows.map(async ({ year, calendarVersion, counts }) => {
      const { id, machines } = program;
      const pin = { program: id, year, calendarVersion, machineVersion: machines.version };
      // Under a calendar that was never kept: the titles are the program's own.
      const kept = modelOf(programs, db, { ...pin, parameters: {} });
      return { model: await kept.catch(() => currentModel(programs, id, year)), counts };
    }),
  );
