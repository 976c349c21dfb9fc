import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { pino } from 'pino';
import { readReport } from '../../src/delivery/read-report.ts';
import { newId } from '../../src/ids.ts';
import { preferencesOf } from '../../src/preferences/store.ts';
import { expectProblem } from '../http/problem.ts';
import { browser } from '../sign-in/support/browser.ts';
import { askForLink, type Somebody, somebody } from '../sign-in/support/people.ts';
import { BOOTSTRAP_KEY, type TestApp, testApp } from '../support/app.ts';
import { DISTRICT, openTestYears } from '../support/years.ts';

/** What a report does to the mail that it is about, its address, its person, and those who look after them. */
interface Effect {
  message: 'sent' | 'bounced';
  reported: 'delayed' | 'delivered' | 'bounced' | 'complained' | null;
  suppressed: boolean;
  /** As what the address stands in the list of addresses to mend. */
  toMend: 'bounced' | 'undelivered' | 'complained' | null;
  optionalOff: boolean;
  /** Whether a link to sign in still goes there. */
  linkGoes: boolean;
}

const LIVES = { suppressed: false, toMend: null, optionalOff: false, linkGoes: true } as const;
const nothing: Effect = { ...LIVES, message: 'sent', reported: null };
const delayed: Effect = { ...LIVES, message: 'sent', reported: 'delayed' };
const delivered: Effect = { ...LIVES, message: 'sent', reported: 'delivered' };
const back = { message: 'bounced', reported: 'bounced', optionalOff: false } as const;
const undelivered: Effect = { ...back, suppressed: false, toMend: 'undelivered', linkGoes: true };
const gone: Effect = { ...back, suppressed: true, toMend: 'bounced', linkGoes: false };
const complained: Effect = {
  ...{ message: 'sent', reported: 'complained', suppressed: false, toMend: 'complained' },
  ...{ optionalOff: true, linkGoes: true },
};

