import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { beginWithLink, claimLink } from '../../src/sign-in/attempts.ts';
import { forgetSignIns } from '../../src/sign-in/forget.ts';
import { markIdentity, personOfClaims } from '../../src/sign-in/identity-store.ts';
import { openSessions, startSession } from '../../src/sign-in/session-store.ts';
import { mayUseLink } from '../../src/sign-in/who-may.ts';
import { type TestApp, testApp } from '../support/app.ts';
import { directory, type Somebody, somebody } from './support/people.ts';

let app: TestApp;
let coach: Somebody;
beforeAll(async () => {
  app = await testApp({ now: '2026-11-10T15:00:00Z' });
  const [code] = await directory(app);
  coach = await somebody(app, 'Cody Coach', 'coordinator', { kind: 'school', code: code! });
});
afterAll(() => app.close());

const ISSUER = 'https://login.example.org';

test('somebody is known by an address in capitals, and by no other provider’s name for them', async () => {
  const { ctx } = app;
  const now = ctx.clock.now();
  await ctx.db.transaction().execute(async (trx) => {
    await markIdentity(trx, coach.id, { issuer: ISSUER, subject: null, by: 'test' }, now);
    const of = (issuer: string, email: string | null) =>
      personOfClaims(trx, { issuer, subject: 'cody', email }, now);
    expect(await of(ISSUER, coach.email.toUpperCase())).toBe(coach.id);
    expect(await of(ISSUER, null)).toBe(coach.id);
    expect(await of('https://elsewhere.example.org', null)).toBeNull();
    await trx.deleteFrom('identities').execute();
  });
});

test('a coach comes through the provider where there is one, and else by a link', async () => {
  const { ctx } = app;
  const config = { ...ctx.config, provider: {} as never };
  expect(await mayUseLink({ ...ctx, config }, ctx.db, coach.id)).toBe('usesProvider');
  expect(await mayUseLink(ctx, ctx.db, coach.id)).toMatchObject({ person: coach.id });
});

test('of two workers one mails a link', async () => {
  const { db, clock } = app.ctx;
  await db.transaction().execute(async (trx) => {
    const asked = { browser: 'b', back: null, email: coach.email, asker: Buffer.from('a') };
    const id = await beginWithLink(trx, asked, clock.now());
    expect(await claimLink(trx, id, clock.now())).toMatchObject({ id });
    expect(await claimLink(trx, id, clock.now())).toBeUndefined();
  });
});

test('a session that holds is not forgotten', async () => {
  const { db, clock } = app.ctx;
  const begun = { person: coach.id, way: 'link' as const, browser: 'b' };
  await db.transaction().execute((trx) => startSession(trx, begun, clock.now()));
  await forgetSignIns(db, clock.now());
  expect(await openSessions(db, coach.id, clock.now())).toHaveLength(1);
});
