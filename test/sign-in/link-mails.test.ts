import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { findBreaker, trip } from '../../src/delivery/breaker.ts';
import { lockedMailSettings, saveMailSettings } from '../../src/delivery/settings.ts';
import type { Mail, Mailer } from '../../src/mail/mailer.ts';
import { takeUpLinks } from '../../src/sign-in/link-mail.ts';
import { type TestApp, testApp } from '../support/app.ts';
import { type Browser, browser } from './support/browser.ts';
import { directory, type Somebody, somebody, work } from './support/people.ts';

let app: TestApp;
let principal: Somebody;
let fault: Error | null = null;
const tried: Mail[] = [];
const mailer: Mailer = {
  async send(mail) {
    tried.push(mail);
    if (fault) throw fault;
  },
  async close() {},
};

beforeAll(async () => {
  app = await testApp({ now: '2026-11-10T15:00:00Z', mailer });
  const [code] = (await directory(app)) as [string];
  principal = await somebody(app, 'Pat Principal', 'principal', { kind: 'school', code });
});
afterAll(() => app.close());
beforeEach(async () => {
  app.clock.advance({ hours: 1 });
  fault = null;
  tried.length = 0;
  await app.ctx.db.deleteFrom('suppressions').execute();
  await app.ctx.db.deleteFrom('mailBreaker').execute();
});

const smtpError = (code: string, command: string, response: string) =>
  Object.assign(new Error(response), {
    ...{ code, command, response, responseCode: Number(response.slice(0, 3)) },
  });

/** @returns the browser in which a link was asked for, and the sending of its mail was tried */
async function ask(): Promise<Browser> {
  const mine = browser(app.app);
  await mine.get('/sign-in');
  await mine.submit('/sign-in', { email: principal.email });
  await work(app);
  return mine;
}

/** What the next minutes bring. */
async function minutes(count: number): Promise<void> {
  for (let minute = 0; minute < count; minute++) {
    app.clock.advance({ minutes: 1 });
    await takeUpLinks(app.ctx);
    await work(app);
  }
}

const linkOf = ({ text }: Mail): string => new URL(/https?:\S+/.exec(text)![0]).pathname;

async function set(change: { paused?: boolean; trialAddresses?: string[] | null }): Promise<void> {
  await app.ctx.db.transaction().execute(async (trx) => {
    const { paused, ...rest } = change;
    const pause = paused ? { since: app.clock.now(), reason: 'A restore' } : null;
    const next = { ...(await lockedMailSettings(trx)), ...rest, paused: pause };
    await saveMailSettings(trx, next, { id: 'test', role: 'administrator' }, app.clock.now());
  });
}

describe('the mail with a link', () => {
  test('is tried again while the link holds, with the same link in each', async () => {
    fault = smtpError('EENVELOPE', 'RCPT TO', '450 4.2.0 Greylisted');
    const mine = await ask();
    await minutes(1);
    fault = null;
    await minutes(3);
    expect(tried).toHaveLength(3);
    expect(new Set(tried.map(({ messageId }) => messageId)).size).toBe(3);
    expect(new Set(tried.map(linkOf)).size).toBe(1);
    await mine.get(linkOf(tried[0]!));
    expect((await mine.submit(/^\/sign-in\/links/)).statusCode).toBe(303);
    await minutes(10);
    expect(tried).toHaveLength(3);
  });

  test('holds the same link when somebody asks once more in the same browser, and another elsewhere', async () => {
    const mine = await ask();
    app.clock.advance({ minutes: 9 });
    await mine.get('/sign-in');
    await mine.submit('/sign-in', { email: principal.email.toUpperCase() });
    await work(app);
    await ask();
    const links = tried.map(linkOf);
    expect(links[1]).toBe(links[0]);
    expect(links[2]).not.toBe(links[0]);
    expect(new Set(tried.map(({ messageId }) => messageId)).size).toBe(3);
    // It holds anew from the second time on.
    app.clock.advance({ minutes: 9 });
    await mine.get(links[0]!);
    expect((await mine.submit(/^\/sign-in\/links/)).statusCode).toBe(303);
  });

  test('reaches its owner however often others have asked in their name', async () => {
    for (const address of ['203.0.113.7', '203.0.113.8'])
      for (let n = 0; n < 8; n++) {
        const other = browser(app.app, address);
        await other.get('/sign-in');
        await other.submit('/sign-in', { email: principal.email });
        await work(app);
      }
    // Five for each who asks, and no more.
    expect(tried).toHaveLength(10);
    const mine = await ask();
    await mine.get(linkOf(tried[10]!));
    expect((await mine.submit(/^\/sign-in\/links/)).statusCode).toBe(303);
  });

  test('is tried no more when the link is over', async () => {
    fault = smtpError('EENVELOPE', 'RCPT TO', '450 4.2.0 Greylisted');
    await ask();
    await minutes(30);
    expect(tried).toHaveLength(4);
  });

  test('is taken up by another process when the first one dies over it', async () => {
    const mine = browser(app.app);
    await mine.get('/sign-in');
    await mine.submit('/sign-in', { email: principal.email });
    app.jobs.length = 0;
    await minutes(1);
    expect(tried).toHaveLength(1);
  });

  test('that is refused suppresses the address, which gets no link until it is mended', async () => {
    fault = smtpError('EENVELOPE', 'RCPT TO', '550 5.1.1 User unknown');
    await ask();
    const suppressed = await app.ctx.db.selectFrom('suppressions').selectAll().execute();
    expect(suppressed).toMatchObject([{ address: principal.email, reason: 'refused' }]);
    fault = null;
    await ask();
    await minutes(10);
    expect(tried).toHaveLength(1);
  });

  test('tells other mail that the server takes none, and waits behind it for its turn', async () => {
    fault = smtpError('EAUTH', 'AUTH PLAIN', '535 5.7.8 Credentials invalid');
    await ask();
    expect(await findBreaker(app.ctx.db)).toMatchObject({ reason: 'signIn' });
    await ask();
    expect(tried).toHaveLength(1);
    fault = null;
    await minutes(2);
    expect(await findBreaker(app.ctx.db)).toBeUndefined();
    expect(tried).toHaveLength(3);
  });

  test('waits behind what other mail has met', async () => {
    const detail = '421 4.3.2 Closing';
    await trip(app.ctx, { kind: 'server', code: 421, enhanced: '4.3.2', detail });
    await ask();
    expect(tried).toEqual([]);
    await minutes(1);
    expect(tried).toHaveLength(1);
  });

  test('goes while mail is paused, and in trial mode to listed addresses alone', async () => {
    await set({ paused: true });
    await ask();
    expect(tried).toHaveLength(1);
    await set({ trialAddresses: ['somebody@example.org'] });
    await ask();
    expect(tried).toHaveLength(1);
    await set({ trialAddresses: [principal.email.toLowerCase()] });
    await ask();
    expect(tried).toHaveLength(2);
    await set({ trialAddresses: null });
  });

  test('comes in the language of its reader', async () => {
    await app.ctx.db
      .insertInto('preferences')
      .values({
        ...{ personId: principal.id, zone: null, digestAt: null, language: 'es' },
        ...{ switchedOff: [], version: 1, updatedAt: app.clock.now() },
      })
      .execute();
    await ask();
    expect(tried[0]).toMatchObject({ subject: 'Entrar al año de planificación' });
    expect(tried[0]!.html).toContain('lang="es"');
  });
});
