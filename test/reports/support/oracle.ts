import { todayIn } from '../../../calendar/dates.ts';
import type { Context } from '../../../src/context.ts';
import type { YearModel } from '../../../src/planning-years/model.ts';
import { modelOf } from '../../../src/planning-years/models.ts';
import { replay, type YearState } from '../../../src/planning-years/state.ts';
import { findYear, readLog } from '../../../src/planning-years/store.ts';
import { dueOnOf, taskStatuses } from '../../../src/planning-years/task-status.ts';
import type { Group } from '../../../src/reports/groups.ts';

/** A planning year as its log alone tells it. */
export interface ToldYear {
  id: string;
  code: string;
  district: string;
  county: string;
  state: YearState;
  tasks: {
    regions: string[];
    month: string;
    status: string;
    dueOn: string | null;
    overdue: boolean;
  }[];
}

export async function toldYears({ db, programs, clock }: Context): Promise<ToldYear[]> {
  const ids = await db
    .selectFrom('planningYears')
    .select('id')
    .orderBy('organizationCode')
    .execute();
  const schools = await db.selectFrom('schools').select(['code', 'county']).execute();
  const counties = new Map(schools.map(({ code, county }) => [code, county]));
  return Promise.all(
    ids.map(async ({ id }) => {
      const row = (await findYear(db, id))!;
      const model = await modelOf(programs, db, row);
      const state = replay(await readLog(db, id));
      const today = todayIn(model.pack.program.zone, clock.now());
      const statuses = taskStatuses(model, state, row.openedOn, today);
      return {
        ...{ id, code: row.organizationCode, district: row.districtCode, state },
        county: counties.get(row.organizationCode) ?? '',
        tasks: model.tasks.map((task) => {
          const status = statuses.get(task.key)!;
          const dueOn = dueOnOf(state, task);
          const speaks =
            task.kind === 'deadline'
              ? status === 'open' || status === 'blocked'
              : task.kind === 'expected' && status === 'open';
          const overdue = speaks && dueOn !== null && dueOn < today;
          return { regions: regionsOf(task), month: task.month, status, dueOn, overdue };
        }),
      };
    }),
  );
}

const regionsOf = (task: YearModel['tasks'][number]): string[] =>
  task.raises
    ? [task.raises.split('.')[0]!]
    : ATTENDED.test(task.activity) && !/isbe|coordinator/.test(task.role)
      ? ['orientation']
      : task.opensWhen.map(([region]) => region).filter((key) => key !== 'designation');

/** What is watched and attended is part of orientation, though it moves it nowhere. */
const ATTENDED = /^(nov-[12]|dec-[56]|may-2)$/;

type Numbers = Omit<Group, 'key' | 'title'>;

/** Counts years, the states of some of their regions, and some of their tasks, one after the other. */
export function counted(
  years: ToldYear[],
  stateName: (region: string, standing: { state: string; since: string }) => string | null,
  concerns: (task: ToldYear['tasks'][number]) => boolean,
): Numbers {
  const numbers: Numbers = {
    ...{ planningYears: years.length, byState: {} },
    tasks: { done: 0, open: 0, blocked: 0, overdue: 0 },
  };
  for (const year of years) {
    for (const [region, standing] of Object.entries(year.state.regions)) {
      const name = stateName(region, standing);
      if (name !== null) numbers.byState[name] = (numbers.byState[name] ?? 0) + 1;
    }
    for (const task of year.tasks.filter(concerns)) {
      const { status } = task;
      if (status === 'done' || status === 'open' || status === 'blocked')
        numbers.tasks[status] += 1;
      if (task.overdue) numbers.tasks.overdue += 1;
    }
  }
  return numbers;
}

export const whole = (years: ToldYear[]): Numbers =>
  counted(
    years,
    (region, { state }) => `${region}.${state}`,
    () => true,
  );
