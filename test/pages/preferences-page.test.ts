import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { preferencesOf } from '../../src/preferences/store.ts';
import { browser } from '../sign-in/support/browser.ts';
import { type School, school, textOf } from './support/school.ts';

const PATH = '/me/preferences';
const SUMMARIES = 'isbe-comprehensive/month-begins';
const ENDING = 'isbe-comprehensive/month-ending';
/** All boxes ticked, and nothing else chosen. */
const USUAL = {
  [`get.${SUMMARIES}`]: 'on',
  [`get.${ENDING}`]: 'on',
  ...{ digestAt: '', zone: '', language: '' },
};

let at: School;
let pat: Awaited<ReturnType<School['enter']>>;
beforeEach(async () => {
  at = await school();
  pat = await at.enter('Pat Principal', 'principal');
});
afterEach(() => at.app.close());

const kept = () => preferencesOf(at.app.ctx.db, pat.who.id);
const ticked = (body: string): string[] =>
  [...body.matchAll(/<input type="checkbox"[^>]* name="([^"]*)"[^>]* checked>/g)].map(
    ([, name]) => name!,
  );
const chosen = (body: string, name: string): string | undefined =>
  new RegExp(`name="${name}".*?<option value="([^"]*)"[^>]* selected>`, 's').exec(body)?.[1];

