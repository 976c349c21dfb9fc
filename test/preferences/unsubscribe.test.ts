import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { readToken, tokenOf, unsubscribeSecret } from '../../src/digests/unsubscribe.ts';
import { preferencesOf } from '../../src/preferences/store.ts';
import { type TestApp, testApp } from '../support/app.ts';

const KINDS = ['isbe-comprehensive/month-begins', 'isbe-comprehensive/month-ending'];

let app: TestApp;
let personId: string;
let url: string;
beforeAll(async () => {
  app = await testApp();
  const person = await app.admin.post('/v1/people', { name: 'Ada', email: 'ada@example.org' });
  personId = person.json().id;
  const secret = await unsubscribeSecret(app.ctx.db, app.clock.now());
  url = `/unsubscribe/${tokenOf(secret, { personId, kinds: KINDS })}`;
});
afterAll(() => app.close());

const switchedOff = async () => (await preferencesOf(app.ctx.db, personId)).switchedOff;
const form = (payload: string, type = 'application/x-www-form-urlencoded', to = url) =>
  app.app.inject({ method: 'POST', url: to, payload, headers: { 'content-type': type } });

describe('the address in an optional mail', () => {
  test('changes nothing however often it is opened', async () => {
    for (const method of ['HEAD', 'GET', 'GET', 'GET'] as const) {
      const reply = await app.app.inject({ method, url });
      expect(reply.statusCode).toBe(200);
      expect(reply.headers['content-security-policy']).toContain("default-src 'none'");
    }
    expect((await app.app.inject({ method: 'GET', url })).body).toContain('<form method="post">');
    expect(await switchedOff()).toEqual([]);
  });

  test('changes nothing with a POST that does not say so', async () => {
    for (const [payload, type] of [
      ['', 'application/x-www-form-urlencoded'],
      ['List-Unsubscribe=Maybe', 'application/x-www-form-urlencoded'],
      ['List-Unsubscribe=One-Click&more=1', 'application/x-www-form-urlencoded'],
      ['{"List-Unsubscribe":"One-Click"}', 'application/json'],
      [
        '--x\r\nContent-Disposition: form-data; name="Other"\r\n\r\nOne-Click\r\n--x--\r\n',
        'multipart/form-data; boundary=x',
      ],
    ])
      expect((await form(payload!, type)).statusCode).toBeGreaterThanOrEqual(400);
    expect(await switchedOff()).toEqual([]);
  });

  test('of a token that was not made here, or was tampered with, is not found', async () => {
    const [content = '', signed = ''] = url.split('/').at(-1)!.split('.');
    const other = Buffer.from(`${personId}\nisbe-comprehensive/deadline-missed`).toString(
      'base64url',
    );
    for (const token of [
      'x',
      `${content}.`,
      `${content}.${signed}.x`,
      `${other}.${signed}`,
      `${content}.${signed.slice(1)}`,
    ])
      for (const method of ['GET', 'POST'] as const) {
        const reply =
          method === 'GET'
            ? await app.app.inject({ method, url: `/unsubscribe/${token}` })
            : await form('List-Unsubscribe=One-Click', undefined, `/unsubscribe/${token}`);
        expect(reply.statusCode).toBe(404);
      }
    expect(await switchedOff()).toEqual([]);
  });

  test('switches off with one click, once, whatever else was switched off', async () => {
    await form('List-Unsubscribe=One-Click');
    expect(await switchedOff()).toEqual(KINDS);
    const { version } = await preferencesOf(app.ctx.db, personId);
    const again = await form('List-Unsubscribe=One-Click');
    expect(again.body).toContain('This mail is switched off.');
    expect((await preferencesOf(app.ctx.db, personId)).version).toBe(version);
  });

  test('takes the click as multipart/form-data too', async () => {
    await app.ctx.db.deleteFrom('preferences').execute();
    const body =
      '--x\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\nOne-Click\r\n--x--\r\n';
    expect((await form(body, 'multipart/form-data; boundary=x')).statusCode).toBe(200);
    expect(await switchedOff()).toEqual(KINDS);
  });

  test('speaks the person’s language', async () => {
    await app.ctx.db.updateTable('preferences').set({ language: 'es' }).execute();
    expect((await app.app.inject({ method: 'GET', url })).body).toContain('<html lang="es">');
  });
});

test('a token is good for one installation, and its secret is made once', async () => {
  const secrets = await Promise.all(
    [1, 2, 3].map(() => unsubscribeSecret(app.ctx.db, app.clock.now())),
  );
  const token = tokenOf(secrets[0]!, { personId, kinds: KINDS });
  expect(readToken(secrets[2]!, token)).toEqual({ personId, kinds: KINDS });
  expect(readToken(Buffer.alloc(32), token)).toBeNull();
});
