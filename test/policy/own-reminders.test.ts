import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { addDays } from '../../src/reminders/days.ts';
import { scan } from '../../src/reminders/scan.ts';
import { sendMails } from '../../src/reminders/send.ts';
import { expectProblem } from '../http/problem.ts';
import { heldQueue } from '../reminders/support/world.ts';
import { type TestApp, testApp } from '../support/app.ts';
import { sessionOf } from '../support/session.ts';
import { DISTRICT, openTestYears } from '../support/years.ts';

/** Everybody sees the own mails, whole and to the letter; coordinators those of their schools, too. */

const TODAY = '2026-11-23';
const LAST = '2027-01-08';
const PREVIEW = `/v1/reminders/preview?from=${TODAY}&to=${LAST}&limit=1000`;
const OWN = ['Anna', 'Bert', 'Dora', 'Theo', 'Vera', 'Paul'];

interface Mail {
  recipient: { id: string };
  on: string;
  subject: string;
  text: string;
  html: string;
  items: { planningYear: string }[];
}

let app: TestApp;
let years: string[];
const queue = heldQueue();
const people: Record<string, string> = {};

beforeAll(async () => {
  app = await testApp({ now: '2026-10-15T15:00:00Z', queue: queue.queue });
  years = await openTestYears(app.ctx, 3);
  const school = (n: number) => ({ kind: 'school', code: `${DISTRICT}-000${n}` });
  const vendor = { kind: 'vendor', code: 'V-1' };
  await app.admin.post('/v1/vendors', { code: 'V-1', name: 'Partners' });
  await app.admin.post('/v1/contracts', {
    ...{ vendor: 'V-1', planningYear: years[0], proposedOn: '2026-11-01', to: '2026-12-31' },
  });
  for (const [name, role, organization, from] of [
    ['Anna', 'principal', school(0), '2026-10-01'],
    ['Bert', 'slt', school(1), '2026-10-01'],
    ['Bert', 'principal', school(1), '2026-12-01'],
    ['Dora', 'district', { kind: 'district', code: DISTRICT }, '2026-10-01'],
    ['Theo', 'slt', school(0), '2026-10-01'],
    ['Vera', 'vendor', vendor, '2026-10-01'],
    ['Paul', 'principal', school(2), '2026-10-01'],
    ['Paul', 'coordinator', school(1), '2026-10-01'],
    ['Carla', 'coordinator', { kind: 'district', code: DISTRICT }, '2026-10-01'],
  ] as const) {
    const reply = await app.admin.post('/v1/assignments', {
      person: { name, email: `${name.toLowerCase()}@example.org` },
      program: app.ctx.programs.all[0]!.id,
      ...{ role, organization, from },
    });
    people[name] = reply.json().person;
  }
  await playDay(addDays(TODAY, -1));
  app.clock.set(`${TODAY}T15:00:00Z`);
});
afterAll(() => app.close());

async function playDay(day: string): Promise<void> {
  app.clock.set(`${day}T15:00:00Z`);
  await scan(app.ctx);
  await sendMails(app.ctx, queue.take());
}

const signedIn = (name: string) => sessionOf(app.ctx, people[name]!);

async function read<T>(name: string, url: string): Promise<T[]> {
  const reply = await app.as(null).get(url, await signedIn(name));
  expect([reply.statusCode, reply.body]).toEqual([200, expect.any(String)]);
  return reply.json().data;
}

const recipients = (rows: { recipient: { id: string } | null }[]) =>
  [...new Set(rows.map(({ recipient }) => recipient?.id ?? null))].sort();

const ahead: Record<string, Mail[]> = {};

