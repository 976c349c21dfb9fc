import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { newId } from '../../src/ids.ts';
import { mailFolder } from '../../src/mail/create.ts';
import { fileMailer } from '../../src/mail/file.ts';
import { scan } from '../../src/reminders/scan.ts';
import { sendMails } from '../../src/reminders/send.ts';
import { heldQueue } from '../reminders/support/world.ts';
import { somebody } from '../sign-in/support/people.ts';
import { type TestApp, testApp } from '../support/app.ts';
import { everywhere, lineOf, type Place } from '../support/everywhere.ts';
import { type Markup, markupOf } from '../support/markup.ts';
import { scripts } from '../support/scripts.ts';
import { sessionOf } from '../support/session.ts';

/** Scripts in every text that somebody can store: on no page and in no mail are they more than words. */

const PLAIN = 'Plain words';
/** Of all schools' resources, one. */
const ADDRESS = `https://example.org/?q="><script>alert(1)</script>`;
/** The state is told most; the others see each kind of script once. */
const KINDS = 10;
const SECTORS = ['principal', 'slt', 'district', 'coordinator', 'vendor'];

let app: TestApp;
let plain: Place;
let hostile: Place[];
/** Somebody of the state, by id. */
let state: string;
let folder: string;
const queue = heldQueue();
let looked = 0;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'planning-year-texts-'));
  const options = { now: '2026-11-10T15:00:00Z', queue: queue.queue };
  app = await testApp({ ...options, config: { dataDir: folder } });
  [plain, ...hostile] = (await everywhere(app, [PLAIN, ...scripts()])) as [Place, ...Place[]];
  const { id: program, agency } = app.ctx.programs.all[0]!.pack.program;
  const everything = { kind: 'state', code: agency.code } as const;
  state = (await somebody(app, 'Ida State', 'isbe', everything)).id;
  const reply = await app.app.inject({
    ...({ method: 'PUT', url: `/v1/programs/${program}/years/2026-27/parameters` } as const),
    headers: { authorization: `Bearer ${app.adminKey}`, 'if-match': '*' },
    payload: { program: { leadershipTeamGuideUrl: ADDRESS }, districts: {} },
  });
  expect([reply.statusCode, reply.body]).toEqual([200, reply.body]);
});
afterAll(async () => {
  process.stderr.write(`hostile texts: ${looked} pages and mails, 0 elements of theirs\n`);
  await app.close();
  rmSync(folder, { recursive: true });
});

/** Holds a page against the same one about plain words. */
function expectWords(page: string, usual: Markup, text: string): void {
  expectUsual(page, usual);
  expect(markupOf(page).words).toContain(lineOf(text));
}

