import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { jsonReport, readJsonReport } from '../../src/delivery/provider-report.ts';
import { readReport } from '../../src/delivery/read-report.ts';
import { newId } from '../../src/ids.ts';
import { expectProblem } from '../http/problem.ts';
import { fixtures, programs } from '../reminders/support/world.ts';
import { type TestApp, testApp } from '../support/app.ts';

const MAIL_ID = '<019b2f3a-0000-7000-8000-000000000001@plans.example.org>';
const file = (name: string) => readFileSync(join(import.meta.dirname, 'reports', name), 'latin1');
const asSent = (name: string) => file(name).replaceAll('\n', '\r\n');

const mails: [name: string, outcome: string | null, enhanced: string | null, said: string][] = [
  ['postfix-bounced.eml', 'bounced', '5.1.1', 'User unknown in virtual mailbox table'],
  ['postfix-delayed.eml', 'delayed', '4.4.1', 'Connection timed out'],
  ['postfix-expired.eml', 'bounced', '4.4.7', 'delivery temporarily suspended'],
  ['postfix-delivered.eml', 'delivered', '2.0.0', 'queued as 4Z1xyz'],
  ['exchange-bounced.eml', 'bounced', '5.1.10', 'RecipientNotFound'],
  ['gmail-bounced.eml', 'bounced', '5.1.1', 'does not exist'],
];
const notifications: [name: string, outcome: string, enhanced: string | null, dead: boolean][] = [
  ['ses-bounced.json', 'bounced', '5.1.1', true],
  ['ses-mailbox-full.json', 'bounced', '5.2.2', false],
  ['ses-delivered.json', 'delivered', null, false],
];

describe('a report', () => {
  test.each(mails)('%s says that the mail is %s', async (name, outcome, enhanced, said) => {
    for (const raw of [file(name), asSent(name)])
      expect(await readReport(raw)).toEqual([
        {
          outcome,
          gone: outcome === 'bounced' && enhanced?.startsWith('5'),
          mailId: MAIL_ID,
          ...{ recipient: 'zoe@example.org', forwardedTo: null },
          enhanced,
          detail: expect.stringContaining(said),
        },
      ]);
  });

  test('of two recipients says what became of each, also without the Message-ID', async () => {
    expect(await readReport(asSent('exim-bounced-two.eml'))).toMatchObject([
      { outcome: 'bounced', mailId: null, recipient: 'stranger@example.org', enhanced: '5.0.0' },
      { outcome: 'bounced', mailId: null, recipient: 'zoe@example.org', enhanced: '5.2.1' },
    ]);
  });

  test('of whatever characters can be kept', async () => {
    const odd = asSent('postfix-bounced.eml')
      .replace('550 5.1.1', '550 5.1.1 \0')
      .replaceAll('zoe@example.org', 'z\0oe@example.org')
      .replace('Message-ID: <', 'Message-ID: <\0');
    const [report] = await readReport(odd);
    expect(report).toMatchObject({ mailId: MAIL_ID, recipient: 'zoe@example.org' });
    expect(JSON.stringify(report)).not.toContain('u0000');
  });

  test('is what a mail server sends, and no note of absence', async () => {
    expect(await readReport(asSent('out-of-office.eml'))).toEqual([]);
    expect(await readReport('')).toEqual([]);
  });

  test.each(notifications)('%s says that the mail is %s', (name, outcome, enhanced, gone) => {
    expect(readJsonReport(jsonReport.parse({ ses: JSON.parse(file(name)) }))).toMatchObject([
      { outcome, gone, mailId: MAIL_ID, recipient: 'zoe@example.org', enhanced },
    ]);
  });
});

