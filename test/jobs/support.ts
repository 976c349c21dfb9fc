import { type Client, type TestApp, testApp } from '../support/app.ts';

export const DISTRICT = '98-901-0010-26';
export const OTHER = '98-902-0020-04';
export const YEAR = '/v1/programs/isbe-comprehensive/years/2026-27';
export const codes = [
  ...Array.from({ length: 4 }, (_, n) => `${DISTRICT}-${String(n).padStart(4, '0')}`),
  ...Array.from({ length: 3 }, (_, n) => `${OTHER}-${String(n).padStart(4, '0')}`),
];

export interface Wide extends TestApp {
  /** Planning years by school. */
  years: Map<string, string>;
  /** Everything that an act could change, as one text. */
  everything(): Promise<string>;
}

/** Seven schools of two districts on the day of their designation. */
export async function wide(): Promise<Wide> {
  const api = await testApp({ now: '2026-10-15T15:00:00Z' });
  const rows = codes.map((code) => `${code},S ${code},D ${code.slice(0, 14)},T,C,High School,9,1`);
  const header = 'rcdts,school_name,district_name,city,county,school_type,grades_served,enrollment';
  await api.admin.csv('/v1/imports/schools', [header, ...rows].join('\n'));
  const columns = 'rcdts,designation,released_on,newly_designated,resource_allocation_review';
  const designations = codes.map((code) => `${code},Comprehensive,2026-10-15,no,`);
  const { planningYears } = (
    await api.admin.csv('/v1/imports/designations', [columns, ...designations].join('\n'))
  ).json();
  const years = new Map<string, string>(
    planningYears.map((one: { school: string; planningYear: string }) => [
      one.school,
      one.planningYear,
    ]),
  );
  const everything = async () => {
    const { db } = api.ctx;
    const tables = [
      'planningYears',
      'tasks',
      'logEntries',
      'jobs',
      'jobItems',
      'reminders',
    ] as const;
    const all = [];
    for (const table of tables)
      all.push((await db.selectFrom(table).selectAll().execute()).map(texted).sort());
    return JSON.stringify(all);
  };
  return { ...api, years, everything };
}

const texted = (row: object) => JSON.stringify(row);

/** The ids of a calendar's task at each school that `client` sees. */
export async function tasksOf(client: Client, role: string, title: RegExp) {
  const { data } = (await client.get(`/v1/tasks?role=${role}&limit=1000`)).json();
  return (data as { id: string; title: string; school: string; status: string; version: number }[])
    .filter((task) => title.test(task.title))
    .toSorted((a, b) => a.school.localeCompare(b.school));
}
