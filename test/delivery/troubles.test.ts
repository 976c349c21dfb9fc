import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { pino } from 'pino';
import { applyReports } from '../../src/delivery/apply-reports.ts';
import { noteScan, watchUndelivered } from '../../src/delivery/heartbeat.ts';
import type { DeliveryReport } from '../../src/delivery/read-report.ts';
import { createMailer } from '../../src/mail/create.ts';
import type { Mail } from '../../src/mail/mailer.ts';
import { scan } from '../../src/reminders/scan.ts';
import { sendMails } from '../../src/reminders/send.ts';
import { startSmtpServer } from '../mail/support/smtp-server.ts';
import { fixtures } from '../reminders/support/world.ts';
import { browser } from '../sign-in/support/browser.ts';
import { work } from '../sign-in/support/people.ts';
import { type TestApp, testApp } from '../support/app.ts';
import { programs } from './support/with-address-rule.ts';

// A Monday.
const MORNING = '2028-01-17T07:30:00-06:00';

let app: TestApp;
afterEach(() => app.close());

/** A scan, and the sending of all that it enqueued. @returns the mails */
async function minute(): Promise<Mail[]> {
  app.mails.length = 0;
  await scan(app.ctx);
  for (const { name, payload } of app.jobs.splice(0))
    if (name === 'send-mails')
      await sendMails(app.ctx, (payload as { messageIds: string[] }).messageIds);
  return app.mails;
}

describe('what troubles an address', () => {
  let add: ReturnType<typeof fixtures>;
  beforeEach(async () => {
    app = await testApp({ programs, now: MORNING });
    add = fixtures(app.ctx.db);
    const pat = await add.person('Pat', { email: 'Pat@example.org' });
    await add.assign(pat, 'district', 'district', '001');
    const cora = await add.person('Cora', { email: 'cora@example.org' });
    await add.assign(cora, 'coordinator', 'district', '001');
    await dueOn('2028-01-17');
    expect((await minute()).map(({ to }) => to.name)).toEqual(['Pat']);
  });

  const report = (change: Partial<DeliveryReport>) =>
    app.ctx.db.transaction().execute((trx) =>
      applyReports(app.ctx, trx, [
        {
          ...{ outcome: 'bounced', gone: false, mailId: null, recipient: 'pat@example.org' },
          ...{ forwardedTo: null, enhanced: null, detail: '552 5.2.2 Mailbox full' },
          ...change,
        },
      ]),
    );
  /** Something that Pat gets a mail about on that day. */
  async function dueOn(date: string) {
    const year = await add.school(`001-00${date.slice(-2)}`, `School ${date}`);
    await add.task(year, 'jan-1/district/1', { dueOn: date });
  }
  const toCora = async () => (await minute()).filter(({ to }) => to.name === 'Cora');
  const troubles = () =>
    app.ctx.db.selectFrom('mailTroubles').select(['id', 'reason', 'detail']).execute();

  test.each<[string, Partial<DeliveryReport>, string]>([
    [
      'a mail that did not arrive',
      {},
      'an email to Pat@example.org did not arrive: the mail server said “552 5.2.2 Mailbox full”',
    ],
    [
      'a complaint',
      { outcome: 'complained', detail: 'abuse' },
      'Pat@example.org: an email was marked as spam. Only what has a date is still sent',
    ],
  ])('%s is told to the coordinator in plain words, once', async (_, change, said) => {
    await report(change);
    app.clock.advance({ days: 1 });
    const [mail, ...more] = await toCora();
    expect(more).toEqual([]);
    expect(mail).toMatchObject({
      subject: '1 email address needs attention',
    });
    expect(mail!.text).toContain('Email addresses that need attention');
    expect(mail!.text).toContain('  - Pat (District staff)\n');
    expect(mail!.text).toContain(said);
    const { id } = (await troubles())[0]!;
    expect(mail!.text).toContain(`/refused-addresses/${id}\n`);
    // It goes on, and is told of again: that is no news.
    await report(change);
    for (let day = 0; day < 3; day++) {
      app.clock.advance({ days: 1 });
      expect(await toCora()).toEqual([]);
    }
    expect(await troubles()).toMatchObject([{ id }]);
  });

  test('is over when a mail goes through a week later, and not before', async () => {
    for (const date of ['2028-01-20', '2028-01-25']) await dueOn(date);
    await report({});
    const left = async (now: string) => {
      app.clock.set(now);
      expect((await minute()).map(({ to }) => to.name)).toContain('Pat');
      return (await troubles()).length;
    };
    expect(await left('2028-01-20T07:30:00-06:00')).toBe(1);
    expect(await left('2028-01-25T07:30:00-06:00')).toBe(0);
    expect((await app.admin.get('/v1/mail/refused-addresses')).json().data).toEqual([]);
  });

  test('of a complaint outlasts every mail, until somebody takes it off the list', async () => {
    await dueOn('2028-01-25');
    await report({ outcome: 'complained', detail: 'abuse' });
    await report({ detail: '452 4.2.2 Mailbox full' });
    app.clock.set('2028-01-25T07:30:00-06:00');
    await minute();
    const { id, ...trouble } = (await troubles())[0]!;
    expect(trouble).toEqual({ reason: 'complained', detail: 'abuse' });
    const released = await app.admin.post(`/v1/mail/suppressions/${id}/release`, undefined, {
      'if-match': '*',
    });
    expect(released.json()).toMatchObject({ id, reason: 'complained' });
    expect(await troubles()).toEqual([]);
  });

  test('gives way to a mailbox that is gone, which is told of once', async () => {
    await report({});
    await report({ gone: true, detail: '550 5.1.1 User unknown' });
    const { data } = (await app.admin.get('/v1/mail/refused-addresses')).json();
    expect(data).toMatchObject([{ reason: 'bounced', said: '550 5.1.1 User unknown' }]);
    await report({});
    expect(await troubles()).toEqual([]);
  });
});

