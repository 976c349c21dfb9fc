import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { newId } from '../../src/ids.ts';
import { selectAssignments, selectTasks, selectYears } from '../../src/reminders/read.ts';
import { recipientsOn } from '../../src/reminders/recipients.ts';
import { expectProblem } from '../http/problem.ts';
import { csvOf, directoryFile } from '../schools/directory-file.ts';
import { type TestApp, testApp } from '../support/app.ts';

let app: TestApp;
let person: string;
let years: { id: string; school: string }[];
const program = 'isbe-comprehensive';
const TODAY = '2026-11-10';
const schools = directoryFile(4, 2).map(([code]) => code!);
const [first] = schools as [string];
const districts = schools.slice(0, 2).map((code) => code.slice(0, 14));
const UNREACHED = '/v1/reminders/unreached';

beforeAll(async () => {
  app = await testApp({ now: `${TODAY}T15:00:00Z` });
  await app.admin.csv('/v1/imports/schools', csvOf(directoryFile(4, 2)));
  const designations = schools.map((code) => `${code},Comprehensive,2026-10-15,yes,`);
  const opened = await app.admin.csv(
    '/v1/imports/designations',
    [
      'rcdts,designation,released_on,newly_designated,resource_allocation_review',
      ...designations,
    ].join('\n'),
  );
  years = opened.json().planningYears.map(({ school, planningYear }: Record<string, string>) => ({
    school,
    id: planningYear,
  }));
  const added = await app.admin.post('/v1/people', { name: 'A', email: 'a@example.org' });
  person = added.json().id;
});
afterAll(() => app.close());

interface Row {
  planningYear: string;
  school: string | null;
  role: string;
}

const list = async (query = '', client = app.admin): Promise<Row[]> => {
  const reply = await client.get(`${UNREACHED}${query}`);
  expect([reply.statusCode, reply.body]).toEqual([200, expect.any(String)]);
  return reply.json().data;
};

interface Given {
  role: string;
  organizationKind: 'state' | 'district' | 'school';
  organizationCode: string;
  fromOn: string;
  toOn: string | null;
}

async function assignOnly(given: Given[]): Promise<void> {
  await app.ctx.db.deleteFrom('assignments').execute();
  if (given.length > 0)
    await app.ctx.db
      .insertInto('assignments')
      .values(
        given.map((each) => ({
          ...{ id: newId(app.clock.now()), personId: person, program, demo: false, version: 1 },
          ...each,
        })),
      )
      .onConflict((conflict) => conflict.doNothing())
      .execute();
}

test('a school that nobody looks after is listed with what waits', async () => {
  await assignOnly([]);
  const late = await app.ctx.db
    .updateTable('tasks')
    .set({ dueOn: '2026-11-09' })
    .where('taskKey', '=', 'nov-4/principal/1')
    .where('status', '=', 'open')
    .execute();
  expect(late[0]!.numUpdatedRows).toBe(4n);
  const row = (await list()).find(({ school, role }) => school === first && role === 'principal');
  const tasks = async (status: string) =>
    (
      await app.admin.get(`/v1/tasks?school=${first}&role=principal&status=${status}&limit=1000`)
    ).json().data as { dueOn: string | null }[];
  const [open, blocked] = [await tasks('open'), await tasks('blocked')];
  const ahead = [...open, ...blocked]
    .flatMap(({ dueOn }) => (dueOn !== null && dueOn >= TODAY ? [dueOn] : []))
    .sort();
  expect(ahead.length).toBeGreaterThan(3);
  expect(row).toEqual({
    planningYear: years.find(({ school }) => school === first)!.id,
    school: first,
    name: directoryFile(4, 2)[0]![1],
    district: { code: districts[0], name: 'District 0' },
    role: 'principal',
    roleTitle: 'Principal',
    suppressed: [],
    tasks: open.length,
    nextDueOn: ahead[0],
  });
});

test('it leaves the list on the day on which somebody begins, and comes back when nobody is left', async () => {
  const principal = { role: 'principal', organizationKind: 'school', organizationCode: first };
  const listedOn = async (fromOn: string, toOn: string | null) => {
    await assignOnly([{ ...principal, organizationKind: 'school', fromOn, toOn }]);
    return (await list()).some(({ school, role }) => school === first && role === 'principal');
  };
  expect(await listedOn('2026-11-11', null)).toBe(true);
  expect(await listedOn('2026-11-10', null)).toBe(false);
  expect(await listedOn('2026-10-01', '2026-11-10')).toBe(false);
  expect(await listedOn('2026-10-01', '2026-11-09')).toBe(true);
});

