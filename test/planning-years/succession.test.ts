import { expect, test } from '@jest/globals';
import { openWhatFollows } from '../../src/planning-years/succession.ts';
import { loadPrograms } from '../../src/programs/load.ts';
import type { Program } from '../../src/programs/programs.ts';
import { testApp } from '../support/app.ts';

const SCHOOL = '98-901-0010-26-0001';

/** Two programs in a row, made of one: the second begins where the first is over. */
async function inARow() {
  const [first] = (await loadPrograms()).all;
  if (!first) throw new Error('There is no program.');
  const program = (id: string, followedBy?: string): Program => ({
    id,
    machines: first.machines,
    pack: {
      ...first.pack,
      program: { ...first.pack.program, id, ...(followedBy && { followedBy }) },
    },
  });
  const all = [program('first', 'second'), program('second')];
  return { all, get: (id: string) => all.find((each) => each.id === id) };
}

test('the next year of the lifecycle opens when one is over, once', async () => {
  const api = await testApp({ now: '2026-10-15T15:00:00Z', programs: await inARow() });
  const { admin, ctx } = api;
  await admin.csv(
    '/v1/imports/schools?program=first',
    `rcdts,school_name,district_name,city,county,school_type,grades_served,enrollment\n${SCHOOL},S,D,T,C,H,9,1`,
  );
  const body = { program: 'first', year: '2026-27', school: SCHOOL, designation: 'Comprehensive' };
  expect(
    (await admin.post('/v1/planning-years', { ...body, releasedOn: '2026-10-15' })).statusCode,
  ).toBe(201);
  expect(await openWhatFollows(ctx)).toBe(0);

  api.clock.set('2027-08-01T12:00:00Z');
  await admin.get('/v1/planning-years');
  expect(await openWhatFollows(ctx)).toBe(1);
  expect(await openWhatFollows(ctx)).toBe(0);
  const { data } = (await admin.get('/v1/planning-years?program=second')).json();
  expect(data).toEqual([
    expect.objectContaining({ year: '2027-28', school: SCHOOL, designation: 'Comprehensive' }),
  ]);
  await api.close();
});
