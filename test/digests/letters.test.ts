import { afterAll, beforeEach, describe, expect, test } from '@jest/globals';
import ICAL from 'ical.js';
import { pino } from 'pino';
import { readToken, unsubscribeSecret } from '../../src/digests/unsubscribe.ts';
import { parseSender } from '../../src/mail/compose.ts';
import { smtpMailer } from '../../src/mail/smtp.ts';
import { scan } from '../../src/reminders/scan.ts';
import { sendMails } from '../../src/reminders/send.ts';
import { startSmtpServer } from '../mail/support/smtp-server.ts';
import { contextOn, fixtures, heldMailer, heldQueue } from '../reminders/support/world.ts';
import { testClock } from '../support/clock.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';

const MORNING = '2028-01-17T07:30:00-06:00';

const databases: TestDatabase[] = [];
afterAll(async () => {
  for (const { drop } of databases) await drop();
});

async function world() {
  const database = await createTestDatabase();
  databases.push(database);
  const { db } = database;
  const clock = testClock(MORNING);
  const { queue, take } = heldQueue();
  const { mailer, mails } = heldMailer();
  const ctx = contextOn(db, clock, queue, mailer);
  const send = async () => {
    await scan(ctx);
    await sendMails(ctx, take());
    return mails.splice(0);
  };
  const prefers = (personId: string, change: object) =>
    db
      .insertInto('preferences')
      .values({
        personId,
        ...{ zone: null, digestAt: null, language: null, switchedOff: [] },
        ...change,
        ...{ version: 1, updatedAt: clock.now() },
      })
      .execute();
  return { db, clock, ctx, take, send, prefers, add: fixtures(db) };
}

let w: Awaited<ReturnType<typeof world>>;
let year: string;
let ada: string;
beforeEach(async () => {
  w = await world();
  year = await w.add.school('001-0001', 'Oak High School');
  ada = await w.add.person('Ada Example');
  await w.add.assign(ada, 'principal', 'school', '001-0001');
});

const cora = async (...codes: string[]) => {
  const id = await w.add.person('Cora Coach', { email: `cora-${codes[0]}@example.org` });
  for (const code of codes) await w.add.assign(id, 'coordinator', 'school', code);
  return id;
};

describe('an answer to a mail', () => {
  test('reaches the one coordinator of all the schools that it speaks of', async () => {
    await cora('001-0001');
    await w.add.task(year, 'jan-1/principal/1');
    const [mail] = await w.send();
    expect(mail!.replyTo).toEqual({ name: 'Cora Coach', address: 'cora-001-0001@example.org' });
    expect(mail!.text).toContain('Reply to this email: it reaches your coordinator.');
  });

  test('goes the usual way where several coordinate, nobody does, or the reader does', async () => {
    const other = await w.add.school('001-0002', 'Elm School');
    await w.add.assign(ada, 'principal', 'school', '001-0002');
    const coach = await cora('001-0001');
    await cora('001-0002');
    await w.add.task(year, 'jan-1/principal/1');
    await w.add.task(other, 'jan-1/principal/1');
    await w.add.task(year, 'jan-1/coordinator/1');
    const mails = await w.send();
    expect(mails.map(({ to }) => to.name).sort()).toEqual(['Ada Example', 'Cora Coach']);
    expect(mails.map(({ replyTo }) => replyTo)).toEqual([undefined, undefined]);
    expect(coach).toBeDefined();
  });
});

describe('a mail that names a deadline', () => {
  test('carries it as a calendar file, under the UID that the feed has', async () => {
    const task = await w.add.task(year, 'jan-1/principal/1');
    await w.add.task(year, 'jan-1/principal/2', { dueOn: '2028-01-12' });
    const [mail] = await w.send();
    const calendar = new ICAL.Component(ICAL.parse(mail!.calendar!));
    expect(calendar.getFirstPropertyValue('method')).toBe('PUBLISH');
    const events = calendar.getAllSubcomponents('vevent');
    expect(events.map((event) => event.getFirstPropertyValue('uid'))).toEqual([task]);
    expect(mail!.text).toContain('The dates are attached as a calendar file.');
  });

  test('and one that names none carries none', async () => {
    await w.add.task(year, 'jan-1/principal/1', { kind: 'expected' });
    const [mail] = await w.send();
    expect(mail!.calendar).toBeUndefined();
    expect(mail!.text).not.toContain('calendar file');
  });
});