test('a link to sign in that is refused is a mail that did not arrive', async () => {
  const refusal = Object.assign(new Error('550 5.7.1 Blocked'), {
    ...{ code: 'EENVELOPE', command: 'RCPT TO', response: '550 5.7.1 Blocked', responseCode: 550 },
  });
  app = await testApp({
    ...{ programs, now: MORNING },
    mailer: { send: () => Promise.reject(refusal), close: async () => {} },
  });
  const add = fixtures(app.ctx.db);
  await add.school('001-0001', 'Oak High School');
  const pat = await add.person('Pat', { email: 'Pat@example.org' });
  await add.assign(pat, 'district', 'district', '001');
  await ask('pat@example.org');
  const { data } = (await app.admin.get('/v1/mail/refused-addresses')).json();
  expect(data).toMatchObject([{ reason: 'undelivered', said: '550 5.7.1 Blocked' }]);
});

/** Asks for a link to sign in, and lets its mail be tried. */
async function ask(email: string, from = '192.0.2.1'): Promise<void> {
  const mine = browser(app.app, from);
  await mine.get('/sign-in');
  await mine.submit('/sign-in', { email });
  await work(app);
}

test('a DMARC incident suppresses nobody, locks nobody out, and raises one alarm for a day', async () => {
  let refusing = true;
  const server = await startSmtpServer();
  const refuser = await startSmtpServer({
    onData(stream, _session, done) {
      stream.resume();
      const said = '5.7.26 This mail has been blocked because the sender is unauthenticated.';
      stream.on('end', () => done(Object.assign(new Error(said), { responseCode: 550 })));
    },
  });
  const mailers = [refuser.url, server.url].map((smtpUrl) =>
    createMailer(
      { smtpUrl, dataDir: '/nowhere', mailFrom: 'plans@example.org' } as never,
      pino({ level: 'silent' }),
    ),
  );
  const alarms: { alarm?: string }[] = [];
  app = await testApp({
    ...{ programs, now: MORNING },
    mailer: { send: (mail) => mailers[refusing ? 0 : 1]!.send(mail), close: async () => {} },
    log: pino({ level: 'error' }, { write: (line) => void alarms.push(JSON.parse(line)) }),
  });
  const { db } = app.ctx;
  const add = fixtures(db);
  const addresses: string[] = [];
  for (let at = 0; at < 60; at++) {
    const code = `${String(at).padStart(3, '0')}-0001`;
    const year = await add.school(code, `School ${at}`);
    const email = `person-of-${at}@example.org`;
    await add.assign(await add.person(`Person ${at}`, { email }), 'principal', 'school', code);
    await add.task(year, 'jan-1/principal/1', { dueOn: '2028-01-18' });
    addresses.push(email);
  }
  // Tests serve by the role that owns the tables, which is warned of.
  const warnings = async () =>
    (await app.as(null).get('/readyz'))
      .json()
      .warnings.filter((one: string) => !one.startsWith('databaseRole:'));
  const watch = () => Promise.all([watchUndelivered(app.ctx), watchUndelivered(app.ctx)]);

  await watch();
  expect([alarms, await warnings()]).toEqual([[], []]);
  await minute();
  const count = async (table: 'suppressions' | 'mailTroubles' | 'messages') =>
    (await db.selectFrom(table).select('id').execute()).length;
  expect([await count('messages'), await count('mailTroubles')]).toEqual([60, 60]);
  expect(await count('suppressions')).toBe(0);
  const statuses = await db.selectFrom('messages').select(['status', 'reason']).execute();
  expect(new Set(statuses.map(({ status, reason }) => `${status} ${reason}`))).toEqual(
    new Set(['failed mailRefused']),
  );

  for (let passed = 0; passed < 5; passed++) {
    await watch();
    app.clock.advance({ minutes: 1 });
  }
  expect(alarms).toMatchObject([{ alarm: 'mail', undelivered: 60, mailed: 60 }]);
  expect(await warnings()).toEqual([
    expect.stringMatching(
      /^mailUndelivered: mail did not arrive at 60 of 60 addresses within a day\..* SPF, DKIM and DMARC/,
    ),
  ]);
  const { body } = await app.as(null).get('/metrics');
  expect(body).toContain('planning_year_addresses_undelivered 60');

  const askAll = async () => {
    for (const [at, email] of addresses.entries()) await ask(email, `192.0.2.${at + 1}`);
  };
  // A link that is refused, too, suppresses nobody; as soon as the record is mended, all go.
  await askAll();
  expect(await count('suppressions')).toBe(0);
  refusing = false;
  await askAll();
  expect(server.received.map(({ to: [to] }) => to)).toEqual(addresses);

  app.clock.advance({ days: 1 });
  await noteScan(db, app.clock.now());
  await watch();
  expect(await warnings()).toEqual([]);
  expect(alarms).toHaveLength(1);

  // The next incident is one of its own, though the last one's troubles are still told of.
  await db.updateTable('mailTroubles').set({ lastAt: app.clock.now() }).execute();
  await watch();
  expect(alarms).toHaveLength(2);
  for (const mailer of mailers) await mailer.close();
  for (const one of [server, refuser]) await one.stop();
});