describe('the page of preferences', () => {
  test('is found from the own page, and names each kind that may be stopped, and no other', async () => {
    expect((await pat.get('/me')).body).toContain(`<a href="${PATH}">Your email preferences</a>`);
    const { body, statusCode, headers } = await pat.get(PATH);
    expect(statusCode).toBe(200);
    const text = textOf(body);
    expect(text).toContain(`Your emails go to ${pat.who.email}.`);
    expect(text).toContain('Planning year of a Comprehensive school (Illinois)');
    expect(text).toMatch(/Monthly summaries\s+Reminders before a month ends\s+These emails always/);
    expect(ticked(body)).toEqual([`get.${SUMMARIES}`, `get.${ENDING}`]);
    expect(body.match(/type="checkbox"/g)).toHaveLength(2);
    expect(text).toContain('deadlines, webinars and other events with a date, what is late, and');
    expect(text).toMatch(/Usual \(7:00\sAM\)/);
    expect(text).toContain('Usual (Central Time)');
    expect(body).not.toMatch(/<script|javascript:|\son\w+=|\sstyle=/i);
    expect(headers['content-security-policy']).toMatch(/^default-src 'none'; style-src 'sha256-/);
    expect(headers['cache-control']).toBe('no-store');
    expect(await kept()).toMatchObject({ version: 0 });
  });

  test('keeps what is chosen, as the API tells it, and says so to whoever chose', async () => {
    await pat.get(PATH);
    const reply = await pat.submit(PATH, {
      [`get.${ENDING}`]: 'on',
      ...{ digestAt: '08:30', zone: 'America/Denver', language: 'es' },
    });
    expect(reply.statusCode).toBe(303);
    const location = String(reply.headers.location);
    const { body } = await pat.get(location);
    expect(textOf(body)).toContain('Your preferences are saved.');
    expect(ticked(body)).toEqual([`get.${ENDING}`]);
    expect(['digestAt', 'zone', 'language'].map((name) => chosen(body, name))).toEqual([
      ...['08:30', 'America/Denver', 'es'],
    ]);
    const told = await pat.get(`/v1/people/${pat.who.id}/preferences`, { accept: '*/*' });
    expect(told.json()).toMatchObject({
      ...{ switchedOff: [SUMMARIES], digestAt: '08:30', zone: 'America/Denver', language: 'es' },
      version: 1,
    });
    const other = await at.enter('Olive Other', 'slt');
    expect((await other.get(location)).body).not.toContain('role="status"');
    const { data } = (await at.app.admin.get('/v1/audit?kind=administered')).json();
    expect(data).toContainEqual(
      expect.objectContaining({
        actor: `person:${pat.who.id}`,
        detail: expect.objectContaining({ route: PATH }),
      }),
    );
    await pat.get(PATH);
    await pat.submit(PATH, USUAL);
    expect(await kept()).toMatchObject({
      ...{ switchedOff: [], digestAt: null, zone: null, language: null, version: 2 },
    });
  });

  test('takes a form that is sent twice once, and one that is changed as another', async () => {
    await pat.get(PATH);
    const twin = pat.copy();
    const first = await pat.submit(PATH, { ...USUAL, digestAt: '09:00' });
    const again = await twin.submit(PATH, { ...USUAL, digestAt: '09:00' });
    expect([again.statusCode, again.headers.location]).toEqual([303, first.headers.location]);
    expect(await kept()).toMatchObject({ digestAt: '09:00', version: 1 });
  });

  test('tells whoever sends a stale form, saves nothing of it and loses nothing', async () => {
    await pat.get(PATH);
    const stale = pat.copy();
    await pat.submit(PATH, { ...USUAL, language: 'es' });
    const reply = await stale.submit(PATH, { [`get.${SUMMARIES}`]: 'on', digestAt: '10:00' });
    expect(reply.statusCode).toBe(412);
    expect(textOf(reply.body)).toContain('Nothing was saved: what it is about has changed');
    expect(ticked(reply.body)).toEqual([`get.${SUMMARIES}`]);
    expect(chosen(reply.body, 'digestAt')).toBe('10:00');
    expect(await kept()).toMatchObject({ language: 'es', digestAt: null, version: 1 });
    await stale.submit(PATH, { [`get.${SUMMARIES}`]: 'on', digestAt: '10:00' });
    expect(await kept()).toMatchObject({
      ...{ switchedOff: [ENDING], digestAt: '10:00', language: null, version: 2 },
    });
  });

  test('refuses what the API refuses, at the field that it was chosen in', async () => {
    await pat.get(PATH);
    const late = await pat.submit(PATH, { ...USUAL, digestAt: '19:00', zone: 'Mars/Olympus' });
    expect(late.statusCode).toBe(400);
    expect(textOf(late.body)).toContain('This must be 18:00 at the latest.');
    expect(textOf(late.body)).toContain('This must be a time zone such as America/Denver.');
    expect(late.body.match(/aria-invalid="true"/g)).toHaveLength(2);
    const dated = 'isbe-comprehensive/deadline-near';
    const forged = await pat.submit(PATH, { ...USUAL, shown: dated });
    expect(forged.statusCode).toBe(400);
    expect(await kept()).toMatchObject({ version: 0 });
  });

  test('leaves kinds that it does not show as they are', async () => {
    await at.app.ctx.db
      .insertInto('preferences')
      .values({
        ...{ personId: pat.who.id, zone: null, digestAt: null, language: null, version: 1 },
        ...{ switchedOff: [ENDING, SUMMARIES], updatedAt: at.app.clock.now() },
      })
      .execute();
    await pat.get(PATH);
    await pat.submit(PATH, { [`get.${SUMMARIES}`]: 'on', shown: SUMMARIES });
    expect(await kept()).toMatchObject({ switchedOff: [ENDING] });
  });

  test('is one’s own: of nobody else, of no key, and of no other site’s form', async () => {
    const visitor = browser(at.app.app);
    const reply = await visitor.get(PATH);
    expect(reply.headers.location).toBe(`/sign-in?to=${encodeURIComponent(PATH)}`);
    expect((await at.app.admin.get(PATH)).statusCode).toBe(401);
    await pat.get(PATH);
    expect((await pat.submit(PATH, { ...USUAL, proof: 'x' })).statusCode).toBe(403);
    await pat.get(PATH);
    const foreign = { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' };
    expect((await pat.submit(PATH, USUAL, foreign)).statusCode).toBe(403);
    expect(await kept()).toMatchObject({ version: 0 });
    for (let time = 0; time < 3; time++) await pat.get(`${PATH}?said=saved&utm_source=mail`);
    expect(await kept()).toMatchObject({ version: 0 });
  });

  test('is open to everybody with a role', async () => {
    const { agency } = at.app.ctx.programs.all[0]!.pack.program;
    const sam = await at.enter('Sam State', 'isbe', { kind: 'state', code: agency.code });
    expect((await sam.get(PATH)).statusCode).toBe(200);
    expect((await sam.submit(PATH, USUAL)).statusCode).toBe(303);
  });
});
