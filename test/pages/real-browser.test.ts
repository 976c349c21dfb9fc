import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { afterAll, beforeAll, describe, expect } from '@jest/globals';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { suppress } from '../../src/delivery/suppressions.ts';
import { tokenOf, unsubscribeSecret } from '../../src/digests/unsubscribe.ts';
import { browserOf, inChromium, startChromium } from '../sign-in/support/chromium.ts';
import { type Somebody, somebody, work } from '../sign-in/support/people.ts';
import { sessionOf } from '../support/session.ts';
import { DISTRICT } from '../support/years.ts';
import { type School, school } from './support/school.ts';

/** From the mail's link to the tick, as a person does it: in Chromium, without scripts, by keyboard. */

// A browser among many other processes may take its time.

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

let at: School;
let chromium: Browser | null;
let human: BrowserContext;
let page: Page;
let principal: Somebody;
let url: string;
const faults: string[] = [];

beforeAll(async () => {
  at = await school();
  principal = await somebody(at.app, 'Pat Principal', 'principal', {
    kind: 'school',
    code: at.code,
  });
  url = await at.app.app.listen({ host: '127.0.0.1', port: 0 });
  at.app.ctx.config.publicUrl = url;
  chromium = await startChromium();
  if (!chromium) return;
  human = await browserOf(chromium, { javaScriptEnabled: false });
  page = await human.newPage();
  page.on('console', (message) => {
    if (message.type() === 'error') faults.push(message.text());
  });
});
afterAll(async () => {
  await chromium?.close();
  await at.app.close();
});

interface Violation {
  id: string;
  nodes: { html: string }[];
}

type Cookies = Parameters<BrowserContext['addCookies']>[0];

/** Signed in somewhere else. */
async function sessionAs(name: string, role: string, organization: Organization): Promise<Cookies> {
  const { id } = await somebody(at.app, name, role, organization);
  const { cookie } = await sessionOf(at.app.ctx, id);
  return [{ name: 'session', value: cookie.slice('session='.length), url }];
}
type Organization = Parameters<typeof somebody>[3];

/** Where the headers of a mail to the principal lead that speaks of these kinds. */
async function unsubscribePath(kinds: string[]): Promise<string> {
  const secret = await unsubscribeSecret(at.app.ctx.db, at.app.clock.now());
  return `/unsubscribe/${tokenOf(secret, { personId: principal.id, kinds })}`;
}

/** An address that refuses mail from now on. */
async function refusedOf(address: string): Promise<string> {
  const since = at.app.clock.now();
  const found = { address, reason: 'refused', since, detail: '550 5.1.1 User unknown' } as const;
  await suppress(at.app.ctx.db, [{ ...found, messageId: null }]);
  const { id } = await at.app.ctx.db
    .selectFrom('suppressions')
    .select('id')
    .executeTakeFirstOrThrow();
  return id;
}

/** What axe finds on a page at each width, with the same cookies in a browser that runs scripts. */
async function violations(address: string, cookies?: Cookies): Promise<string[]> {
  const context = await browserOf(chromium!, { bypassCSP: true });
  await context.addCookies(cookies ?? (await human.cookies()));
  const visit = await context.newPage();
  await visit.goto(address);
  await visit.evaluate(AXE);
  const all: string[] = [];
  for (const width of WIDTHS) {
    await visit.setViewportSize({ width, height: 800 });
    const found = (await visit.evaluate(
      '(async () => (await axe.run({ resultTypes: ["violations"] })).violations)()',
    )) as Violation[];
    const wide = (await visit.evaluate('document.documentElement.scrollWidth')) as number;
    all.push(...found.map(({ id, nodes }) => `${address} at ${width}: ${id}: ${nodes[0]!.html}`));
    if (wide > width) all.push(`${address} at ${width}: ${wide} wide`);
  }
  await context.close();
  return all;
}

const OPTIONAL = ['isbe-comprehensive/month-begins', 'isbe-comprehensive/month-ending'];

/** 640 is what a window of 1280 is at 200 %. */
const WIDTHS = [1280, 640, 320];

