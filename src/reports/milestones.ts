import { todayIn } from '../../calendar/dates.ts';
import { isFinal } from '../../machines/region.ts';
import type { Actor } from '../actor.ts';
import type { Context, Trx } from '../context.ts';
import type { YearModel } from '../planning-years/model.ts';
import { eachSound, shown } from '../planning-years/sound.ts';
import { seesPeople } from '../policy/can.ts';
import type { Program } from '../programs/programs.ts';
import { setAsideAfter } from '../quarantine/store.ts';
import { type Coach, coaches, coachesOn } from './coaches.ts';
import { dueDates, type RegionDue } from './due-dates.ts';
import { type MilestoneYear, yearsAfter } from './milestone-years.ts';
import { recordedOn } from './recorded-on.ts';
import type { Milestone, MilestonesQuery } from './schemas.ts';

/** Where a row stands: program, year, code of the organization, position of the region. */
export type MilestoneKey = [program: string, year: string, code: string, position: number];

export interface KeyedMilestone {
  key: MilestoneKey;
  row: Milestone;
}

/**
 * The rows that match and that the actor may see, some planning years at a time: by program, year and
 * code, each year's regions in their order. The transaction has to see one moment throughout.
 *
 * @param after the key of the last row that the reader has
 * @param batch how many planning years are read at once
 */
export async function* milestoneRows(
  ctx: Context,
  trx: Trx,
  actor: Actor,
  query: MilestonesQuery,
  after: MilestoneKey | null,
  batch: number,
): AsyncGenerator<KeyedMilestone[]> {
  let years = await yearsAfter(ctx, trx, actor, query, after, '>=', batch);
  for (;;) {
    const rows = await rowsOf(ctx, trx, actor, query, years);
    yield rows.filter(({ key }) => !isSeen(key, after));
    const last = years.at(-1);
    if (!last || years.length < batch) return;
    const key: MilestoneKey = [last.program, last.year, last.organizationCode, 0];
    years = await yearsAfter(ctx, trx, actor, query, key, '>', batch);
  }
}

const isSeen = (key: MilestoneKey, after: MilestoneKey | null): boolean =>
  after !== null && key[3] <= after[3] && key.slice(0, 3).every((part, at) => part === after[at]);

async function rowsOf(
  ctx: Context,
  trx: Trx,
  actor: Actor,
  query: MilestonesQuery,
  years: MilestoneYear[],
): Promise<KeyedMilestone[]> {
  const rows: KeyedMilestone[] = [];
  const models = await modelsOf(ctx, trx, years);
  for (const [id, some] of Map.groupBy(models.keys(), ({ program }) => program)) {
    const program = ctx.programs.get(id);
    if (program) rows.push(...(await rowsOfProgram(ctx, trx, actor, query, program, some, models)));
  }
  return rows;
}

async function rowsOfProgram(
  ctx: Context,
  trx: Trx,
  actor: Actor,
  query: MilestonesQuery,
  program: Program,
  years: MilestoneYear[],
  models: Map<MilestoneYear, YearModel>,
): Promise<KeyedMilestone[]> {
  const { zone } = program.pack.program;
  const today = todayIn(zone, ctx.clock.now());
  const codes = new Set(years.flatMap((year) => [year.organizationCode, year.districtCode]));
  const people = seesPeople(actor) ? await coachesOn(trx, program, today, [...codes]) : [];
  const dues = await dueDates(trx, models, today);
  const recorded =
    query.by === 'recorded' ? await recordedOn(trx, years, (at) => todayIn(zone, at)) : null;
  return years.flatMap((year) => {
    try {
      return shown(year.id, () => rowsOfYear(year));
    } catch (error) {
      void setAsideAfter(ctx, error);
      return [];
    }
  });

  function rowsOfYear(year: MilestoneYear): KeyedMilestone[] {
    const coordinator = namesOf(people.filter((coach) => coaches(coach, year)));
    return models.get(year)!.machines.regions.flatMap((region, position) => {
      const standing = year.state.regions[region.key];
      if (!standing) return [];
      const due: RegionDue = dues.get(year.id, region.key);
      const row: Milestone = {
        planningYear: year.id,
        program: year.program,
        year: year.year,
        rcdts: year.organizationKind === 'school' ? year.organizationCode : null,
        schoolName: year.schoolName,
        districtCode: year.districtCode,
        districtName: year.districtName,
        county: year.county,
        coordinator,
        region: region.key,
        regionTitle: region.title,
        state: standing.state,
        stateTitle: region.states[standing.state]?.title ?? standing.state,
        final: isFinal(region, standing.state),
        overdue: due.overdue && !isFinal(region, standing.state),
        dueOn: due.dueOn,
        since: recorded ? recorded(year.id, region.key) : standing.since,
        updatedAt: year.updatedAt.toISOString(),
      };
      const key: MilestoneKey = [year.program, year.year, year.organizationCode, position];
      return matches(query, row) ? [{ key, row }] : [];
    });
  }
}

/** Of the years that can be told of; the others are set aside. */
async function modelsOf(ctx: Context, trx: Trx, years: MilestoneYear[]) {
  const models = new Map<MilestoneYear, YearModel>();
  // Titles and regions of tasks don't depend on the dates that an organization has been set.
  const plain = years.map((year) => ({ ...year, parameters: {} }));
  for (const [at, { model }] of (await eachSound(ctx, trx, plain)).entries()) {
    try {
      models.set(years[at]!, model());
    } catch (error) {
      // Not by this transaction, which only reads.
      void setAsideAfter(ctx, error);
    }
  }
  return models;
}

const namesOf = (people: Coach[]): string =>
  [...new Map(people.map(({ id, name }) => [id, name])).values()].join('; ');

const matches = ({ region, state, overdue }: MilestonesQuery, row: Milestone): boolean =>
  (region === undefined || row.region === region) &&
  (state === undefined || row.state === state) &&
  (overdue === undefined || String(row.overdue) === overdue);