describe('the list', () => {
  test('is filtered by district and program, and read in pages', async () => {
    await assignOnly([]);
    const all = await list();
    expect(all.length).toBeGreaterThan(12);
    const ofDistrict = all.filter(({ school }) => school!.startsWith(districts[1]!));
    expect(ofDistrict.length).toBeGreaterThan(5);
    expect(await list(`?district=${districts[1]}`)).toEqual(ofDistrict);
    expect(await list(`?program=${program}`)).toEqual(all);
    expect(await list('?program=another')).toEqual([]);
    const paged: Row[] = [];
    for (let cursor: string | null = ''; cursor !== null; ) {
      const page: { data: Row[]; nextCursor: string | null } = (
        await app.admin.get(`${UNREACHED}?limit=3${cursor && `&cursor=${cursor}`}`)
      ).json();
      paged.push(...page.data);
      cursor = page.nextCursor;
    }
    expect(paged).toEqual(all);
  });

  test('shows a coordinator the schools of the key, and a principal nothing', async () => {
    await assignOnly([]);
    const all = await list();
    const coach = app.as(await app.keyFor({ scope: { schools: [first] } }));
    const seen = await list('', coach);
    expect(seen).toEqual(all.filter(({ school }) => school === first));
    expect(seen.length).toBeGreaterThan(0);
    const principal = app.as(await app.keyFor({ role: 'principal' }));
    expectProblem(await principal.get(UNREACHED), 403);
    expectProblem(await app.admin.get(`${UNREACHED}?district=`), 400);
  });

  test('names those whom the reminders find nobody for, whoever is assigned', async () => {
    await makeUnusual();
    const { db } = app.ctx;
    const all = await selectYears(db).execute();
    const tasks = await selectTasks(db).where('t.status', 'in', ['open', 'blocked']).execute();
    const roles = [...new Set(tasks.map(({ role }) => role))];
    const places = [
      ['state', 'ISBE'],
      ...districts.map((code) => ['district', code]),
      ...schools.map((code) => ['school', code]),
    ] as [Given['organizationKind'], string][];
    const assignment = fc
      .record({
        role: fc.constantFrom(...roles),
        place: fc.constantFrom(...places),
        fromOn: fc.constantFrom('2026-10-01', TODAY, '2026-11-11'),
        toOn: fc.constantFrom(null, TODAY, '2026-11-09', '2027-06-30'),
      })
      .filter(({ fromOn, toOn }) => toOn === null || fromOn <= toOn)
      .map(({ place: [organizationKind, organizationCode], ...given }) => ({
        ...{ organizationKind, organizationCode },
        ...given,
      }));
    const lengths = new Set<number>();
    await fc.assert(
      fc.asyncProperty(fc.array(assignment, { maxLength: 12 }), async (given) => {
        await assignOnly(given);
        const recipients = recipientsOn(TODAY, await selectAssignments(db).execute());
        const expected = all
          .filter(({ status }) => status === 'active')
          .flatMap((year) =>
            [...new Set(tasks.filter((t) => t.planningYearId === year.id).map((t) => t.role))]
              .filter((role) => recipients(year, role).length === 0)
              .map((role) => `${year.id} ${role}`),
          );
        const rows = await list();
        expect(rows.map((row) => `${row.planningYear} ${row.role}`).sort()).toEqual(
          expected.sort(),
        );
        lengths.add(rows.length);
      }),
      { numRuns: 60 },
    );
    expect(lengths.size).toBeGreaterThan(5);
  });
});

/** A district's run, a withdrawn year, a role with nothing left to do, and one that has to wait. */
async function makeUnusual(): Promise<void> {
  const { db } = app.ctx;
  const [run, withdrawn, idle] = years.map(({ id }) => id) as [string, string, string];
  await db
    .updateTable('planningYears')
    .set({ organizationKind: 'district', organizationCode: districts[0]! })
    .where('id', '=', run)
    .execute();
  await db
    .updateTable('planningYears')
    .set({ status: 'withdrawn' })
    .where('id', '=', withdrawn)
    .execute();
  await db
    .updateTable('tasks')
    .set({ status: 'done' })
    .where('planningYearId', '=', idle)
    .where('role', '=', 'principal')
    .execute();
  await db
    .updateTable('tasks')
    .set({ status: 'blocked' })
    .where('planningYearId', '=', idle)
    .where('role', '=', 'slt')
    .execute();
  await assignOnly([]);
  const rows = await list();
  const waiting = rows.find(({ planningYear, role }) => planningYear === idle && role === 'slt');
  expect(waiting).toMatchObject({ tasks: 0 });
  expect(rows.find(({ planningYear }) => planningYear === run)).toMatchObject({ school: null });
  expect(rows.some(({ planningYear }) => planningYear === withdrawn)).toBe(false);
  const left = rows.filter(({ planningYear }) => planningYear === idle).map(({ role }) => role);
  expect(left).not.toContain('principal');
  expect(left).toContain('coordinator');
}
