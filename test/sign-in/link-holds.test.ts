import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { type TestApp, testApp } from '../support/app.ts';
import { type Browser, browser } from './support/browser.ts';
import { askForLink, directory, type Somebody, somebody } from './support/people.ts';

/** How long a link holds, how often and where; whoever is refused is not told which it was. */

let app: TestApp;
let principal: Somebody;
let mine: Browser;
let link: string;
beforeAll(async () => {
  app = await testApp({ now: '2026-11-10T15:00:00Z' });
  const [code] = await directory(app);
  principal = await somebody(app, 'Pat Principal', 'principal', { kind: 'school', code: code! });
});
afterAll(() => app.close());
beforeEach(async () => {
  app.clock.advance({ hours: 1 });
  mine = browser(app.app);
  link = (await askForLink(app, mine, principal.email))!;
});

const redeem = async (who: Browser) => {
  await who.get(link);
  return who.submit(/^\/sign-in\/links/);
};
const REFUSED =
  'This link does not let you in. It works once, for ten minutes, and in the browser in which you asked for it. Ask for a new one.';

test('a link holds for ten minutes', async () => {
  app.clock.advance({ minutes: 9.9 });
  expect((await redeem(mine)).statusCode).toBe(303);
});

test('a link that is ten minutes old lets nobody in', async () => {
  app.clock.advance({ minutes: 10 });
  const reply = await redeem(mine);
  expect(reply.statusCode).toBe(403);
  expect(reply.body).toContain(REFUSED);
  expect(reply.body).not.toMatch(/(used|expired|otherBrowser|unknown): /);
});

test('a link works once', async () => {
  const again = mine.copy();
  expect((await redeem(mine)).statusCode).toBe(303);
  const reply = await redeem(again);
  expect(reply.statusCode).toBe(403);
  expect(reply.body).toContain(REFUSED);
  expect(reply.body).not.toMatch(/(used|expired|otherBrowser|unknown): /);
});

test('a link works in no other browser', async () => {
  const other = browser(app.app);
  await other.get('/sign-in');
  const reply = await redeem(other);
  expect(reply.statusCode).toBe(403);
  expect(reply.body).toContain(REFUSED);
  expect(reply.body).not.toMatch(/(used|expired|otherBrowser|unknown): /);
});