describe('a mail of optional things alone', () => {
  test('can be switched off by its headers, for these kinds and this person', async () => {
    await w.add.task(year, 'jan-1/principal/1', { kind: 'expected' });
    const [mail] = await w.send();
    const { 'List-Unsubscribe': address = '', 'List-Unsubscribe-Post': post } = mail!.headers!;
    expect(post).toBe('List-Unsubscribe=One-Click');
    const token = /^<https:\/\/plans\.example\.org\/unsubscribe\/([\w.-]+)>$/.exec(address)![1]!;
    const secret = await unsubscribeSecret(w.db, w.clock.now());
    expect(readToken(secret, token)).toEqual({ personId: ada, kinds: ['example/month'] });
    expect(mail!.text).not.toContain(token);
    expect(mail!.html).not.toContain(token);
  });

  test('and one with anything that must be had can not', async () => {
    await w.add.task(year, 'jan-1/principal/1', { kind: 'expected' });
    await w.add.task(year, 'jan-1/principal/2', { dueOn: '2028-01-14' });
    const [mail] = await w.send();
    expect(mail!.headers).toBeUndefined();
  });
});

describe('what somebody has switched off', () => {
  test('is held as opted out, and the rest comes', async () => {
    await w.prefers(ada, { switchedOff: ['example/month', 'example/missed'] });
    await w.add.task(year, 'jan-1/principal/1', { kind: 'expected' });
    await w.add.task(year, 'jan-1/principal/2', { dueOn: '2028-01-14' });
    const [mail, ...more] = await w.send();
    expect(more).toEqual([]);
    expect(mail!.subject).toBe('1 late: Oak High School');
    expect(mail!.text).not.toContain('Enter the rubric');
    const rows = await w.db
      .selectFrom('reminders')
      .select(['rule', 'status', 'reason'])
      .orderBy('rule')
      .execute();
    // A late notice can't be switched off, whatever stands in the preferences.
    expect(rows).toEqual([
      { rule: 'missed', status: 'sent', reason: null },
      { rule: 'month', status: 'held', reason: 'optedOut' },
    ]);
  });
});

describe('each person’s mail comes', () => {
  test('at their own hour, in their own zone and language, once a day', async () => {
    const hana = await w.add.person('Hana');
    await w.add.assign(hana, 'principal', 'school', '001-0001');
    await w.prefers(hana, { zone: 'Pacific/Honolulu', digestAt: '09:00', language: 'es' });
    await w.add.task(year, 'jan-1/principal/1');
    expect((await w.send()).map(({ to }) => to.name)).toEqual(['Ada Example']);
    w.clock.set('2028-01-17T08:59:00-10:00');
    expect(await w.send()).toEqual([]);
    w.clock.set('2028-01-17T09:00:00-10:00');
    const [mail, ...more] = await w.send();
    expect(more).toEqual([]);
    expect(mail).toMatchObject({ to: { name: 'Hana' }, subject: '1 por vencer: Oak High School' });
    w.clock.set('2028-01-17T19:00:00-10:00');
    expect(await w.send()).toEqual([]);
  });

  test('after the weekend, with all that came up meanwhile', async () => {
    w.clock.set('2028-01-15T09:00:00-06:00');
    await w.add.task(year, 'jan-1/principal/1', { dueOn: '2028-01-22' });
    expect(await w.send()).toEqual([]);
    w.clock.set('2028-01-16T09:00:00-06:00');
    await w.add.task(year, 'jan-1/principal/2', { dueOn: '2028-01-17' });
    expect(await w.send()).toEqual([]);
    w.clock.set('2028-01-17T07:00:00-06:00');
    const [mail, ...more] = await w.send();
    expect(more).toEqual([]);
    expect(mail!.subject).toBe('1 due today, 1 due soon: Oak High School');
  });
});