describe('a preview', () => {
  test('shows local staff, principals, teams and vendors their own mails, and no others', async () => {
    for (const name of OWN) ahead[name] = await read<Mail>(name, PREVIEW);
    for (const name of OWN.filter((name) => name !== 'Paul')) {
      expect({ name, to: recipients(ahead[name]!) }).toEqual({ name, to: [people[name]] });
      expect(ahead[name]!.length).toBeGreaterThan(1);
    }
    expect(ahead.Vera!.every(({ on }) => on <= '2026-12-31')).toBe(true);
  });

  test('shows a principal who coaches elsewhere the mails of others there alone', async () => {
    const others = ahead.Paul!.filter(({ recipient }) => recipient.id !== people.Paul);
    expect(recipients(others)).toEqual([people.Bert, people.Carla, people.Dora].sort());
    const spokenOf = others.flatMap(({ items }) => items.map(({ planningYear }) => planningYear));
    expect([...new Set(spokenOf)]).toEqual([years[1]]);
    const own = ahead.Paul!.filter(({ recipient }) => recipient.id === people.Paul);
    const mine = own.flatMap(({ items }) => items.map(({ planningYear }) => planningYear));
    expect([...new Set(mine)].sort()).toEqual([years[1], years[2]].sort());
  });

  test('shows a coordinator everybody’s at the own schools', async () => {
    expect(recipients(await read('Carla', PREVIEW))).toEqual(Object.values(people).sort());
  });

  test('has nothing for a program, which gets no mail', async () => {
    const scope = { schools: [`${DISTRICT}-0000`] };
    const key = app.as(await app.keyFor({ role: 'principal', scope }));
    expectProblem(await key.get(PREVIEW), 403, 'forbidden');
  });

  test('is what each of them is then sent, to the letter', async () => {
    app.mails.length = 0;
    for (let day = TODAY; day <= LAST; day = addDays(day, 1)) await playDay(day);
    const letters = (mails: { on: string; subject: string; text: string; html: string }[]) =>
      mails.map(({ on, subject, text, html }) => ({ on, subject, text, html })).sort(byDay);
    for (const name of OWN) {
      const own = ahead[name]!.filter(({ recipient }) => recipient.id === people[name]);
      const sent = app.mails
        .filter(({ to }) => to.address === `${name.toLowerCase()}@example.org`)
        .map((mail) => ({ ...mail, on: mail.date.toISOString().slice(0, 10) }));
      expect(letters(own)).toEqual(letters(sent as never));
    }
  });
});

const byDay = (a: { on: string; subject: string }, b: { on: string; subject: string }) =>
  `${a.on} ${a.subject}` < `${b.on} ${b.subject}` ? -1 : 1;

interface Reminder {
  id: string;
  planningYear: string;
  status: string;
  recipient: { id: string } | null;
}

describe('the ledger', () => {
  test('tells each of the own reminders, a coordinator of everybody’s', async () => {
    for (const name of ['Anna', 'Dora', 'Theo'])
      expect(recipients(await read<Reminder>(name, '/v1/reminders?limit=1000'))).toEqual([
        people[name],
      ]);
    const told = recipients(await read<Reminder>('Carla', '/v1/reminders?limit=1000'));
    expect(told).toEqual(expect.arrayContaining([people.Anna, people.Bert, people.Theo]));
  });

  test('shows the words of a mail to whoever may read all that it speaks of', async () => {
    const wordsOf = async (name: string, id: string) =>
      (await app.as(null).get(`/v1/reminders/${id}`, await signedIn(name))).json().message.text;
    const sent = await read<Reminder>('Carla', '/v1/reminders?status=sent&limit=1000');
    const coached = (await read<Reminder>('Paul', '/v1/reminders?status=sent&limit=1000')).filter(
      ({ planningYear, recipient }) => planningYear === years[1] && recipient?.id === people.Dora,
    );
    expect(coached.length).toBeGreaterThan(0);
    for (const { id } of coached) {
      expect(await wordsOf('Dora', id)).toMatch(/\w/);
      expect(await wordsOf('Carla', id)).toMatch(/\w/);
      // Dora's mails speak of the whole district, of which Paul coaches one school.
      expect(await wordsOf('Paul', id)).toBeNull();
    }
    const own = sent.filter(({ recipient }) => recipient?.id === people.Anna);
    expect(await wordsOf('Anna', own[0]!.id)).toMatch(/\w/);
  });

  test('lets everybody have the own reminders once more, and nobody else’s', async () => {
    const resend = async (name: string, reminder: Reminder) =>
      app.as(null).post(`/v1/reminders/${reminder.id}/resend`, undefined, await signedIn(name));
    const all = await read<Reminder>('Carla', '/v1/reminders?status=sent&limit=1000');
    const lastOf = (name: string) => all.filter(({ recipient }) => recipient?.id === people[name]);
    for (const name of ['Anna', 'Dora', 'Theo']) {
      // What no longer matters is refused with a reason, so the latest that does is looked for.
      const replies = [];
      for (const reminder of lastOf(name)) {
        const reply = await resend(name, reminder);
        replies.push(reply.statusCode);
        if (reply.statusCode === 202) break;
      }
      expect({ name, last: replies.at(-1) }).toEqual({ name, last: 202 });
    }
    app.mails.length = 0;
    await sendMails(app.ctx, queue.take());
    expect(app.mails.map(({ to }) => to.name).sort()).toEqual(['Anna', 'Dora', 'Theo']);
    expectProblem(await resend('Anna', lastOf('Theo')[0]!), 403, 'forbidden');
    expectProblem(await resend('Anna', lastOf('Bert')[0]!), 404);
  });
});
