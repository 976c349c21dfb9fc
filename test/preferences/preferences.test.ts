import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { expectProblem } from '../http/problem.ts';
import { browser } from '../sign-in/support/browser.ts';
import { directory, signIn, somebody } from '../sign-in/support/people.ts';
import { type TestApp, testApp } from '../support/app.ts';

let app: TestApp;
let url: string;
beforeAll(async () => {
  app = await testApp();
  const person = await app.admin.post('/v1/people', { name: 'Ada', email: 'ada@example.org' });
  url = `/v1/people/${person.json().id}/preferences`;
});
afterAll(() => app.close());

const usual = { zone: null, digestAt: null, language: null, switchedOff: [] };
const put = (body: object, ifMatch = '*') =>
  app.app.inject({
    method: 'PUT',
    url,
    payload: body,
    headers: { authorization: `Bearer ${app.adminKey}`, 'if-match': ifMatch },
  });

describe('preferences', () => {
  test('are those of the program until somebody sets them', async () => {
    const reply = await app.admin.get(url);
    expect(reply.json()).toMatchObject({ ...usual, version: 0 });
    expect(reply.headers.etag).toBe('"v0"');
    expect((await app.admin.get(url, { 'if-none-match': '"v0"' })).statusCode).toBe(304);
  });

  test('are replaced as a whole, by whoever read them last', async () => {
    const { optional } = (await app.admin.get(url)).json();
    const hers = {
      zone: 'Pacific/Honolulu',
      digestAt: '08:30',
      language: 'es',
      switchedOff: [optional[0], optional[0]],
    };
    const reply = await put(hers, '"v0"');
    expect(reply.json()).toMatchObject({ ...hers, switchedOff: [optional[0]], version: 1 });
    expectProblem(await put(usual, '"v0"'), 412);
    expect((await put(usual, '"v1"')).json()).toMatchObject({ ...usual, version: 2 });
  });

  test.each([
    ['/zone', { zone: 'Mars/Olympus' }],
    ['/zone', { zone: '+03:00' }],
    ['/digestAt', { digestAt: '7:00' }],
    ['/digestAt', { digestAt: '18:01' }],
    ['/language', { language: 'tlh' }],
    ['/switchedOff/0', { switchedOff: ['isbe-comprehensive/deadline-missed'] }],
    ['/switchedOff/0', { switchedOff: ['nonsense'] }],
  ])('that make no sense are refused: %s %j', async (pointer, change) => {
    const { errors } = expectProblem(await put({ ...usual, ...change }), 400);
    expect([...new Set(errors?.map((fault) => fault.pointer))]).toEqual([pointer]);
  });

  test('name what may be switched off by its title: nothing that has a date', async () => {
    const { optional, optionalKinds } = (await app.admin.get(url)).json();
    expect(optionalKinds).toEqual([
      { kind: 'isbe-comprehensive/month-begins', title: 'Monthly summaries' },
      { kind: 'isbe-comprehensive/month-ending', title: 'Reminders before a month ends' },
    ]);
    expect(optional).toEqual(optionalKinds.map(({ kind }: { kind: string }) => kind));
    for (const { id, optional: isOptional } of app.ctx.programs.all[0]!.pack.reminders.rules) {
      if (isOptional) continue;
      const refused = await put({ ...usual, switchedOff: [`isbe-comprehensive/${id}`] });
      const { errors } = expectProblem(refused, 400);
      expect([id, errors?.[0]?.detail]).toEqual([
        id,
        expect.stringContaining('cannot be switched off: it tells of something with a date'),
      ]);
    }
  });

  test('are one’s own to set, and nobody else’s', async () => {
    const [school] = await directory(app);
    const at = { kind: 'school' as const, code: school! };
    const ben = await somebody(app, 'Ben', 'principal', at);
    const cy = await somebody(app, 'Cy', 'slt', at);
    const page = browser(app.app);
    await signIn(app, page, ben.email);
    const own = `/v1/people/${ben.id}/preferences`;
    expect((await page.get(own)).json()).toMatchObject({ person: ben.id, version: 0 });
    expect((await page.get(`/v1/people/${ben.id}/feeds`)).json()).toMatchObject({ data: [] });
    // A principal knows of the team, whose mail is its own affair.
    expectProblem(await page.get(`/v1/people/${cy.id}/preferences`), 403);
    expectProblem(await page.get(url), 404);
  });

  test('are for the state to set, and unknown to whoever does not know of the person', async () => {
    const coach = app.as(await app.keyFor({ role: 'coordinator' }));
    expectProblem(await coach.get(url), 404);
  });
});
