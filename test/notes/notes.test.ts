import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { rebuild } from '../../src/planning-years/rebuild.ts';
import { type Client, type TestApp, testApp } from '../support/app.ts';
import { vendorKey } from '../support/vendor.ts';
import { DISTRICT, openTestYears } from '../support/years.ts';

let api: TestApp;
let coach: Client;
let vendor: Client;
let team: Client;
let stranger: Client;
let year: string;

beforeAll(async () => {
  api = await testApp({ now: '2026-11-18T15:00:00Z' });
  [year] = (await openTestYears(api.ctx, 1)) as [string];
  const scope = { districts: [DISTRICT] };
  coach = api.as(await api.keyFor({ scope }));
  vendor = api.as(await vendorKey(api, year));
  team = api.as(await api.keyFor({ role: roleOf('team'), scope }));
  stranger = api.as(await api.keyFor({ scope: { districts: ['98-902-0020-04'] } }));
});
afterAll(() => api.close());

const roleOf = (kind: string): string =>
  api.ctx.programs.all[0]!.pack.program.roles.find((role) => role.kind === kind)!.id;

const tasksOf = async (role: string): Promise<{ id: string; status: string }[]> =>
  (await api.admin.get(`/v1/tasks?planningYear=${year}&role=${role}&limit=1000`)).json().data;

const notesFor = async (client: Client, query = '') =>
  (await client.get(`/v1/planning-years/${year}/notes${query}`)).json().data;

const meetingWithOpenItems = async () => {
  const { pack } = api.ctx.programs.all[0]!;
  const ids = new Set<string>();
  for (const month of pack.months)
    for (const activity of month.activities)
      if (activity.tasks.some(({ meeting }) => meeting)) ids.add(activity.id);
  const open = (
    await api.admin.get(`/v1/tasks?planningYear=${year}&status=open&limit=1000`)
  ).json();
  const titles: { activity: string; id: string }[] = open.data;
  const activity = [...ids].find((id) => titles.some((task) => task.activity === id))!;
  return { activity, items: titles.filter((task) => task.activity === activity) };
};

describe('a note', () => {
  test('stays in the log with its links, and changes no state', async () => {
    const before = (await coach.get(`/v1/planning-years/${year}`)).json();
    const reply = await coach.post(`/v1/planning-years/${year}/notes`, {
      text: 'Families answered in three languages.',
      links: [{ title: 'Results', url: 'https://example.org/results' }],
    });
    expect(reply.statusCode).toBe(201);
    expect(reply.json()).toMatchObject({
      kind: 'note',
      on: '2026-11-18',
      text: 'Families answered in three languages.',
      links: [{ title: 'Results', url: 'https://example.org/results' }],
      task: null,
    });
    const after = (await coach.get(`/v1/planning-years/${year}`)).json();
    expect(after).toEqual({ ...before, updatedAt: after.updatedAt });
    const log = (await coach.get(`/v1/planning-years/${year}/events`)).json().data;
    expect(log.at(-1)).toMatchObject({ type: 'note.added', seq: reply.json().seq });
  });

  test.each([
    'javascript:alert(1)',
    'ftp://example.org/x',
    'data:text/html,x',
    'nothing',
    'https://ann:secret@example.org/x',
  ])('takes no link such as %s', async (url) => {
    const links = [{ title: 'A link', url }];
    const reply = await coach.post(`/v1/planning-years/${year}/notes`, { text: 'x', links });
    expect(reply.statusCode).toBe(400);
  });

  test('is about a task whatever its status, and found by it', async () => {
    const [task] = await tasksOf(roleOf('vendor'));
    const reply = await vendor.post(`/v1/tasks/${task!.id}/notes`, { text: 'Visited twice.' });
    expect(reply.statusCode).toBe(201);
    expect(reply.json()).toMatchObject({ kind: 'note', task: task!.id });
    expect(await notesFor(coach, `?task=${task!.id}`)).toEqual([reply.json()]);
  });

  test('of others is not for the vendor or the team to read, nor theirs to add', async () => {
    const [task] = await tasksOf(roleOf('team'));
    const own = await team.post(`/v1/tasks/${task!.id}/notes`, { text: 'We met.' });
    expect(own.statusCode).toBe(201);
    const texts = async (client: Client) =>
      (await notesFor(client)).map(({ text }: { text: string }) => text);
    expect(await texts(team)).toEqual(['We met.']);
    expect(await texts(vendor)).toEqual(['Visited twice.']);
    expect(await texts(coach)).toHaveLength(3);
    expect((await vendor.post(`/v1/tasks/${task!.id}/notes`, { text: 'x' })).statusCode).toBe(404);
    const ofYear = await team.post(`/v1/planning-years/${year}/notes`, { text: 'x' });
    expect(ofYear.statusCode).toBe(403);
  });

  test('of a school out of reach does not exist', async () => {
    const url = `/v1/planning-years/${year}/notes`;
    expect((await stranger.get(url)).statusCode).toBe(404);
    expect((await stranger.post(url, { text: 'x' })).statusCode).toBe(404);
  });
});