describe('a report that comes in', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await testApp({ programs });
  });
  afterAll(() => app.close());

  /** A mail of one reminder that was sent. */
  async function sentMail(mailId: string, email: string) {
    const { db } = app.ctx;
    const add = fixtures(db);
    const code = `${newId(new Date()).slice(-3)}-${newId(new Date()).slice(-6)}`;
    const year = await add.school(code, 'Oak High School');
    const person = await add.person('Zoe', { email });
    const [id, reminder] = [newId(app.clock.now()), newId(app.clock.now())];
    const at = app.clock.now();
    await db
      .insertInto('messages')
      .values({
        id,
        personId: person,
        localDate: '2026-11-10',
        status: 'sent',
        mailId,
        attempts: 1,
        toAddress: email,
        claimedAt: at,
        sentAt: at,
        createdAt: at,
      })
      .execute();
    await db
      .insertInto('reminders')
      .values({
        id: reminder,
        planningYearId: year,
        role: 'principal',
        personId: person,
        rule: 'deadline',
        occasion: 'deadline:7:2028-01-31',
        dueOn: '2026-11-10',
        status: 'sent',
        messageId: id,
        createdAt: at,
      })
      .execute();
    return async () => {
      const message = await db
        .selectFrom('messages')
        .select(['status', 'reported'])
        .where('id', '=', id)
        .executeTakeFirstOrThrow();
      const { status, reason } = await db
        .selectFrom('reminders')
        .select(['status', 'reason'])
        .where('id', '=', reminder)
        .executeTakeFirstOrThrow();
      return [message.status, message.reported, status, reason];
    };
  }
  const post = (name: string, mail: string) =>
    app.app.inject({
      method: 'POST',
      url: '/v1/mail/reports/message',
      payload: mail,
      headers: {
        authorization: `Bearer ${app.adminKey}`,
        'content-type': name.endsWith('.json') ? 'application/json' : 'message/rfc822',
      },
    });

  test('is all that a webhook’s key may hand in', async () => {
    const { key } = (
      await app.admin.post('/v1/keys', {
        role: 'webhook',
        scope: { all: true },
        label: 'The mail provider',
      })
    ).json();
    const webhook = app.as(key);
    const report = { outcome: 'delivered', messageId: '<unknown@example.org>' };
    expect((await webhook.post('/v1/mail/reports', report)).json()).toEqual({
      reports: 1,
      known: 0,
    });
    for (const url of ['/v1/mail/settings', '/v1/mail/suppressions', '/v1/people', '/v1/reminders'])
      expectProblem(await webhook.get(url), 403, 'forbidden');
    expectProblem(await webhook.post('/v1/mail/release'), 403, 'forbidden');
    const coach = app.as(await app.keyFor({ role: 'coordinator', program: 'example' }));
    expectProblem(await coach.post('/v1/mail/reports', report), 403, 'forbidden');
  });

  test('marks the mail, bounces it for good, and sends nothing more to the address', async () => {
    const now = await sentMail(MAIL_ID, 'zoe@example.org');
    const said = async (name: string) => (await post(name, asSent(name))).json();
    expect(await said('postfix-delayed.eml')).toEqual({ reports: 1, known: 1 });
    expect(await now()).toEqual(['sent', 'delayed', 'sent', null]);
    expect(await said('postfix-delivered.eml')).toEqual({ reports: 1, known: 1 });
    expect(await now()).toEqual(['sent', 'delivered', 'sent', null]);
    expect(await said('gmail-bounced.eml')).toEqual({ reports: 1, known: 1 });
    expect(await now()).toEqual(['bounced', 'bounced', 'bounced', 'bounced']);
    await said('postfix-delivered.eml');
    expect(await now()).toEqual(['bounced', 'bounced', 'bounced', 'bounced']);
    const { data } = (await app.admin.get('/v1/mail/suppressions')).json();
    expect(data).toMatchObject([{ address: 'zoe@example.org', reason: 'bounced' }]);
  });

  test('of a server that gave up marks the mail, and leaves the address', async () => {
    const now = await sentMail('<late@plans.example.org>', 'eve@example.org');
    const report = { outcome: 'bounced', messageId: '<late@plans.example.org>', status: '4.4.7' };
    await app.admin.post('/v1/mail/reports', report);
    expect((await now())[0]).toBe('bounced');
    const { data } = (await app.admin.get('/v1/mail/suppressions')).json();
    expect(data.map(({ address }: { address: string }) => address)).not.toContain(
      'eve@example.org',
    );
  });

  test('that names no Message-ID is of the last mail to its recipient', async () => {
    const now = await sentMail('<another@plans.example.org>', 'ben@example.org');
    const report = { outcome: 'bounced', recipient: 'Ben@example.org', status: '5.1.1' };
    const reply = await app.admin.post('/v1/mail/reports', report);
    expect(reply.json()).toEqual({ reports: 1, known: 1 });
    expect((await now())[0]).toBe('bounced');
  });

  test('of a mail that was not sent from here changes nothing', async () => {
    const report = { outcome: 'bounced', messageId: '<x@elsewhere.example>' };
    expect((await app.admin.post('/v1/mail/reports', report)).json()).toEqual({
      reports: 1,
      known: 0,
    });
  });

  test('is the state’s to hand in, and has to name a mail', async () => {
    const coach = app.as(await app.keyFor({ role: 'coordinator', program: 'example' }));
    expectProblem(await coach.post('/v1/mail/reports', { outcome: 'bounced' }), 403);
    expectProblem(await app.admin.post('/v1/mail/reports', { outcome: 'bounced' }), 400);
    expectProblem(await app.admin.post('/v1/mail/reports', {}), 400);
  });
});