describe('in a browser', () => {
  let task: string;

  inChromium('a mail’s link leads by the way in to the task, and the task is done', async () => {
    task = `${url}/tasks/${(await at.tasks('role=principal&status=open'))[0]!.id}`;
    await page.goto(task);
    expect(page.url()).toContain('/sign-in?to=');
    await page.getByLabel('Your e-mail address at work').fill(principal.email);
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Check your mail' }).waitFor();
    await work(at.app);
    await page.goto(/https?:\S+/.exec(at.app.mails.at(-1)!.text)![0]);
    await page.getByRole('button', { name: 'Sign in' }).click();
    expect(page.url()).toBe(task);

    const skip = page.getByRole('link', { name: 'Skip to the content' });
    expect((await skip.boundingBox())!.x).toBeLessThan(0);
    await skip.focus();
    expect((await skip.boundingBox())!.x).toBeGreaterThanOrEqual(0);
    await page.getByLabel('Note (if there is something to say)').fill('Booked for Tuesday.');
    await page
      .getByLabel('Link to evidence (if there is one)')
      .first()
      .fill('https://example.org/a');
    await page.getByRole('button', { name: 'Mark it done' }).press('Enter');
    await page.getByRole('status').filter({ hasText: 'It is marked done.' }).waitFor();
    expect(await page.getByText('Booked for Tuesday.').count()).toBe(1);
    // Back and forth again: nothing is sent twice.
    await page.reload();
    expect((await at.task(task.slice(-36))).status).toBe('done');
  });

  inChromium('a note is added without a script', async () => {
    await page.getByText('Add a note', { exact: true }).click();
    await page.getByLabel('Note', { exact: true }).fill('It was a good talk.');
    await page.getByRole('button', { name: 'Add the note' }).click();
    await page.getByText('It was a good talk.').waitFor();
  });

  inChromium(
    'no page has a fault that axe finds, nor runs over on a phone or at 200 %',
    async () => {
      const tasks = await at.tasks('');
      const statuses = [...Map.groupBy(tasks, ({ status }) => status).values()].map(
        ([one]) => one!,
      );
      const late = (await at.tasks('overdue=true'))[0]!;
      const own = (await at.tasks('role=principal&status=open'))[0]!;
      const pages = [
        ...['/sign-in', '/sign-in/sent', '/sign-in/links/x', '/me', `/planning-years/${at.year}`],
        ...['/me/preferences', await unsubscribePath(OPTIONAL)],
        ...[...statuses, late, own].map(({ id }) => `/tasks/${id}`),
        `/tasks/019ab3c4-5d6e-7f80-9a1b-2c3d4e5f6071`,
        await unsubscribePath(['a/b']),
      ];
      const found: string[] = [];
      for (const path of pages) found.push(...(await violations(url + path)));
      const refused = await refusedOf(principal.email);
      const ofAddresses = ['/refused-addresses', `/refused-addresses/${refused}`];
      const { agency } = at.app.ctx.programs.all[0]!.pack.program;
      const coach = { kind: 'district', code: DISTRICT } as const;
      const state = { kind: 'state', code: agency.code } as const;
      for (const cookies of [
        await sessionAs('Cora Coach', 'coordinator', coach),
        await sessionAs('Ida State', 'isbe', state),
      ])
        for (const path of ofAddresses) found.push(...(await violations(url + path, cookies)));
      pages.push(...ofAddresses, ...ofAddresses);
      process.stdout.write(
        `axe: ${pages.length} pages at ${WIDTHS.length} widths, ${found.length} violations\n`,
      );
      expect(found).toEqual([]);
      expect(statuses.length).toBeGreaterThanOrEqual(4);
    },
  );

  inChromium('a form that is refused says so to whoever can’t see it', async () => {
    const own = (await at.tasks('role=principal&status=open'))[0]!;
    await page.goto(`${url}/tasks/${own.id}`);
    await at.app.admin.post(`/v1/tasks/${own.id}/complete`, {}, { 'if-match': '*' });
    await page.getByLabel('Note (if there is something to say)').fill('What I typed.');
    await page.getByRole('button', { name: 'Mark it done' }).click();
    await page.getByRole('alert').filter({ hasText: 'Nothing was saved' }).waitFor();
    expect(await page.getByLabel('Note', { exact: true }).inputValue()).toBe('What I typed.');
  });

  inChromium('emails are stopped, taken back and chosen anew, by keyboard alone', async () => {
    const link = url + (await unsubscribePath(OPTIONAL));
    const found: string[] = [];
    await page.goto(link);
    await page.getByRole('heading', { name: 'Stop monthly summaries and' }).waitFor();
    await page.getByRole('button', { name: 'Stop these emails' }).press('Enter');
    await page.getByRole('heading', { name: 'You will no longer receive monthly' }).waitFor();
    found.push(...(await violations(link)));
    await page.getByRole('button', { name: 'Undo' }).press('Enter');
    await page.getByRole('heading', { name: 'Undone. You will receive' }).waitFor();
    await page.getByRole('link', { name: 'Choose which emails you receive' }).press('Enter');
    await page.getByRole('heading', { name: 'Your email preferences' }).waitFor();
    await page.getByLabel('Monthly summaries').press('Space');
    await page.getByLabel('Time of day').selectOption('09:30');
    await page.getByLabel('Time zone').selectOption('America/Denver');
    await page.getByLabel('Language of your emails').selectOption('Español');
    await page.getByRole('button', { name: 'Save' }).press('Enter');
    await page.getByRole('status').filter({ hasText: 'Your preferences are saved.' }).waitFor();
    expect(await page.getByLabel('Monthly summaries').isChecked()).toBe(false);
    expect(await page.getByLabel('Reminders before a month ends').isChecked()).toBe(true);
    expect(await page.getByLabel('Time zone').inputValue()).toBe('America/Denver');
    // In their language from now on.
    await page.goto(link);
    await page.getByRole('button', { name: 'Dejar de recibirlos' }).press('Enter');
    await page.getByRole('heading', { name: 'Ya no recibirá estos correos.' }).waitFor();
    found.push(...(await violations(link)), ...(await violations(`${url}/me/preferences`)));
    expect(found).toEqual([]);
  });

  inChromium('nothing on the pages runs against their own policy', () => {
    expect(faults.filter((fault) => /Content Security Policy/.test(fault))).toEqual([]);
  });
});
