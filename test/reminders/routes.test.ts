import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { suppress } from '../../src/delivery/suppressions.ts';
import { scan } from '../../src/reminders/scan.ts';
import { sendMails } from '../../src/reminders/send.ts';
import { type TestApp, testApp } from '../support/app.ts';
import { fixtures, programs } from './support/world.ts';

let app: TestApp;
let ada: string;
let firstYear: string;

beforeAll(async () => {
  app = await testApp({ programs, now: '2028-01-17T08:00:00-06:00' });
  const add = fixtures(app.ctx.db);
  ada = await add.person('Ada Example', { email: 'ada@example.org' });
  for (const [code, name] of [
    ['001-0001', 'Oak High School'],
    ['002-0001', 'Elm High School'],
  ] as const) {
    const year = await add.school(code, name);
    firstYear ??= year;
    await add.assign(ada, 'principal', 'school', code);
    await add.task(year, 'jan-1/principal/1');
    await add.task(year, 'jan-1/district/1', { dueOn: '2028-01-20' });
  }
});
afterAll(() => app.close());

const occasions = (body: { data: { occasion: string }[] }) =>
  body.data.map(({ occasion }) => occasion);

describe('GET /v1/reminders/preview', () => {
  const preview = (from: string, to: string) => `/v1/reminders/preview?from=${from}&to=${to}`;

  test('shows each mail of each day with what it is about', async () => {
    const reply = await app.admin.get(preview('2028-01-17', '2028-01-24'));
    expect(reply.statusCode).toBe(200);
    const { data } = reply.json();
    expect(data.map(({ on, subject }: { on: string; subject: string }) => [on, subject])).toEqual([
      ['2028-01-17', '2 due soon: 2 schools'],
      ['2028-01-24', '2 due soon: 2 schools'],
    ]);
    expect(data[0].recipient).toEqual({ id: ada, name: 'Ada Example', email: 'ada@example.org' });
    expect(data[0].items[0]).toMatchObject({
      section: 'due',
      title: 'Enter the rubric in PORTAL',
      role: 'Principal',
      dueOn: '2028-01-31',
    });
    expect(data[0].text).toContain('Elm High School');
  });

  test('says what would keep a mail back as things stand', async () => {
    const { db } = app.ctx;
    const held = async () => {
      const { data } = (await app.admin.get(preview('2028-01-17', '2028-01-17'))).json();
      return data.map((mail: { held: string | null }) => mail.held);
    };
    expect(await held()).toEqual([null]);
    const found = { address: 'ada@example.org', detail: '550', messageId: null } as const;
    await suppress(db, [{ ...found, reason: 'refused', since: app.clock.now() }]);
    expect(await held()).toEqual(['suppressed']);
    await db.deleteFrom('suppressions').execute();
    const settings = (body: object) =>
      app.app.inject({
        ...({ method: 'PUT', url: '/v1/mail/settings', payload: body } as const),
        headers: { authorization: `Bearer ${app.adminKey}`, 'if-match': '*' },
      });
    await settings({ perHour: 5000, paused: false, trialAddresses: ['ben@example.org'] });
    expect(await held()).toEqual(['trialMode']);
    await settings({ perHour: 5000, paused: true, trialAddresses: null });
    expect(await held()).toEqual(['paused']);
    await settings({ perHour: 5000, paused: false, trialAddresses: null });
  });

  test('sends nothing and writes nothing', async () => {
    await app.admin.get(preview('2028-01-17', '2028-03-01'));
    const rows = await app.ctx.db.selectFrom('reminders').select('id').execute();
    expect([rows.length, app.mails.length, app.jobs.length]).toEqual([0, 0, 0]);
  });

  test('is read in pages', async () => {
    const url = preview('2028-01-17', '2028-01-31');
    const whole = (await app.admin.get(url)).json().data;
    const paged: unknown[] = [];
    for (let cursor = ''; ; ) {
      const page = (await app.admin.get(`${url}&limit=2${cursor}`)).json();
      paged.push(...page.data);
      if (page.nextCursor === null) break;
      cursor = `&cursor=${page.nextCursor}`;
    }
    expect(whole.length).toBe(4);
    expect(paged).toEqual(whole);
  });

  test('takes at most 62 days, in their order, that exist', async () => {
    expect((await app.admin.get(preview('2028-01-01', '2028-03-02'))).statusCode).toBe(200);
    for (const [from, to] of [
      ['2028-01-01', '2028-03-03'],
      ['2028-01-02', '2028-01-01'],
      ['2028-02-30', '2028-03-01'],
    ] as const) {
      const reply = await app.admin.get(preview(from, to));
      expect([from, reply.statusCode]).toEqual([from, 400]);
      expect(reply.json().errors[0].pointer).toMatch(/^\?(from|to)$/);
    }
    expect((await app.admin.get('/v1/reminders/preview')).statusCode).toBe(400);
  });

  test('shows a coordinator the schools of the key, and a principal nothing', async () => {
    const coach = app.as(await app.keyFor({ scope: { districts: ['001'] } }));
    const { data } = (await coach.get(preview('2028-01-17', '2028-01-17'))).json();
    expect(data.map(({ subject }: { subject: string }) => subject)).toEqual([
      '1 due soon: Oak High School',
    ]);
    expect(JSON.stringify(data)).not.toContain('Elm');
    const principal = app.as(await app.keyFor({ role: 'principal' }));
    expect((await principal.get(preview('2028-01-17', '2028-01-17'))).statusCode).toBe(403);
    expect((await app.as(null).get(preview('2028-01-17', '2028-01-17'))).statusCode).toBe(401);
  });
});

