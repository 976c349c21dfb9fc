import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { expectProblem } from '../http/problem.ts';
import { type TestApp, testApp } from '../support/app.ts';
import { browser } from './support/browser.ts';
import { directory, signIn, somebody } from './support/people.ts';

let app: TestApp;
beforeAll(async () => {
  app = await testApp({ config: { explorerOpen: false, metricsOpen: false } });
});
afterAll(() => app.close());

describe('closed by the settings', () => {
  const explorer = [
    '/docs',
    '/docs/',
    '/docs/json',
    '/docs/static/swagger-ui.css',
    '/openapi.json',
  ];

  test.each([...explorer, '/metrics'])('%s asks who it is', async (url) => {
    expectProblem(await app.as(null).get(url), 401);
  });

  test('the explorer is there for whoever has a key or is signed in', async () => {
    const [code] = (await directory(app)) as [string];
    const { email } = await somebody(app, 'Pat', 'principal', { kind: 'school', code });
    const theirs = browser(app.app);
    await signIn(app, theirs, email);
    const key = app.as(await app.keyFor({}));
    for (const url of explorer)
      for (const who of [theirs, key])
        expect([200, 302]).toContain((await who.get(url)).statusCode);
  });

  test('the metrics are there for the state and for dashboards', async () => {
    const { status } = {
      status: async (role: string) =>
        (await app.as(await app.keyFor({ role })).get('/metrics')).statusCode,
    };
    expect(await status('dashboard')).toBe(200);
    expect(await status('isbe')).toBe(200);
    expect(await status('coordinator')).toBe(403);
  });

  test('probes still answer', async () => {
    expect((await app.as(null).get('/livez')).statusCode).toBe(200);
    expect((await app.as(null).get('/readyz')).statusCode).toBe(200);
  });
});

test('left as they are, both are open', async () => {
  const open = await testApp();
  for (const url of ['/docs/', '/openapi.json', '/metrics'])
    expect((await open.as(null).get(url)).statusCode).toBe(200);
  await open.close();
});
