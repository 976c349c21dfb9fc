import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Client, type TestApp, testApp } from '../support/app.ts';
import { openTestYears } from '../support/years.ts';

/**
 * A principal's eight late items: what October to January expected, and the one deadline among them,
 * the rubric that was due on January 31.
 */
const LATE = {
  'oct-1/principal/2': 'Book a time with the assigned coordinator',
  'nov-1/principal/1': 'Watch Learning Series 1',
  'nov-4/principal/2': 'Name the SLT together with the district and the coordinator',
  'nov-4/principal/3': 'Get ready to facilitate the IQFSR together with the district',
  'nov-5/principal/1': 'Set the first meetings with the vendor',
  'dec-6/principal/1': 'Watch Learning Series 2',
  'jan-1/principal/1':
    'Meet with the coordinator about the needs assessment, the capacity of teacher leaders and, except in CPS schools, the IQFSR',
  'jan-1/principal/2': 'Enter the IQFSR results in IWAS',
};

/** What the principal has done by then; a meeting counts for everybody who was there. */
const DONE = ['oct-1/principal/1', 'nov-3/principal/1', 'nov-4/principal/1', 'dec-1/principal/1'];

/** The first mail day of a month, and the day on which the deadline reaches the coordinator. */
const DAYS = ['2027-02-01', '2027-02-03'];

const SCHOOL = '98-901-0010-26-0000';

let app: TestApp;
let ids: Map<string, string>;
beforeAll(async () => {
  app = await testApp({ now: '2026-10-15T08:00:00-05:00' });
  const [year] = await openTestYears(app.ctx, 1);
  for (const role of ['principal', 'coordinator']) await somebody(role);
  const list = await app.admin.get(`/v1/tasks?planningYear=${year}&role=principal&limit=200`);
  const tasks: { id: string; sources: string[] }[] = list.json().data;
  ids = new Map(tasks.map(({ id, sources }) => [sources[0]!, id]));
  app.clock.set('2026-12-18T15:00:00-06:00');
  const principal = app.as(await app.keyFor({ role: 'principal', scope: { schools: [SCHOOL] } }));
  for (const key of DONE) await complete(principal, key);
  app.clock.set('2027-02-01T05:00:00-06:00');
});
afterAll(() => app.close());

async function somebody(role: string): Promise<void> {
  const person = { name: role, email: `${role}@example.org` };
  const { id } = (await app.admin.post('/v1/people', person)).json();
  const organization = { kind: 'school', code: SCHOOL };
  const given = { person: id, program: 'isbe-comprehensive', role, organization };
  const reply = await app.admin.post('/v1/assignments', { ...given, from: '2026-10-01' });
  expect(reply.statusCode).toBe(201);
}

async function complete(by: Client, key: string): Promise<void> {
  const reply = await by.post(`/v1/tasks/${ids.get(key)}/complete`, {}, { 'if-match': '*' });
  expect([key, reply.statusCode]).toEqual([key, 200]);
}

interface Mail {
  recipient: { name: string };
  on: string;
  text: string;
  html: string;
  items: { task: string | null; title: string; role: string; dueOn: string | null }[];
}

describe('a school whose principal is eight items late', () => {
  test.each(DAYS)(
    'has all eight, and no ninth, in the emails of %s to principal and coordinator',
    async (on) => {
      const url = `/v1/reminders/preview?from=${on}&to=${on}&limit=100`;
      const mails: Mail[] = (await app.admin.get(url)).json().data;
      for (const role of ['principal', 'coordinator']) {
        const told = mails.filter(({ recipient }) => recipient.name === role);
        expect([role, told.length]).toEqual([role, 1]);
        const { text, html, items } = told[0]!;
        for (const [key, title] of Object.entries(LATE)) {
          const id = ids.get(key);
          // Told in one place each, with its title and a link to it.
          expect(items.filter(({ task }) => task === id).map((item) => item.title)).toEqual([
            title,
          ]);
          expect(text.replaceAll(/\s+/g, ' ')).toContain(title);
          expect(text).toMatch(new RegExp(`/tasks/${id}\\s`));
          expect(html).toContain(`/tasks/${id}"`);
        }
        const late = items.filter(
          ({ dueOn, role: whose }) => whose === 'Principal' && dueOn !== null && dueOn < on,
        );
        expect(new Set(late.map(({ task }) => task))).toEqual(
          new Set(Object.keys(LATE).map((key) => ids.get(key))),
        );
      }
    },
  );
});