describe('GET /v1/reminders', () => {
  beforeAll(async () => {
    await scan(app.ctx);
    for (const { payload } of app.jobs.splice(0))
      await sendMails(app.ctx, (payload as { messageIds: string[] }).messageIds);
  });

  test('lists what became due, for whom, and what became of it', async () => {
    const { data } = (await app.admin.get('/v1/reminders')).json();
    expect(data).toHaveLength(8);
    expect(
      data.find((row: { status: string; task: unknown }) => row.status === 'sent' && row.task),
    ).toMatchObject({
      role: 'principal',
      rule: 'deadline',
      occasion: 'deadline:14:2028-01-31',
      dueOn: '2028-01-17',
      recipient: { id: ada, name: 'Ada Example', email: 'ada@example.org' },
      reason: null,
      sentAt: '2028-01-17T14:00:00.000Z',
    });
  });

  test('can be narrowed by year, recipient and status', async () => {
    const held = (await app.admin.get('/v1/reminders?status=held')).json();
    expect(occasions(held).sort()).toEqual([
      'deadline:3:2028-01-20',
      'deadline:3:2028-01-20',
      'month:2028-01',
      'month:2028-01',
    ]);
    expect(held.data[0]).toMatchObject({ recipient: null, reason: 'noRecipient', sentAt: null });
    const hers = (
      await app.admin.get(`/v1/reminders?recipient=${ada}&planningYear=${firstYear}`)
    ).json();
    expect(occasions(hers).sort()).toEqual(['deadline:14:2028-01-31', 'month:2028-01']);
    expect((await app.admin.get('/v1/reminders?status=lost')).statusCode).toBe(400);
    expect((await app.admin.get('/v1/reminders?recipient=ada')).statusCode).toBe(400);
  });

  test('can be narrowed by rule, reason and dates, and refuses dates that do not exist', async () => {
    const counts = async (query: string) =>
      (await app.admin.get(`/v1/reminders?${query}`)).json().data.length;
    expect(await counts('rule=month')).toBe(4);
    expect(await counts('rule=deadline&reason=noRecipient')).toBe(2);
    expect(await counts('from=2028-01-17&to=2028-01-17')).toBe(8);
    expect(await counts('from=2028-01-18')).toBe(0);
    expect(await counts('to=2028-01-16')).toBe(0);
    expect((await app.admin.get('/v1/reminders?from=2028-02-30')).statusCode).toBe(400);
  });

  test('is told one by one, with the mail that each was in', async () => {
    const { data } = (await app.admin.get(`/v1/reminders?recipient=${ada}`)).json();
    const one = (await app.admin.get(`/v1/reminders/${data[0].id}`)).json();
    expect(one).toMatchObject(data[0]);
    expect(one.message).toMatchObject({
      kind: 'digest',
      on: '2028-01-17',
      status: 'sent',
      attempts: 1,
      to: 'ada@example.org',
    });
    expect(one.message.text).toContain('Enter the rubric in PORTAL');
    const held = (await app.admin.get('/v1/reminders?status=held')).json().data[0];
    expect((await app.admin.get(`/v1/reminders/${held.id}`)).json().message).toBeNull();
    const elsewhere = app.as(await app.keyFor({ scope: { schools: ['009-0001'] } }));
    expect((await elsewhere.get(`/v1/reminders/${held.id}`)).statusCode).toBe(404);
  });

  test('is read in pages, and by coordinators as far as their keys reach', async () => {
    const first = (await app.admin.get('/v1/reminders?limit=5')).json();
    const next = (await app.admin.get(`/v1/reminders?limit=5&cursor=${first.nextCursor}`)).json();
    const ids = [...first.data, ...next.data].map(({ id }: { id: string }) => id);
    expect([new Set(ids).size, next.nextCursor]).toEqual([8, null]);
    const coach = app.as(await app.keyFor({ scope: { schools: ['002-0001'] } }));
    const { data } = (await coach.get('/v1/reminders')).json();
    expect(new Set(data.map(({ school }: { school: string }) => school))).toEqual(
      new Set(['002-0001']),
    );
    const dashboard = app.as(await app.keyFor({ role: 'dashboard', program: null }));
    expect((await dashboard.get('/v1/reminders')).statusCode).toBe(403);
  });
});

test('what waits in the night or over a weekend is told as held back for quiet', async () => {
  const night = await testApp({ programs, now: '2028-01-17T22:00:00-06:00' });
  const add = fixtures(night.ctx.db);
  const year = await add.school('001-0001', 'Oak High School');
  const [ada, ben] = [await add.person('Ada'), await add.person('Ben')];
  for (const person of [ada, ben]) await add.assign(person, 'principal', 'school', '001-0001');
  const honolulu = { personId: ben, zone: 'Pacific/Honolulu', digestAt: null, language: null };
  await night.ctx.db
    .insertInto('preferences')
    .values({ ...honolulu, switchedOff: [], version: 1, updatedAt: night.clock.now() })
    .execute();
  await add.task(year, 'jan-1/principal/1', { dueOn: '2028-01-18' });
  await scan(night.ctx);
  const told = async (query = '') =>
    (await night.admin.get(`/v1/reminders?rule=deadline${query}`))
      .json()
      .data.map((row: { recipient: { id: string }; status: string; reason: string | null }) => [
        row.recipient.id === ada ? 'Ada' : 'Ben',
        row.status,
        row.reason,
      ])
      .sort();
  const held = ['Ada', 'held', 'quiet'];
  expect(await told()).toEqual([held, ['Ben', 'scheduled', null]]);
  expect(await told('&status=held&reason=quiet')).toEqual([held]);
  night.clock.set('2028-01-18T06:30:00-06:00');
  expect(await told('&status=scheduled')).toEqual([['Ada', 'scheduled', null]]);
  await night.close();
});
