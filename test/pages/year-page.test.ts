import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Browser } from '../sign-in/support/browser.ts';
import { type School, school, textOf } from './support/school.ts';

let at: School;
let principal: Browser;

beforeAll(async () => {
  at = await school();
  principal = await at.enter('Pat Principal', 'principal');
});
afterAll(() => at.app.close());

test('a year tells where every region stands, what waits for its reader, and what happened last', async () => {
  const { app, year } = at;
  const events = `/v1/planning-years/${year}/events`;
  await app.admin.post(
    events,
    { type: 'designation.letterReceived', note: 'By phone.' },
    { 'if-match': '*' },
  );
  const page = (await principal.get(`/planning-years/${year}`)).body;
  const text = textOf(page);
  const { regions } = (await app.admin.get(`/v1/planning-years/${year}`)).json();
  for (const { title, regionTitle } of Object.values<{ title: string; regionTitle: string }>(
    regions,
  ))
    expect(text).toContain(`${regionTitle} ${title}, since`);
  const own = (await at.tasks('role=principal&status=open')).map(({ id }) => id);
  const waiting = page.slice(page.indexOf('What is open for you'), page.indexOf('Where it stands'));
  expect([...waiting.matchAll(/\/tasks\/([\w-]+)/g)].map(([, id]) => id)).toEqual(own);
  const all = page.slice(page.indexOf('All tasks by month'), page.indexOf('What happened last'));
  expect(all.match(/<li>/g)).toHaveLength((await at.tasks('')).length);
  expect(all.match(/<details open>\s*<summary>November 2026/)).not.toBeNull();
  expect(text).toContain('Designation letter received');
  expect(text).toContain('By phone.');
});

test('what happened last tells the day it happened, the day it was recorded, and its evidence', async () => {
  const { app } = at;
  const [task] = (await at.tasks('role=principal&status=open')).filter(({ raises }) => !raises);
  const evidence = [{ title: 'Minutes', url: 'https://files.example.org/minutes' }];
  const done = { effectiveOn: '2026-11-02', evidence };
  await app.admin.post(`/v1/tasks/${task!.id}/complete`, done, { 'if-match': '*' });
  const links = [{ title: 'Survey', url: 'https://files.example.org/survey' }];
  const note = { text: 'They answered.', links, effectiveOn: '2026-11-03' };
  await app.admin.post(`/v1/tasks/${task!.id}/notes`, note);
  const page = (await principal.get(`/planning-years/${at.year}`)).body;
  const last = page.slice(page.indexOf('What happened last'));
  expect(textOf(last)).toMatch(/Monday, November 2, 2026; recorded Nov 16[^;]* by /);
  expect(last).toContain('<a href="https://files.example.org/minutes"');
  expect(last).toContain('<a href="https://files.example.org/survey"');
  const about = (await principal.get(`/tasks/${task!.id}`)).body;
  expect(textOf(about)).toMatch(/Tuesday, November 3, 2026; recorded Nov 16[^;]* by /);
});

test('a vendor sees its own tasks and regions there, and no log', async () => {
  const { app, year } = at;
  await app.admin.post('/v1/vendors', { code: 'V-1', name: 'Partners' });
  await app.admin.post('/v1/contracts', {
    ...{ vendor: 'V-1', planningYear: year, proposedOn: '2026-11-01' },
  });
  const vendor = await at.enter('Val Vendor', 'vendor', { kind: 'vendor' as never, code: 'V-1' });
  const page = (await vendor.get(`/planning-years/${year}`)).body;
  const own = new Set((await at.tasks('role=vendor')).map(({ id }) => id));
  const shown = [...page.matchAll(/\/tasks\/([\w-]+)/g)].map(([, id]) => id!);
  expect(shown.length).toBeGreaterThan(0);
  expect(shown.filter((id) => !own.has(id))).toEqual([]);
  expect(page).not.toContain('What happened last');
  const [others] = await at.tasks('role=principal');
  expect((await vendor.get(`/tasks/${others!.id}`)).statusCode).toBe(404);
  const [waiting] = await at.tasks('role=vendor&status=blocked');
  const about = (await vendor.get(`/tasks/${waiting!.id}`)).body;
  const led = [...about.matchAll(/href="\/tasks\/([\w-]+)/g)].map(([, id]) => id!);
  expect(led.filter((id) => !own.has(id))).toEqual([]);
});

test('one’s own page leads to the tasks and the years that one may read', async () => {
  const page = (await principal.get('/me')).body;
  expect(page).toContain(`href="/planning-years/${at.year}"`);
  expect(page).not.toContain(at.otherYear);
  expect(page).toMatch(/href="\/tasks\/[\w-]{36}"/);
  expect(page).not.toContain('/v1/');
});