/** Each file of `reports/` with its effect, by hand, and the words that whoever mends it is shown. */
const corpus: Record<string, [Effect, said?: RegExp]> = {
  // Postfix, and what others have said to it.
  'postfix-bounced.eml': [gone, /User unknown in virtual mailbox table/],
  'postfix-headers-only.eml': [gone, /User unknown in virtual mailbox table/],
  'postfix-smtputf8.eml': [gone, /Empfängeradresse abgelehnt: User unknown/],
  'postfix-commented.eml': [gone, /550 5\.1\.1 User unknown/],
  'postfix-no-such-user.eml': [gone, /550 No such user here/],
  'postfix-no-yahoo-account.eml': [gone, /doesn't have a yahoo\.com account/],
  'postfix-mimecast-invalid-recipient.eml': [gone, /Invalid Recipient/],
  'postfix-disabled.eml': [gone, /This account has been disabled/],
  'postfix-moved.eml': [gone, /User has moved to/],
  'postfix-null-mx.eml': [gone, /does not accept mail \(nullMX\)/],
  'postfix-disabled-for-now.eml': [undelivered, /temporarily disabled/],
  'postfix-expired.eml': [undelivered, /delivery temporarily suspended/],
  'postfix-greylisted-until-expired.eml': [undelivered, /Greylisted/],
  'postfix-mailbox-full.eml': [undelivered, /Mailbox is full \/ Quota exceeded/],
  'postfix-blocked.eml': [undelivered, /Message blocked/],
  'postfix-spam.eml': [undelivered, /Denied as spam/],
  'postfix-block-list.eml': [undelivered, /zen\.spamhaus\.org/],
  'postfix-relay-denied.eml': [undelivered, /Relay access denied/],
  'postfix-host-not-found.eml': [undelivered, /Host or domain name not found/],
  'postfix-too-large.eml': [undelivered, /exceeds fixed limit/],
  'postfix-sender-refused.eml': [undelivered, /Sender address rejected: Domain not found/],
  'postfix-sender-invalid.eml': [undelivered, /not a valid address/],
  'postfix-spf.eml': [undelivered, /SPF fail/],
  'postfix-helo-refused.eml': [undelivered, /HELO host not found/],
  'postfix-yahoo-policy.eml': [undelivered, /policy reasons/],
  'postfix-outlook-unavailable.eml': [undelivered, /mailbox unavailable/],
  'postfix-outlook-block-list.eml': [undelivered, /on our block list/],
  'postfix-proofpoint-blocked.eml': [undelivered, /554 Blocked/],
  'postfix-forward.eml': [undelivered, /^forwarded to zoe\.old@example\.net: .*User unknown/],
  'postfix-forward-unnamed.eml': [undelivered, /^forwarded to zoe\.old@example\.net: /],
  'postfix-delayed.eml': [delayed],
  'postfix-delivered.eml': [delivered],
  'postfix-delivered-to-mailbox.eml': [delivered],
  'postfix-expanded.eml': [delivered],

  // Gmail.
  'gmail-bounced.eml': [gone, /does not exist/],
  'gmail-disabled.eml': [gone, /is inactive/],
  'gmail-plain.eml': [gone, /^550 No such user - a1/],
  'gmail-dmarc.eml': [undelivered, /DMARC policy/],
  'gmail-unauthenticated.eml': [undelivered, /sender is unauthenticated/],
  'gmail-spam.eml': [undelivered, /very low reputation/],
  'gmail-over-quota.eml': [undelivered, /out of storage space and inactive/],
  'gmail-too-fast.eml': [undelivered, /receiving mail at a rate/],
  'gmail-no-such-domain.eml': [undelivered, /NXDOMAIN/],
  'gmail-forward.eml': [undelivered, /^forwarded to zoe\.private@gmail\.example: /],
  'gmail-delayed.eml': [delayed],

  // Exchange and Office 365.
  'exchange-bounced.eml': [gone, /RecipientNotFound/],
  'office365-not-found.eml': [gone, /not found by SMTP address lookup/],
  'office365-remote-unknown.eml': [gone, /-> 550 5\.1\.1 .*User unknown/],
  'office365-remote-blocked.eml': [undelivered, /blocked as spam/],
  'office365-edge-blocking.eml': [undelivered, /Access denied/],
  'office365-dmarc.eml': [undelivered, /does not pass DMARC/],
  'office365-banned-address.eml': [undelivered, /banned sending IP/],
  'office365-bad-sender.eml': [undelivered, /bad outbound sender/],
  'office365-senders-only.eml': [undelivered, /SenderNotAuthenticatedForGroup/],
  'office365-loop.eml': [undelivered, /Hop count exceeded/],
  'office365-no-route.eml': [undelivered, /nonexistent domain/],
  'office365-domain-not-there.eml': [undelivered, /does not exist/],
  'office365-expired.eml': [undelivered, /Message expired/],
  'office365-mailbox-full.eml': [undelivered, /mailbox full/],
  'exchange-expired.eml': [undelivered, /message expired/],
  'exchange-gave-up.eml': [undelivered, /message too old/],
  'exchange-policy.eml': [undelivered, /organization policy/],
  'exchange-too-large.eml': [undelivered, /message too large for this recipient/],
  'exchange-forward.eml': [undelivered, /^forwarded to zoe@corp\.example\.net: /],
  'office365-delayed.eml': [delayed],
  'exchange-relayed.eml': [delivered],
  'exchange-delivered.eml': [delivered],

  // Exim, sendmail, gateways, Domino, Barracuda.
  'exim-bounced-two.eml': [gone, /Mailbox disabled/],
  'exim-plain.eml': [gone, /^550 Unknown user: zoe@example\.org$/],
  'exim-unrouteable.eml': [gone, /Unrouteable address/],
  'exim-content-refused.eml': [undelivered, /^550 This message scored/],
  'exim-plain-two.eml': [undelivered, /^550 5\.7\.1 Sending host is on a block list$/],
  'sendmail-host-unknown.eml': [gone, /^5\.1\.2$/],
  'sendmail-user-unknown.eml': [gone, /User unknown/],
  'sendmail-warning.eml': [delayed],
  'gateway-base64.eml': [gone, /Empfänger unbekannt/],
  'gateway-quoted-printable.eml': [undelivered, /Rejected due to=policy – see your/],
  'domino-not-listed.eml': [gone, /not listed in Domino Directory/],
  'barracuda-blocked.eml': [undelivered, /content rejected/],
  'barracuda-permanent.eml': [undelivered, /:blocked/],

  // qmail.
  'qmail-bounced.eml': [gone, /no mailbox here by that name/],
  'qmail-host-not-found.eml': [gone, /couldn't find any host/],
  'qmail-unknown-remote.eml': [gone, /550 User unknown/],
  'qmail-policy.eml': [undelivered, /Access from 192\.0\.2\.10 not allowed/],
  'qmail-mailbox-full.eml': [undelivered, /over the allowed quota/],
  'qmail-several.eml': [undelivered, /^192\.0\.2\.20 failed .* as spam$/],

  // Receipts, absence, and what people write.
  'receipt-read.eml': [nothing],
  'receipt-deleted.eml': [nothing],
  'out-of-office.eml': [nothing],
  'out-of-office-outlook.eml': [nothing],
  'person-passes-on-a-bounce.eml': [nothing],

  // Complaints.
  'complaint-abuse.eml': [complained, /^abuse$/],
  'complaint-abuse-headers-only.eml': [complained, /^abuse$/],
  'complaint-base64.eml': [complained, /^abuse$/],
  'complaint-redacted.eml': [complained, /^abuse$/],
  'complaint-redacted-name.eml': [complained, /^abuse$/],
  'complaint-without-message-id.eml': [complained, /^abuse$/],
  'complaint-fraud.eml': [complained, /^fraud$/],
  'complaint-opt-out.eml': [complained, /^opt-out$/],
  'complaint-not-spam.eml': [nothing],
  'complaint-signature-failure.eml': [nothing],

  // Amazon SES.
  'ses-bounced.json': [gone, /user unknown/],
  'ses-event-bounce.json': [gone, /user unknown/],
  'ses-without-headers.json': [gone, /user unknown/],
  'ses-no-email.json': [gone, /^no reason given$/],
  'ses-suppressed.json': [gone, /history of bouncing/],
  'ses-on-account-suppression-list.json': [undelivered, /suppression list for your account/],
  'ses-permanent-blocked.json': [undelivered, /rejected as spam/],
  'ses-permanent-without-words.json': [undelivered, /^no reason given$/],
  'ses-mailbox-full.json': [undelivered, /mailbox full/],
  'ses-message-too-large.json': [undelivered, /exceeds fixed limit/],
  'ses-content-rejected.json': [undelivered, /Content not accepted/],
  'ses-attachment-rejected.json': [undelivered, /attachment/],
  'ses-transient-general.json': [undelivered, /Message expired/],
  'ses-undetermined.json': [undelivered, /550 unknown/],
  'ses-event-reject.json': [undelivered, /^Bad content$/],
  'ses-forward.json': [undelivered, /^forwarded to zoe\.private@example\.net: /],
  'ses-out-of-office.json': [nothing],
  'ses-nobody.json': [nothing],
  'ses-event-send.json': [nothing],
  'ses-delivery-delay.json': [delayed],
  'ses-delivered.json': [delivered],
  'ses-complaint-abuse.json': [complained, /^abuse$/],
  'ses-complaint-unnamed.json': [complained, /^abuse$/],
  'ses-complaint-on-list.json': [complained, /^abuse$/],
  'ses-event-complaint.json': [complained, /^abuse$/],
  'ses-complaint-not-spam.json': [nothing],

  // Amazon SNS.
  'sns-bounce.json': [gone, /user unknown/],
  'sns-mailbox-full.json': [undelivered, /Mailbox full/],
  'sns-complaint.json': [complained, /^abuse$/],
  'sns-delivery.json': [delivered],
  'sns-subscription.json': [nothing],
  'sns-unsubscribed.json': [nothing],
  'sns-trial.json': [nothing],
  'sns-subscribed.json': [nothing],
};

const FOLDER = join(import.meta.dirname, 'reports');
const MAIL_ID = '<019b2f3a-0000-7000-8000-000000000001@plans.example.org>';
const text = (name: string) => readFileSync(join(FOLDER, name), 'utf8');
/** As it travels: with CRLF. */
const bytes = (name: string) => Buffer.from(text(name).replaceAll('\n', '\r\n'));
const isMail = (name: string) => name.endsWith('.eml');

let app: TestApp;
let zoe: Somebody;
let key: string;
const logged: { level: number; url?: string; msg: string }[] = [];

beforeAll(async () => {
  const log = pino({ level: 'warn' }, { write: (line) => void logged.push(JSON.parse(line)) });
  app = await testApp({ log });
  await openTestYears(app.ctx, 1);
  zoe = await somebody(app, 'Zoe', 'principal', { kind: 'school', code: `${DISTRICT}-0000` });
  const { db } = app.ctx;
  await db
    .insertInto('messages')
    .values({
      ...{ id: newId(app.clock.now()), personId: zoe.id, mailId: MAIL_ID, attempts: 1 },
      ...{ localDate: '2026-11-10', status: 'sent', toAddress: 'Zoe@example.org' },
      ...{ claimedAt: app.clock.now(), sentAt: app.clock.now(), createdAt: app.clock.now() },
    })
    .execute();
  const grant = { role: 'webhook', scope: { all: true }, label: 'The mail provider' };
  key = (await app.admin.post('/v1/keys', grant)).json().key;
});
afterAll(() => app.close());

/** As if no report had come, and some time had passed. */
beforeEach(async () => {
  const { db } = app.ctx;
  await db.deleteFrom('suppressions').execute();
  await db.deleteFrom('mailTroubles').execute();
  await db.deleteFrom('preferences').execute();
  const before = { status: 'sent', reported: null, reportedAt: null, reason: null } as const;
  await db.updateTable('messages').set(before).execute();
  app.clock.advance({ minutes: 20 });
  logged.length = 0;
});

const post = (
  url: string,
  type: string,
  payload: string | Buffer,
  authorization: string | null = `Bearer ${key}`,
) =>
  app.app.inject({
    ...{ method: 'POST', url, payload },
    headers: { 'content-type': type, ...(authorization !== null && { authorization }) },
  });

/** Hands it in as such reports come: SNS calls its JSON text. */
function handIn(name: string, authorization?: string | null) {
  if (isMail(name))
    return post('/v1/mail/reports/message', 'message/rfc822', bytes(name), authorization);
  if (name.startsWith('sns-'))
    return post('/v1/mail/reports', 'text/plain; charset=UTF-8', text(name), authorization);
  return post('/v1/mail/reports', 'application/json', text(name), authorization);
}

async function effect(): Promise<Effect & { said: string | null }> {
  const { db } = app.ctx;
  const { status, reported } = await db
    .selectFrom('messages')
    .select(['status', 'reported'])
    .where('mailId', '=', MAIL_ID)
    .executeTakeFirstOrThrow();
  const suppressed = (await app.admin.get('/v1/mail/suppressions')).json().data;
  const toMend = (await app.admin.get('/v1/mail/refused-addresses')).json().data;
  expect([suppressed.length, toMend.length].every((count) => count <= 1)).toBe(true);
  const { switchedOff } = await preferencesOf(db, zoe.id);
  const link = await askForLink(app, browser(app.app), zoe.email);
  return {
    message: status as Effect['message'],
    reported,
    suppressed: suppressed.length === 1,
    toMend: toMend[0]?.reason ?? null,
    optionalOff: switchedOff.length > 0,
    linkGoes: link !== null,
    said: toMend[0]?.said ?? null,
  };
}

describe('of the corpus of reports', () => {
  test('every file has its effect', () => {
    expect(Object.keys(corpus).sort()).toEqual(readdirSync(FOLDER).sort());
    const of = (one: Effect) => Object.values(corpus).filter(([each]) => each === one).length;
    process.stdout.write(
      `mail corpus: ${Object.keys(corpus).length} reports, ${of(gone)} of mailboxes that are gone, ${of(undelivered)} undelivered, ${of(complained)} complaints, ${of(delayed)} delayed, ${of(delivered)} delivered, ${of(nothing)} of nothing\n`,
    );
    expect(Object.keys(corpus).length).toBeGreaterThanOrEqual(60);
  });

  test.each(Object.entries(corpus))('%s has the right one', async (name, [expected, said]) => {
    const reply = await handIn(name);
    expect(reply.statusCode).toBe(200);
    const { said: words, ...found } = await effect();
    expect(found).toEqual(expected);
    if (said) expect(words).toMatch(said);
    else expect(words).toBeNull();
  });

  test('each mail reads the same with either end of line', async () => {
    for (const name of Object.keys(corpus).filter(isMail))
      expect([name, await readReport(text(name))]).toEqual([name, await readReport(bytes(name))]);
  });

  test('each mail names the mail that it is about, but for those that hold nothing of it', async () => {
    const silent = ['exim-bounced-two.eml', 'complaint-without-message-id.eml'];
    for (const name of Object.keys(corpus).filter(isMail))
      for (const { mailId } of await readReport(bytes(name)))
        expect([name, mailId]).toEqual([name, silent.includes(name) ? null : MAIL_ID]);
  });

  test('each comes in as multipart/report, as JSON and as text alike', async () => {
    await post('/v1/mail/reports/message', 'multipart/report', bytes('gmail-dmarc.eml'));
    expect(await effect()).toMatchObject(undelivered);
    await post('/v1/mail/reports', 'application/json', text('sns-bounce.json'));
    expect(await effect()).toMatchObject({ suppressed: true, toMend: 'bounced' });
  });

  test('SNS with raw delivery sends the bare text', async () => {
    const bare = JSON.parse(text('sns-bounce.json')).Message as string;
    expect((await post('/v1/mail/reports', 'text/plain; charset=UTF-8', bare)).json()).toEqual({
      reports: 1,
      known: 1,
    });
    expect(await effect()).toMatchObject(gone);
  });

  test('what Amazon asks is for whoever reads the log, with its link', async () => {
    await handIn('sns-subscription.json');
    expect(logged).toMatchObject([
      {
        url: expect.stringMatching(/^https:\/\/sns\.us-east-2\.amazonaws\.com\/\?Action=Confirm/),
        msg: 'Amazon SNS asks to confirm a subscription. Open the link to do so.',
      },
    ]);
    logged.length = 0;
    const elsewhere = text('sns-subscription.json').replaceAll(
      'https://sns.us-east-2.amazonaws.com/?',
      'https://sns.us-east-2.amazonaws.com.example.org/?',
    );
    expectProblem(await post('/v1/mail/reports', 'text/plain', elsewhere), 400);
    expect(logged).toEqual([]);
  });
});

describe('a report counts by who hands it in', () => {
  const NAMES = [
    'postfix-bounced.eml',
    'ses-bounced.json',
    'sns-bounce.json',
    'sns-complaint.json',
  ];
  const basic = (password: string) =>
    `Basic ${Buffer.from(`planning-year:${password}`).toString('base64')}`;

  test('the webhook’s key also comes as the password of Basic authentication', async () => {
    expect((await handIn('sns-bounce.json', basic(key))).json()).toEqual({ reports: 1, known: 1 });
    expect(await effect()).toMatchObject(gone);
  });

  test('SNS is asked for the password that it has', async () => {
    for (const name of ['sns-bounce.json', 'postfix-bounced.eml'])
      expect((await handIn(name, null)).headers['www-authenticate']).toEqual([
        'Basic realm="planning-year"',
        'Bearer realm="planning-year"',
      ]);
    expect((await app.as(null).get('/v1/people')).headers['www-authenticate']).toBe(
      'Bearer realm="planning-year"',
    );
  });

  test('without a key, with a wrong one, or another’s password, nothing changes', async () => {
    const coach = await app.keyFor({ role: 'coordinator' });
    const forbidden = `Bearer ${coach}`;
    for (const name of [...NAMES, 'sns-subscription.json']) {
      for (const authorization of [
        null,
        `Bearer ${key.slice(0, -1)}x`,
        basic('x'),
        basic(app.adminKey),
        basic(coach),
        basic(BOOTSTRAP_KEY),
      ])
        expectProblem(await handIn(name, authorization), 401);
      expectProblem(await handIn(name, forbidden), 403);
    }
    expect(await effect()).toMatchObject(nothing);
    expect(logged).toEqual([]);
  });
});

describe('a report that comes again, late, or out of order', () => {
  test('takes nothing back that says more', async () => {
    const reportedAfter = async (...names: string[]) => {
      for (const name of names) await handIn(name);
      return (await effect()).reported;
    };
    expect(await reportedAfter('ses-delivered.json', 'ses-delivery-delay.json')).toBe('delivered');
    expect(await reportedAfter('ses-complaint-abuse.json', 'ses-delivered.json')).toBe(
      'complained',
    );
    expect(await reportedAfter('ses-mailbox-full.json', 'ses-complaint-abuse.json')).toBe(
      'bounced',
    );
  });

  test('a complaint told twice leaves alone whoever has changed their mind', async () => {
    await handIn('sns-complaint.json');
    expect((await preferencesOf(app.ctx.db, zoe.id)).switchedOff).not.toEqual([]);
    await app.ctx.db.updateTable('preferences').set({ switchedOff: [] }).execute();
    await handIn('sns-complaint.json');
    expect((await preferencesOf(app.ctx.db, zoe.id)).switchedOff).toEqual([]);
  });

  test('a complaint from an address that was wrong is not its person’s', async () => {
    const { db } = app.ctx;
    const at = (email: string) =>
      db.updateTable('people').set({ email }).where('id', '=', zoe.id).execute();
    await at('right@example.org');
    await handIn('complaint-abuse.eml');
    expect((await preferencesOf(db, zoe.id)).switchedOff).toEqual([]);
    await at(zoe.email);
  });

  test('of an address that nothing was sent to suppresses nobody', async () => {
    for (const name of [
      'ses-without-headers.json',
      'complaint-without-message-id.eml',
      'exim-plain.eml',
    ]) {
      const stranger = text(name)
        .replaceAll('zoe@example.org', 'stranger@example.org')
        .replaceAll(MAIL_ID, '<another@elsewhere.example>');
      const reply = isMail(name)
        ? await post('/v1/mail/reports/message', 'message/rfc822', stranger)
        : await post('/v1/mail/reports', 'application/json', stranger);
      expect([name, reply.json()]).toEqual([name, { reports: 1, known: 0 }]);
    }
    expect(await effect()).toMatchObject(nothing);
  });
});

describe('a hostile report', () => {
  const envelope = (Message: string) =>
    post('/v1/mail/reports', 'text/plain', JSON.stringify({ Type: 'Notification', Message }));
  const inner = (change: (report: Record<string, never>) => void): string => {
    const report = JSON.parse(text('ses-bounced.json'));
    change(report);
    return JSON.stringify(report);
  };

  test('in an envelope is checked like one without', async () => {
    for (const refused of [
      'no JSON',
      '{"mail":',
      '"text"',
      '[]',
      'null',
      inner((report) => Object.assign(report.bounce!, { bounceSubType: 'a\0b' })),
      inner((report) => Object.assign(report.mail!, { messageId: '\ud800' })),
      `{"mail":{"messageId":"x"},"eventType":"Bounce","more":${'['.repeat(200)}${']'.repeat(200)}}`,
      JSON.stringify({ Type: 'Notification', Message: 'no JSON' }),
    ])
      expectProblem(await envelope(refused), 400);
    const many = inner((report) => Object.assign(report, { more: Array(30_000).fill(0) }));
    expectProblem(await envelope(many), 413);
    expect(await effect()).toMatchObject(nothing);
  });

  test('of names that every object has is a report like another', async () => {
    for (const name of ['constructor', 'toString', '__proto__', 'hasOwnProperty']) {
      const ses = inner((report) => {
        Object.assign(report.bounce!, { bounceType: name, bounceSubType: name });
        Object.assign(report, { notificationType: name });
      });
      expect((await envelope(ses)).statusCode).toBe(200);
      const mail = text('postfix-bounced.eml').replace('Action: failed', `Action: ${name}`);
      const reply = await post('/v1/mail/reports/message', 'message/rfc822', mail);
      expect(reply.json()).toEqual({ reports: 0, known: 0 });
      const arf = text('complaint-abuse.eml').replace(
        'Feedback-Type: abuse',
        `Feedback-Type: ${name}`,
      );
      expect((await post('/v1/mail/reports/message', 'message/rfc822', arf)).statusCode).toBe(200);
      const sns = JSON.stringify({ Type: name, Message: '{}' });
      expectProblem(await post('/v1/mail/reports', 'text/plain', sns), 400);
    }
  });

  test('of long lines is read in no time, and one of 60 MB not at all', async () => {
    const dsn = (fields: string) => text('postfix-bounced.eml').replace('Action: failed', fields);
    const lines = [
      text('qmail-bounced.eml').replace('<zoe', `<${'@'.repeat(900_000)}\n\n<zoe`),
      text('qmail-bounced.eml').replace('<zoe', `${'\n<'.repeat(4_000)}\n\n<zoe`),
      text('exim-plain.eml').replace('550 Unknown', `${'550 '.repeat(200_000)}Unknown`),
      text('exim-plain.eml').replace('550 Unknown', `${'user '.repeat(200_000)}Unknown`),
      dsn(`Action: ${'('.repeat(900_000)}failed`),
      dsn(`Action: failed\nFinal-Recipient: rfc822;${'<'.repeat(900_000)}`),
      dsn(`Action: failed\nDiagnostic-Code: smtp; ${'5.1.'.repeat(200_000)}`),
      dsn(`Action: failed\nDiagnostic-Code: smtp; ${'a@'.repeat(400_000)}`),
      dsn(
        `Action: failed\nDiagnostic-Code: smtp; ${'no a.'.repeat(100_000)} ${'no '.repeat(100_000)}`,
      ),
      text('complaint-abuse.eml').replace('Message-ID: <019', `Message-ID: ${'<'.repeat(900_000)}`),
    ];
    for (const [at, line] of lines.entries()) {
      const begun = performance.now();
      const reply = await post('/v1/mail/reports/message', 'message/rfc822', line);
      expect([at, reply.statusCode]).toEqual([at, 200]);
      expect([at, performance.now() - begun < 5_000]).toEqual([at, true]);
    }
    const huge = Buffer.alloc(60 * 1024 * 1024, 'a');
    expectProblem(await post('/v1/mail/reports/message', 'message/rfc822', huge), 413);
    for (const type of ['text/plain', 'application/json'])
      expectProblem(await post('/v1/mail/reports', type, huge), 413);
  });
});