describe('a contact', () => {
  test('is the last one by its own date, whenever it is recorded', async () => {
    const record = (effectiveOn: string) =>
      coach.post(`/v1/planning-years/${year}/contacts`, { by: 'phone', effectiveOn });
    expect((await record('2026-11-16')).statusCode).toBe(201);
    expect((await record('2026-11-02')).statusCode).toBe(201);
    const reply = await coach.get(`/v1/planning-years/${year}`);
    expect(reply.json().lastContact).toBe('2026-11-16');
    expect((await record('2026-11-19')).statusCode).toBe(400);
  });

  test('tells which schools nobody has reached', async () => {
    const found = async (date: string) =>
      (await coach.get(`/v1/planning-years?noContactSince=${date}`)).json().data.length;
    expect(await found('2026-11-16')).toBe(0);
    expect(await found('2026-11-17')).toBe(1);
  });

  test('is not for a team to record', async () => {
    const reply = await team.post(`/v1/planning-years/${year}/contacts`, { by: 'visit' });
    expect(reply.statusCode).toBe(403);
  });
});

describe('a meeting', () => {
  test("settles every role's open items of the month's meeting, and counts as a contact", async () => {
    const { activity, items } = await meetingWithOpenItems();
    const reply = await coach.post(`/v1/planning-years/${year}/meetings`, {
      activity,
      effectiveOn: '2026-11-18',
      who: ['Principal', 'Coordinator'],
      text: 'Agreed on the survey.',
    });
    expect(reply.statusCode).toBe(201);
    expect(reply.json()).toMatchObject({ kind: 'meeting', activity, on: '2026-11-18' });
    expect(reply.json().settledTasks.length).toBeGreaterThan(0);
    for (const id of reply.json().settledTasks)
      expect((await coach.get(`/v1/tasks/${id}`)).json()).toMatchObject({ status: 'done' });
    expect(items.map(({ id }) => id)).toEqual(
      expect.arrayContaining(reply.json().settledTasks.slice(0, 1)),
    );
    expect((await coach.get(`/v1/planning-years/${year}`)).json().lastContact).toBe('2026-11-18');
  });

  test('counts as a contact when one of its items is ticked instead', async () => {
    const { months } = api.ctx.programs.all[0]!.pack;
    const items = months
      .flatMap(({ activities }) => activities.flatMap(({ tasks }) => tasks))
      .filter(({ meeting }) => meeting)
      .map(({ sources }) => sources[0]);
    const list = await api.admin.get(`/v1/tasks?planningYear=${year}&status=open&limit=1000`);
    const open: { id: string; sources: string[] }[] = list.json().data;
    const item = open.find(({ sources: [first] }) => first !== undefined && items.includes(first));
    api.clock.set('2026-11-20T15:00:00Z');
    const url = `/v1/tasks/${item!.id}/complete`;
    const reply = await api.admin.post(url, { effectiveOn: '2026-11-19' }, { 'if-match': '*' });
    expect(reply.statusCode).toBe(200);
    expect((await coach.get(`/v1/planning-years/${year}`)).json().lastContact).toBe('2026-11-19');
  });

  test('that the calendar does not have is refused, naming those it has', async () => {
    const body = { activity: 'nov-99', who: ['Principal'] };
    const reply = await coach.post(`/v1/planning-years/${year}/meetings`, body);
    expect(reply.statusCode).toBe(400);
    expect(reply.json().errors[0]).toMatchObject({ pointer: '/activity' });
  });
});

test('what the log tells of all this is what is stored', async () => {
  expect(await rebuild(api.ctx)).toMatchObject({ differences: [], broken: [] });
});
