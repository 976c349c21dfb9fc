import { afterAll, beforeAll, describe, expect } from '@jest/globals';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { type TestApp, testApp } from '../support/app.ts';
import { browserOf, inChromium, startChromium } from './support/chromium.ts';
import { directory, type Somebody, somebody, work } from './support/people.ts';

/** As people and link scanners meet it: over HTTP, in Chromium. */

// A browser among many other processes may take its time.

let app: TestApp;
let chromium: Browser | null;
let principal: Somebody;
let url: string;

beforeAll(async () => {
  app = await testApp({ now: '2026-11-10T15:00:00Z' });
  const [code] = (await directory(app)) as [string];
  principal = await somebody(app, 'Pat Principal', 'principal', { kind: 'school', code });
  const opened = await app.admin.post('/v1/planning-years', {
    ...{ program: app.ctx.programs.all[0]!.id, year: '2026-27', school: code },
    ...{ designation: 'Comprehensive', releasedOn: '2026-10-15' },
    ...{ newlyDesignated: false, resourceAllocationReview: null },
  });
  expect(opened.statusCode).toBe(201);
  url = await app.app.listen({ host: '127.0.0.1', port: 0 });
  app.ctx.config.publicUrl = url;
  chromium = await startChromium();
});
afterAll(async () => {
  await chromium?.close();
  await app.close();
});

/** Fills in the form; the address of the link that comes by mail. */
async function askForLink(page: Page): Promise<string> {
  await page.goto(`${url}/sign-in`);
  await page.getByLabel('Your e-mail address at work').fill(principal.email);
  await page.getByRole('button', { name: 'Send me a link' }).click();
  await page.getByRole('heading', { name: 'Check your mail' }).waitFor();
  await work(app);
  return /https?:\S+/.exec(app.mails.at(-1)!.text)![0];
}

const used = async () =>
  (await app.ctx.db.selectFrom('signInAttempts').select('usedAt').execute()).filter(
    ({ usedAt }) => usedAt !== null,
  ).length;

describe('in a browser', () => {
  let human: BrowserContext;
  let page: Page;
  const faults: string[] = [];

  beforeAll(async () => {
    if (!chromium) return;
    // Whoever runs no scripts gets in all the same.
    human = await browserOf(chromium, { javaScriptEnabled: false });
    page = await human.newPage();
    page.on('console', (message) => {
      if (message.type() === 'error') faults.push(message.text());
    });
  });

  inChromium('a scanner that runs every script and submits nothing uses up no link', async () => {
    const link = await askForLink(page);
    const scanner = await browserOf(chromium!);
    // One that shares the cookies of the person, as a preview in the same browser does, and one that does not.
    const sharing = await browserOf(chromium!);
    await sharing.addCookies(await human.cookies());
    for (const context of [scanner, sharing]) {
      const visit = await context.newPage();
      for (let time = 0; time < 3; time++) {
        await visit.goto(link, { waitUntil: 'networkidle' });
        await visit.mouse.move(200, 300);
        await visit.keyboard.press('Tab');
      }
      await fetch(link, { method: 'HEAD' });
      await context.close();
    }
    process.stdout.write(
      `link scanners: 6 visits with scripts and 2 HEADs, links used up: ${await used()}\n`,
    );
    expect(await used()).toBe(0);
    await page.goto(link);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('heading', { name: 'Pat Principal', level: 1 }).waitFor();
    expect(await used()).toBe(1);
  });

  inChromium('somebody signed in sees their tasks by date, and signs out', async () => {
    await page.goto(`${url}/me`);
    expect(
      await page.getByRole('listitem').filter({ hasText: 'Principal' }).count(),
    ).toBeGreaterThan(0);
    expect(await page.getByRole('heading', { level: 3 }).first().textContent()).toMatch(
      /20\d\d$|^Without/,
    );
    const task = await page.locator('main a[href*="/tasks/"]').first().getAttribute('href');
    expect((await page.goto(url + task))!.status()).toBe(200);
    await page.goto(`${url}/me`);
    await page.getByRole('button', { name: 'Sign out' }).click();
    expect(page.url()).toBe(`${url}/sign-in`);
    await page.goto(url + task);
    expect(page.url()).toBe(`${url}/sign-in?to=${encodeURIComponent(task!)}`);
  });

  inChromium('the explorer works with the session alone', async () => {
    const link = await askForLink(page);
    await page.goto(link);
    await page.getByRole('button', { name: 'Sign in' }).click();
    const scripted = await browserOf(chromium!);
    await scripted.addCookies(await human.cookies());
    const explorer = await scripted.newPage();
    await explorer.goto(`${url}/docs/`);
    await explorer.getByRole('heading', { level: 1 }).waitFor();
    const asked = await explorer.evaluate(async () => {
      const read = await fetch('/v1/schools');
      const write = await fetch('/v1/tasks/complete', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: '{"tasks":[]}',
      });
      return [read.status, write.status];
    });
    // 400: let in, and told that the list is empty.
    expect(asked).toEqual([200, 400]);
    await scripted.close();
  });

  inChromium('nothing on the pages runs against their own policy', () => {
    expect(faults.filter((fault) => /Content Security Policy/.test(fault))).toEqual([]);
  });
});
