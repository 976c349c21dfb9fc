import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { StaleVersionError } from '../../src/errors.ts';
import { bootstrap } from '../../src/http/authenticate.ts';
import { setParameters } from '../../src/planning-years/parameters.ts';
import { type TestApp, testApp } from '../support/app.ts';
import { DISTRICT, openTestYears } from '../support/years.ts';

/** Dates of a district and of the program, and who sets them while others do. */

let app: TestApp;
let year: string;
beforeAll(async () => {
  app = await testApp();
  [year] = (await openTestYears(app.ctx, 2)) as [string];
});
afterAll(() => app.close());

const OF_PROGRAM = '/v1/programs/isbe-comprehensive';
const put = (body: object) =>
  app.app.inject({
    method: 'PUT',
    url: `${OF_PROGRAM}/years/2026-27/parameters`,
    headers: { authorization: `Bearer ${app.adminKey}`, 'if-match': '*' },
    payload: body,
  });

const dated = async (of: string) => {
  const { data } = (await app.admin.get(`/v1/tasks?planningYear=${of}&limit=1000`)).json();
  return new Map<string, string | null>(
    data.map(({ id, dueOn }: { id: string; dueOn: string | null }) => [id, dueOn]),
  );
};
/** The tasks that have that date now, and had not before. */
const moved = (before: Map<string, string | null>, after: Map<string, string | null>, to: string) =>
  [...after].flatMap(([id, dueOn]) => (dueOn === to && before.get(id) !== to ? [id] : []));

test('a district’s own date is its schools’, and what it has not set is the program’s', async () => {
  await put({ program: { boardMeetingSip: '2027-07-20' } });
  const before = await dated(year);
  await put({
    program: { boardMeetingSip: '2027-07-20' },
    districts: { [DISTRICT]: { boardMeetingSip: '2027-07-22' } },
  });
  const own = moved(before, await dated(year), '2027-07-22');
  expect(own.length).toBeGreaterThan(0);
  await put({ program: { boardMeetingSip: '2027-07-20' } });
  expect(await dated(year)).toEqual(before);
});

test('an extension outlasts a new date, and a year that is withdrawn keeps its dates', async () => {
  await put({});
  const unset = await dated(year);
  await put({ program: { planningGrantDue: '2027-02-10' } });
  const [task, ...others] = moved(unset, await dated(year), '2027-02-10');
  const body = { dueOn: '2027-03-01', reason: 'Flood.' };
  const any = { 'if-match': '*' };
  expect((await app.admin.post(`/v1/tasks/${task}/extend`, body, any)).statusCode).toBe(200);
  await put({ program: { planningGrantDue: '2027-02-12' } });
  const later = await dated(year);
  expect(later.get(task!)).toBe('2027-03-01');
  for (const other of others) expect(later.get(other)).toBe('2027-02-12');

  const withdraw = { type: 'withdraw', data: { reason: 'Appealed.' } };
  await app.admin.post(`/v1/planning-years/${year}/events`, withdraw, any);
  await put({ program: { planningGrantDue: '2027-02-15' } });
  expect(await dated(year)).toEqual(later);
});

test('two that set the same version: one does, and is noted, and the other is told', async () => {
  const { version } = (await app.admin.get(`${OF_PROGRAM}/years/2026-27/parameters`)).json();
  const set = () =>
    app.ctx.db
      .transaction()
      .execute((trx) =>
        setParameters(
          app.ctx,
          trx,
          'isbe-comprehensive',
          '2026-27',
          { program: { planningGrantDue: '2027-02-18' }, districts: {} },
          bootstrap,
          version,
        ),
      );
  expect((await set()).version).toBe(version + 1);
  await expect(set()).rejects.toThrow(StaleVersionError);
  const noted = await app.ctx.db
    .selectFrom('yearParameterChanges')
    .select(['version', 'actor'])
    .where('version', '>', version)
    .execute();
  expect(noted).toEqual([
    { version: version + 1, actor: { id: bootstrap.id, role: 'administrator' } },
  ]);
});