describe('what is to be told at once', () => {
  const atOnce = async (task: string) => {
    await scan(w.ctx);
    await w.db
      .updateTable('reminders')
      .set({ delivery: 'atOnce' })
      .where('taskId', '=', task)
      .execute();
  };

  test('comes in a mail of its own beside the digest, before its hour, and not on a Saturday', async () => {
    w.clock.set('2028-01-22T09:00:00-06:00');
    const told = await w.add.task(year, 'jan-1/principal/1', { dueOn: '2028-01-25' });
    await w.add.task(year, 'jan-1/principal/2', { dueOn: '2028-01-25' });
    await atOnce(told);
    expect(await w.send()).toEqual([]);
    w.clock.set('2028-01-24T06:00:00-06:00');
    const [mail, ...more] = await w.send();
    expect(more).toEqual([]);
    expect(mail!.text).toContain('Enter the rubric');
    expect(mail!.text).not.toContain('Hold the meeting');
    w.clock.set('2028-01-24T07:00:00-06:00');
    const [digest, ...others] = await w.send();
    expect(others).toEqual([]);
    expect(digest!.text).toContain('Hold the meeting');
  });

  test('waits for the end of the quiet hours', async () => {
    w.clock.set('2028-01-18T05:30:00-06:00');
    const told = await w.add.task(year, 'jan-1/principal/1', { dueOn: '2028-01-25' });
    await atOnce(told);
    expect(await w.send()).toEqual([]);
    w.clock.set('2028-01-18T06:00:00-06:00');
    expect(await w.send()).toHaveLength(1);
  });

  test('is one mail however many processes look for it', async () => {
    w.clock.set('2028-01-18T06:30:00-06:00');
    const told = await w.add.task(year, 'jan-1/principal/1', { dueOn: '2028-01-25' });
    await atOnce(told);
    await Promise.all([1, 2, 3, 4].map(() => scan(w.ctx)));
    const messages = await w.db.selectFrom('messages').select('kind').execute();
    expect(messages).toEqual([{ kind: 'atOnce' }]);
  });
});

test('names with line breaks, commas and markup bring no header and no recipient of their own', async () => {
  const odd = [
    'Eve\r\nBcc: all@example.org',
    'Eve\nX-Injected: 1',
    'Eve, Mallory <mallory@example.org>',
    'Eve" <mallory@example.org>, "',
    'Eve\u2028Bcc: all@example.org',
    'Eve\u0085X-Injected: 1',
    '=?utf-8?q?Eve=0D=0ABcc:_all@example.org?=',
    'Eve\t\u0000'.replace('\u0000', '\u0001'),
  ];
  for (const [at, name] of odd.entries()) {
    const person = await w.add.person(name, { email: `odd-${at}@example.org` });
    const code = `00${at + 2}-0001`;
    const school = await w.add.school(code, name);
    await w.add.assign(person, 'principal', 'school', code);
    const coach = await w.add.person(name, { email: `coach-${at}@example.org` });
    await w.add.assign(coach, 'coordinator', 'school', code);
    await w.add.task(school, 'jan-1/principal/1');
  }
  const server = await startSmtpServer();
  const mailer = smtpMailer(
    server.url,
    parseSender('Plans <plans@example.org>'),
    pino({ level: 'silent' }),
  );
  try {
    await scan(w.ctx);
    await sendMails({ ...w.ctx, mailer }, w.take());
    expect(server.received.map(({ to }) => to).sort()).toEqual(
      odd.map((_, at) => [`odd-${at}@example.org`]),
    );
    const keys = new Set(server.received.flatMap(({ mail }) => mail.headers.map(({ key }) => key)));
    expect([...keys].sort()).toEqual([
      'auto-submitted',
      'content-type',
      'date',
      'from',
      'message-id',
      'mime-version',
      'reply-to',
      'subject',
      'to',
      'x-auto-response-suppress',
    ]);
    for (const { mail } of server.received) {
      expect(mail.headers).toHaveLength(keys.size);
      expect([mail.to, mail.replyTo].map((list) => list?.length)).toEqual([1, 1]);
      expect(mail.attachments.map(({ mimeType }) => mimeType)).toEqual(['text/calendar']);
    }
  } finally {
    await mailer.close();
    await server.stop();
  }
});
