import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { newId } from '../../src/ids.ts';
import { coachesOn } from '../../src/reports/coaches.ts';
import type { Group } from '../../src/reports/groups.ts';
import {
  DISTRICTS,
  PROGRAM,
  type SmallState,
  smallState,
  TODAY,
  YEAR,
} from './support/small-state.ts';

let state: SmallState;
let both: string;
beforeAll(async () => {
  state = await smallState();
  for (const school of state.schools.slice(0, 5)) await state.open(school);
  both = await state.coach('District And School', 'district', DISTRICTS[0]!);
  await state.ctx.db
    .insertInto('assignments')
    .values({
      ...{ id: newId(state.ctx.clock.now()), personId: both, program: PROGRAM },
      ...{ role: 'coordinator', organizationKind: 'school', organizationCode: state.schools[0]! },
      ...{ fromOn: '2026-10-01', toOn: null, demo: false, version: 1 },
    })
    .execute();
});
afterAll(() => state.close());

async function yearsOf(key: string): Promise<number | undefined> {
  const url = `/v1/reports/summary?program=${PROGRAM}&year=${YEAR}&groupBy=coordinator`;
  const { groups } = (await state.admin.get(url)).json() as { groups: Group[] };
  return groups.find((group) => group.key === key)?.planningYears;
}

test('a school that somebody coaches twice, by its district and itself, counts once', async () => {
  expect(await yearsOf(both)).toBe(4);
  expect(await yearsOf('')).toBe(1);
});

test('who coaches is told from their first day to their last', async () => {
  const program = state.ctx.programs.get(PROGRAM)!;
  const held = async (fromOn: string, toOn: string | null) => {
    const table = state.ctx.db.updateTable('assignments').where('personId', '=', both);
    await table.set({ fromOn, toOn }).execute();
    const people = await coachesOn(state.ctx.db, program, TODAY, null);
    return people.some(({ id }) => id === both);
  };
  expect(await held('2026-11-11', null)).toBe(false);
  expect(await held('2026-11-10', null)).toBe(true);
  expect(await held('2026-10-01', '2026-11-10')).toBe(true);
  expect(await held('2026-10-01', '2026-11-09')).toBe(false);
});
