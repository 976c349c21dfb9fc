import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { z } from 'zod';
import { IncompleteRoutesError } from '../../src/http/complete-routes.ts';
import { createServer } from '../../src/http/server.ts';
import { BOOTSTRAP_KEY, clientOf, type TestContext, testContext } from '../support/app.ts';
import { expectProblem } from './problem.ts';

let context: TestContext;
beforeAll(async () => {
  context = await testContext();
});
afterAll(() => context.drop());

const reply = z.strictObject({ ok: z.boolean() });

test('a route without a policy and one without a reply schema stop the start, both named', async () => {
  const app = await createServer(context.ctx);
  app.get('/bare', { schema: { response: { 200: reply } } }, async () => ({ ok: true }));
  app.get('/mute', { config: { policy: 'schools.read' } }, async () => 'anything');
  const start = app.ready();
  await expect(start).rejects.toThrow(IncompleteRoutesError);
  await expect(start).rejects.toThrow(/GET \/bare: no policy[\s\S]*GET \/mute: no reply schema/);
  await app.close();
});

test('a reply of a status that the route does not describe never leaves', async () => {
  const app = await createServer(context.ctx);
  app.get(
    '/other',
    { config: { policy: 'schools.read' }, schema: { response: { 200: reply } } },
    async (_request, answer) => answer.code(202 as 200).send({ ok: true }),
  );
  const other = await clientOf(app, BOOTSTRAP_KEY).get('/other');
  expectProblem(other, 500, 'internal-error');
  await app.close();
});

test('a reply that its schema refuses never leaves, and the error’s text stays here', async () => {
  const app = await createServer(context.ctx);
  const leaky = { ok: true, secret: 'hush' };
  app.get(
    '/leaky',
    { config: { policy: 'schools.read' }, schema: { response: { 200: reply } } },
    async () => leaky,
  );
  app.get(
    '/broken',
    { config: { policy: 'schools.read' }, schema: { response: { 200: reply } } },
    async () => {
      throw new Error('hush');
    },
  );
  const admin = clientOf(app, BOOTSTRAP_KEY);
  for (const path of ['/leaky', '/broken']) {
    const answer = await admin.get(path);
    expectProblem(answer, 500, 'internal-error');
    expect(answer.body).not.toContain('hush');
  }
  await app.close();
});

test('a route that says nothing of query parameters takes none', async () => {
  const app = await createServer(context.ctx);
  app.get(
    '/plain',
    { config: { policy: 'schools.read' }, schema: { response: { 200: reply } } },
    async () => ({ ok: true }),
  );
  const document = expectProblem(await clientOf(app, BOOTSTRAP_KEY).get('/plain?x=1'), 400);
  expect(document.errors).toEqual([{ pointer: '?x', detail: 'is not known here' }]);
  await app.close();
});
