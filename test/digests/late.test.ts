import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { scan } from '../../src/reminders/scan.ts';
import { sendMails } from '../../src/reminders/send.ts';
import { type TestApp, testApp } from '../support/app.ts';
import { openTestYears } from '../support/years.ts';

const PROGRAM = 'isbe-comprehensive';
const SCHOOL = '98-901-0010-26-0000';
const TODAY = '2026-12-01';

let app: TestApp;
let year: string;
let late: { id: string; title: string }[];
beforeAll(async () => {
  app = await testApp({ now: '2026-10-15T08:00:00-05:00' });
  [year] = (await openTestYears(app.ctx, 1)) as [string];
  await person('Pat', 'principal');
  await person('Cora', 'coordinator');
  await person('Vera', 'isbe', { kind: 'state', code: 'ISBE' });
  app.clock.set(`${TODAY}T08:00:00-06:00`);
  const list = `/v1/tasks?planningYear=${year}&role=principal&overdue=true&limit=100`;
  late = (await app.admin.get(list)).json().data;
});
afterAll(() => app.close());

async function person(name: string, role: string, organization?: { kind: string; code: string }) {
  const email = `${name.toLowerCase()}@example.org`;
  const { id } = (await app.admin.post('/v1/people', { name, email })).json();
  const reply = await app.admin.post('/v1/assignments', {
    ...{ person: id, program: PROGRAM, role, from: '2026-10-01' },
    organization: organization ?? { kind: 'school', code: SCHOOL },
  });
  expect(reply.statusCode).toBe(201);
}

interface Item {
  section: string;
  task: string | null;
  role: string;
  title: string;
  waitsOn?: { role: string; task: string | null; title: string }[];
}
interface Mail {
  recipient: { name: string };
  subject: string;
  text: string;
  html: string;
  items: Item[];
}

async function preview(on: string): Promise<(name: string) => Mail> {
  const reply = await app.admin.get(`/v1/reminders/preview?from=${on}&to=${on}&limit=100`);
  expect(reply.statusCode).toBe(200);
  const mails: Mail[] = reply.json().data;
  return (name) => mails.find(({ recipient }) => recipient.name === name)!;
}

describe('a school whose principal is eight items late', () => {
  test('has all eight in the principal’s and in the coordinator’s email, named and linked', async () => {
    expect(late).toHaveLength(8);
    const of = await preview(TODAY);
    for (const name of ['Pat', 'Cora']) {
      const { text, html, items } = of(name);
      for (const { id, title } of late) {
        expect(text).toContain(`- ${title}`);
        expect(text).toContain(`/tasks/${id}\n`);
        expect(html).toContain(`/tasks/${id}"`);
        expect(items.filter(({ task }) => task === id)).toHaveLength(1);
      }
    }
    expect(of('Pat').subject).toBe(`8 late: Example ${SCHOOL}`);
    expect(of('Cora').text).toContain('  - Principal, 8 late:\n');
    const principals = of('Cora').items.filter(({ role }) => role === 'Principal');
    expect(principals.filter(({ section }) => section === 'late')).toHaveLength(8);
  });

  test('puts first what others wait for, and names on whom the rest waits', async () => {
    const { text, items } = (await preview(TODAY))('Pat');
    const first = items.filter(({ section }) => section === 'waitingOnYou');
    expect(first.map(({ title }) => title)).toContain(
      'Get ready to facilitate the IQFSR together with the district',
    );
    expect(items.slice(0, first.length)).toEqual(first);
    expect(text).toContain(
      'holds up District staff: Facilitate the IQFSR together with the principal\n',
    );
    const waiting = items.filter(({ section }) => section === 'waiting');
    expect(waiting.length).toBeGreaterThan(0);
    for (const { waitsOn } of waiting)
      for (const { role, task, title } of waitsOn!) {
        expect(text).toContain(`${title}\n      http://localhost:3000/tasks/${task}\n`);
        expect(role).toMatch(/District staff|Needs assessment vendor|Principal/);
      }
  });

  test('tells the state which dates nobody has set, each task once, with what sets them', async () => {
    const { text, items } = (await preview('2027-01-04'))('Vera');
    const unset = items.filter(({ section }) => section === 'unset');
    const conference = unset.filter(({ title }) => title === 'Attend the conference');
    expect(conference.map(({ role }) => role)).toEqual([
      ...['District staff', 'Principal', 'School leadership team'],
    ]);
    expect(new Set(unset.map(({ task }) => task)).size).toBe(unset.length);
    expect(text).toContain(`  - Attend the conference (Principal)
    Set this year’s date under parameters: Annual ESSA Conference; at Example ${SCHOOL}
`);
    expect(text).not.toContain('Principal, ');
  });

  test('sends what it previews, to the letter', async () => {
    const of = await preview(TODAY);
    await scan(app.ctx);
    const ids = app.jobs
      .filter(({ name }) => name === 'send-mails')
      .flatMap(({ payload }) => (payload as { messageIds: string[] }).messageIds);
    await sendMails(app.ctx, ids);
    expect(app.mails.map(({ to }) => to.name).sort()).toEqual(
      expect.arrayContaining(['Cora', 'Pat']),
    );
    for (const { to, subject, text } of app.mails) {
      const { subject: told, text: words } = of(to.name);
      expect({ subject, text }).toEqual({ subject: told, text: words });
    }
  });
});