function expectUsual(page: string, usual: Markup): void {
  const { elements, addresses } = markupOf(page);
  looked += 1;
  expect(elements).toEqual(usual.elements);
  expect(addresses.filter((address) => !/^(https?:[/][/]|[/]|#)/.test(address))).toEqual([]);
}

const ofRole = ({ people }: Place, role: string) => people[role]!;
const page = async (place: Place, role: string, url: string) => {
  // The latest session of a person stands first.
  app.clock.advance({ minutes: 0.01 });
  return pageIn(await sessionOf(app.ctx, ofRole(place, role).id, place.text), url);
};
async function pageIn(session: Record<string, string>, url: string): Promise<string> {
  const reply = await app.as(null).get(url, { ...session, accept: 'text/html' });
  expect([reply.statusCode, url]).toEqual([200, url]);
  expect(reply.headers['content-type']).toBe('text/html; charset=utf-8');
  expect(reply.headers['content-security-policy']).toMatch(/default-src 'none'/);
  return reply.body;
}

/** The page of the year and of each task that a role may see. */
function pagesFor(role: string): ((place: Place) => string)[] {
  const tasks = Object.keys(plain.tasks) as (keyof Place['tasks'])[];
  return [
    ({ planningYear }) => `/planning-years/${planningYear}`,
    ...tasks
      .filter((task) => role !== 'vendor' || task === 'ofVendor')
      .map((task) => (place: Place) => `/tasks/${place.tasks[task]}`),
  ];
}

const timesTold = (page: string, text: string): number =>
  markupOf(page).words.replaceAll(/\s+/g, ' ').split(lineOf(text)).length - 1;

describe('two hundred scripts in every stored text', () => {
  test.each(SECTORS)('are words on the page of the %s', async (role) => {
    const usual = markupOf(await page(plain, role, '/me'));
    for (const place of hostile) expectWords(await page(place, role, '/me'), usual, place.text);
  });

  test.each([...SECTORS, 'isbe'])(
    'are words on the pages of tasks and years that the %s may see',
    async (role) => {
      // One session each: these pages show none.
      const visit = async (place: Place, url: string) => {
        const who = role === 'isbe' ? state : ofRole(place, role).id;
        return pageIn(await sessionOf(app.ctx, who), url);
      };
      for (const which of pagesFor(role)) {
        const first = await visit(plain, which(plain));
        const usual = markupOf(first);
        expect(usual.elements.filter((element) => !PAGE.test(element))).toEqual([]);
        const told = timesTold(first, PLAIN);
        expect(told).toBeGreaterThan(0);
        for (const place of role === 'isbe' ? hostile : hostile.slice(0, KINDS)) {
          const body = await visit(place, which(place));
          expectUsual(body, usual);
          expect([timesTold(body, place.text), place.text]).toEqual([told, place.text]);
        }
      }
    },
  );

  test.each([
    [200, (text: string) => `/sign-in?${encodeURIComponent(text)}=1`],
    [404, (text: string) => `/nothing-here/${encodeURIComponent(text).slice(0, 400)}`],
  ])('are nothing in a page of an address that is not known (%i)', async (status, urlOf) => {
    const told = async (text: string) => {
      const reply = await app.as(null).get(urlOf(text), { accept: 'text/html' });
      expect([reply.statusCode, text]).toEqual([status, text]);
      return reply.body;
    };
    const usual = markupOf(await told(PLAIN));
    for (const { text } of hostile) expectUsual(await told(text), usual);
  });

  test('are words in every mail, and on the pages that show those', async () => {
    app.mails.length = 0;
    for (const day of ['2026-11-30', '2026-12-01', '2026-12-21']) {
      app.clock.set(`${day}T15:00:00Z`);
      await scan(app.ctx);
      await sendMails(app.ctx, queue.take());
    }
    const files = fileMailer(mailFolder(app.ctx.config), { name: 'P', address: 'p@example.org' });
    const mailsTo = (place: Place, role: string) =>
      app.mails.filter(({ to }) => to.address === ofRole(place, role).email);
    for (const role of SECTORS) {
      const usual = mailsTo(plain, role).map(({ html }) => markupOf(html));
      expect(usual.length).toBeGreaterThan(1);
      for (const place of hostile) {
        const mails = mailsTo(place, role);
        expect(mails).toHaveLength(usual.length);
        for (const [n, mail] of mails.entries()) {
          expectWords(mail.html, usual[n]!, place.text);
          expect(mail.subject + mail.to.name).not.toMatch(/[\r\n]/);
        }
        if (role === 'principal') await files.send(mails[0]!);
      }
    }
    const basic = Buffer.from(`x:${app.adminKey}`).toString('base64');
    const read = async (url: string) => {
      const reply = await app.as(null).get(url, { authorization: `Basic ${basic}` });
      expect([reply.statusCode, url]).toEqual([200, url]);
      expect(reply.headers['content-security-policy']).toMatch(/default-src 'none'/);
      return reply.body;
    };
    const names: string[] = [];
    for (let next: string | undefined = '/mail'; next; ) {
      const { elements, addresses } = markupOf(await read(next));
      expect(elements.filter((element) => !LIST.test(element))).toEqual([]);
      names.push(...addresses.filter((address) => address.startsWith('/mail/')));
      next = addresses.find((address) => address.startsWith('/mail?'));
    }
    expect(names).toHaveLength(hostile.length);
    for (const name of names) {
      const { elements } = markupOf(await read(name));
      expect(elements.filter((element) => !MAIL.test(element))).toEqual([]);
      const inside = markupOf(await read(`${name}/html`));
      expect(inside.elements.filter((element) => !LETTER.test(element))).toEqual([]);
      looked += 2;
    }
  });

  test('are words on the pages of addresses that refuse mail, and in their forms', async () => {
    // From here on no team gets any mail.
    const ids = new Map<Place, string>();
    for (const place of [plain, ...hostile]) {
      const id = newId(app.clock.now());
      ids.set(place, id);
      const address = ofRole(place, 'slt').email;
      const found = { id, address, reason: 'bounced', since: app.clock.now() } as const;
      await app.ctx.db
        .insertInto('suppressions')
        .values({ ...found, detail: place.text })
        .execute();
    }
    const show = async (who: string, url: string) => pageIn(await sessionOf(app.ctx, who), url);
    const wrong = async (place: Place) => {
      const session = await sessionOf(app.ctx, state);
      const url = `/refused-addresses/${ids.get(place)}`;
      const { body } = await app.as(null).get(url, { ...session, accept: 'text/html' });
      const proof = /name="proof" value="([^"]*)"/.exec(body)![1]!;
      const form = { proof, once: 'x'.repeat(43), version: '1', email: place.text };
      const reply = await app.app.inject({
        ...({ method: 'POST', url: `${url}/change` } as const),
        headers: {
          ...{ ...session, accept: 'text/html' },
          'content-type': 'application/x-www-form-urlencoded',
        },
        payload: new URLSearchParams(form).toString(),
      });
      expect(reply.statusCode).toBe(400);
      return reply.body;
    };
    const coach = (place: Place) => ofRole(place, 'coordinator').id;
    for (const shown of [
      (place: Place) => show(coach(place), '/refused-addresses'),
      (place: Place) => show(coach(place), `/refused-addresses/${ids.get(place)}`),
      (place: Place) => show(state, `/refused-addresses/${ids.get(place)}`),
      wrong,
    ]) {
      const first = await shown(plain);
      const usual = markupOf(first);
      expect(usual.elements.filter((element) => !PAGE.test(element))).toEqual([]);
      for (const place of hostile) {
        const body = await shown(place);
        expectUsual(body, usual);
        const told = timesTold(first, PLAIN);
        expect([timesTold(body, place.text), place.text]).toEqual([told, place.text]);
      }
    }
  });

  test('are words to every program: JSON that no browser takes for a page', async () => {
    const { text, planningYear, school, district } = hostile[0]!;
    for (const url of [
      // There are more of each than a page holds, in an order of their own.
      ...['schools', 'organizations', 'people', 'vendors', 'keys'].map(
        (list) => `/v1/${list}?limit=1000`,
      ),
      ...[`/v1/schools/${school}`, `/v1/organizations/${district}`],
      ...[`/v1/planning-years/${planningYear}/notes`, `/v1/planning-years/${planningYear}/events`],
      ...[
        `/v1/planning-years/${planningYear}`,
        `/v1/organizations?q=${encodeURIComponent(lineOf(text))}`,
      ],
    ]) {
      let told = '';
      for (let next: string | undefined = url; next !== undefined; ) {
        const reply = await app.admin.get(next, { accept: 'text/html,*/*' });
        expect([reply.statusCode, next]).toEqual([200, next]);
        expect(reply.headers['content-type']).toBe('application/json; charset=utf-8');
        expect(reply.headers['x-content-type-options']).toBe('nosniff');
        expect(reply.headers['content-security-policy']).toMatch(/script-src 'self'/);
        told += reply.body;
        next = /^<(.*)>; rel="next"$/.exec(String(reply.headers.link ?? ''))?.[1];
      }
      expect(told).toContain(JSON.stringify(lineOf(text)).slice(1, -1));
    }
  });
});

const FRAME = 'html\\[lang\\]|(head|title|style|body)\\[\\]|meta\\[(charset|content name)\\]';
const LIST = new RegExp(`^(${FRAME}|(h1|ul|li|br|p)\\[\\]|a\\[href\\])$`);
const MAIL = new RegExp(
  `^(${FRAME}|(h1|h2|p|br|pre)\\[\\]|a\\[href\\]|iframe\\[sandbox src title\\])$`,
);
const LETTER = /^(?!script|iframe|object|embed|form|input|svg|base)\w+\[((?!on)[a-z-]+ ?)*\]$/;
const PAGE = /^(?!script|iframe|object|embed|img|svg|base)\w+\[((?!on|style)[a-z-]+ ?)*\]$/;
