import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { bootstrap } from '../../src/http/authenticate.ts';
import { coveredYears } from '../../src/jobs/covered.ts';
import { loadPrograms } from '../../src/programs/load.ts';
import { type TestApp, testApp } from '../support/app.ts';

const SCHOOL = '98-901-0010-26-0001';

let app: TestApp;
beforeAll(async () => {
  const [first] = (await loadPrograms()).all;
  const all = ['first', 'second'].map((id) => ({
    ...{ id, machines: first!.machines },
    pack: { ...first!.pack, program: { ...first!.pack.program, id } },
  }));
  const programs = { all, get: (id: string) => all.find((each) => each.id === id) };
  app = await testApp({ now: '2026-10-15T15:00:00Z', programs });
  const header = 'rcdts,school_name,district_name,city,county,school_type,grades_served,enrollment';
  const row = `${SCHOOL},S,D,T,C,H,9,1`;
  await app.admin.csv('/v1/imports/schools?program=first', `${header}\n${row}`);
});
afterAll(() => app.close());

test('an act covers the years of its own program', async () => {
  const opened = [];
  for (const program of ['first', 'second']) {
    const reply = await app.admin.post('/v1/planning-years', {
      ...{ program, year: '2026-27', school: SCHOOL, designation: 'Comprehensive' },
      ...{ releasedOn: '2026-10-15' },
    });
    opened.push(reply.json().id);
  }
  const covered = await coveredYears(
    app.ctx.db,
    {
      ...{ kind: 'event', program: 'second', year: '2026-27' },
      command: { kind: 'event', type: 'stakeholderGroup.named' },
    },
    bootstrap,
  );
  expect(covered.map(({ id }) => id)).toEqual([opened[1]]);
});
