import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import ICAL from 'ical.js';
import nodeIcal from 'node-ical';
import { pino } from 'pino';
import { expectProblem } from '../http/problem.ts';
import { fixtures, programs } from '../reminders/support/world.ts';
import { type TestApp, testApp } from '../support/app.ts';

const MORNING = '2028-01-17T08:00:00-06:00';
const SCHOOL = '001-0001';
/** All that needs escaping or folding: commas, semicolons, backslashes, a line break, letters of two octets. */
const NASTY = 'Łódź, Sons; & \\ Co\r\nBEGIN:VEVENT School of a name that goes on and on';

let app: TestApp;
let add: ReturnType<typeof fixtures>;
let ada: string;
let year: string;
beforeAll(async () => {
  app = await testApp({ programs, now: MORNING });
  add = fixtures(app.ctx.db);
  year = await add.school(SCHOOL, NASTY);
  ada = await add.person('Ada; Example');
  await add.assign(ada, 'principal', 'school', SCHOOL);
  await add.assign(ada, 'district', 'district', '002');
});
afterAll(() => app.close());
beforeEach(async () => {
  await app.ctx.db.deleteFrom('tasks').execute();
});

const makeFeed = async () =>
  (await app.admin.post(`/v1/people/${ada}/feeds`, { label: 'The phone' })).json();
const read = (url: string, headers?: Record<string, string>) =>
  app.as(null).get(new URL(url).pathname, headers);

/** The events as ical.js sees them. */
const eventsIn = (text: string) =>
  new ICAL.Component(ICAL.parse(text)).getAllSubcomponents('vevent').map((event) => ({
    uid: event.getFirstPropertyValue('uid'),
    sequence: event.getFirstPropertyValue('sequence'),
    due: String(event.getFirstPropertyValue('dtstart')),
    stamp: String(event.getFirstPropertyValue('dtstamp')),
    summary: event.getFirstPropertyValue('summary'),
  }));

describe('a calendar feed', () => {
  test('is told as a whole day for each deadline, and two independent programs read the same', async () => {
    const first = await add.task(year, 'jan-1/principal/1', { safeBy: '2028-01-28' });
    const second = await add.task(year, 'jan-1/principal/2', {
      dueOn: '2028-02-29',
      status: 'blocked',
    });
    await add.task(year, 'jan-1/principal/3', { kind: 'expected' });
    await add.task(year, 'jan-1/principal/4', { dueOn: null });
    await add.task(year, 'jan-1/principal/5', { status: 'done' });
    await add.task(year, 'jan-1/district/1', {});
    const { body, headers } = await read((await makeFeed()).url);
    expect(headers['content-type']).toBe('text/calendar; charset=utf-8');

    const events = eventsIn(body);
    const place = 'Łódź, Sons; & \\ Co BEGIN:VEVENT School of a name that goes on and on';
    expect(events.map(({ uid, due, summary }) => [uid, due, summary])).toEqual([
      [first, '2028-01-31', `Due: Enter the rubric in PORTAL (${place})`],
      [second, '2028-02-29', `Due: Hold the meeting of January (${place})`],
    ]);
    const others = Object.values(nodeIcal.sync.parseICS(body)).filter(
      (one) => one?.type === 'VEVENT',
    );
    expect(
      others.map((one) => {
        const event = one as nodeIcal.VEvent;
        // node-ical gives a whole day as the midnight of the machine's own zone.
        const due = `${event.start.getFullYear()}-${`${event.start.getMonth() + 1}`.padStart(2, '0')}-${`${event.start.getDate()}`.padStart(2, '0')}`;
        return { uid: event.uid, due, summary: event.summary, datetype: event.datetype };
      }),
    ).toEqual(events.map(({ uid, due, summary }) => ({ uid, due, summary, datetype: 'date' })));
    for (const { stamp } of events) expect(stamp).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
    expect(body).toMatch(/^DTSTAMP:\d{8}T\d{6}Z\r$/m);
  });

  test('has lines of at most 75 octets that end in CRLF, and no name begins one', async () => {
    await add.task(year, 'jan-1/principal/1');
    const { body } = await read((await makeFeed()).url);
    const lines = body.split('\r\n');
    expect(lines.at(-1)).toBe('');
    expect(body.replaceAll('\r\n', '')).not.toMatch(/[\r\n]/);
    for (const line of lines) expect(Buffer.byteLength(line)).toBeLessThanOrEqual(75);
    expect(lines.filter((line) => line === 'BEGIN:VEVENT')).toHaveLength(1);
  });

  test('keeps the UID and raises the SEQUENCE of what changes, and drops what falls away', async () => {
    const moved = await add.task(year, 'jan-1/principal/1');
    const done = await add.task(year, 'jan-1/principal/2', { dueOn: '2028-02-10' });
    const { url } = await makeFeed();
    const [before] = eventsIn((await read(url)).body);
    await app.ctx.db
      .updateTable('tasks')
      .set((eb) => ({ dueOn: '2028-02-07', version: eb('version', '+', 1) }))
      .where('id', '=', moved)
      .execute();
    await add.setStatus(done, 'done');
    const after = eventsIn((await read(url)).body);
    expect(after).toEqual([
      { ...before!, due: '2028-02-07', sequence: Number(before!.sequence) + 1 },
    ]);
    await app.ctx.db
      .updateTable('assignments')
      .set({ toOn: '2028-01-16' })
      .where('personId', '=', ada)
      .execute();
    expect(eventsIn((await read(url)).body)).toEqual([]);
    await app.ctx.db.updateTable('assignments').set({ toOn: null }).execute();
  });

  test('tells nothing of a role before its first day', async () => {
    const task = await add.task(year, 'jan-1/principal/1');
    const { url } = await makeFeed();
    const first = (fromOn: string) =>
      app.ctx.db.updateTable('assignments').set({ fromOn }).where('personId', '=', ada).execute();
    await first('2028-01-18');
    expect(eventsIn((await read(url)).body)).toEqual([]);
    await first('2028-01-17');
    expect(eventsIn((await read(url)).body).map(({ uid }) => uid)).toEqual([task]);
    await first('2026-08-01');
  });

  test('answers 304 while nothing changes', async () => {
    const task = await add.task(year, 'jan-1/principal/1');
    const { url } = await makeFeed();
    const { headers } = await read(url);
    const again = () => read(url, { 'if-none-match': headers.etag as string });
    expect((await again()).statusCode).toBe(304);
    await add.setStatus(task, 'waived');
    expect((await again()).statusCode).toBe(200);
  });

  test('speaks the person’s language', async () => {
    await add.task(year, 'jan-1/principal/1');
    await app.ctx.db
      .insertInto('preferences')
      .values({
        personId: ada,
        language: 'es',
        zone: null,
        digestAt: null,
        switchedOff: [],
        version: 1,
        updatedAt: new Date(MORNING),
      })
      .execute();
    expect((await read((await makeFeed()).url)).body).toContain('SUMMARY:Vence: Enter the rubric');
    await app.ctx.db.deleteFrom('preferences').execute();
  });
});

describe('the address of a feed', () => {
  test('is told once, lies nowhere readable, and is not found once it is revoked', async () => {
    const feed = await makeFeed();
    const token = /\/v1\/feeds\/([\w-]{43})\.ics$/.exec(feed.url)![1]!;
    const list = await app.admin.get(`/v1/people/${ada}/feeds`);
    expect(list.json().data).toContainEqual({ ...feed, url: undefined });
    expect(list.body).not.toContain(token);
    const rows = await app.ctx.db.selectFrom('feeds').selectAll().execute();
    expect(JSON.stringify(rows)).not.toContain(token);
    expect((await read(feed.url)).statusCode).toBe(200);

    const one = `/v1/people/${ada}/feeds/${feed.id}`;
    expectProblem(await app.admin.delete(one), 428);
    expect((await app.admin.delete(one, { 'if-match': '"v1"' })).statusCode).toBe(204);
    expectProblem(await read(feed.url), 404);
    expect((await app.admin.get(one)).json().revokedAt).toBe('2028-01-17T14:00:00.000Z');
    expectProblem(await read(feed.url.replace(token, `${token.slice(1)}A`)), 404);
  });

  test('never stands in a log', async () => {
    const lines: string[] = [];
    const log = pino({ level: 'trace' }, { write: (line: string) => void lines.push(line) });
    const logged = await testApp({ programs, now: MORNING });
    Object.assign(logged.ctx, { log });
    const { buildApp } = await import('../../src/app.ts');
    const server = await buildApp(logged.ctx);
    const token = 'a-token-of-43-letters-that-must-not-be-seen';
    await server.inject({ url: `/v1/feeds/${token}.ics` });
    await server.inject({ url: `/v1/feeds/${token}.ics?nonsense=1` });
    await server.inject({ url: `/unsubscribe/${token}` });
    await server.inject({ method: 'POST', url: `/unsubscribe/${token}` });
    await server.close();
    await logged.close();
    expect(lines.length).toBeGreaterThan(3);
    expect(lines.join('')).not.toContain(token);
  });

  test('is for the state to give, and unknown to whoever does not know of the person', async () => {
    const coach = app.as(await app.keyFor({ role: 'coordinator', program: 'example' }));
    expectProblem(await coach.post(`/v1/people/${ada}/feeds`, { label: 'x' }), 404);
  });
});
