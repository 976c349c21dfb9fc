import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { readToken, tokenOf, unsubscribeSecret } from '../../src/digests/unsubscribe.ts';
import { preferencesOf } from '../../src/preferences/store.ts';
import { textOf } from '../pages/support/school.ts';
import { type TestApp, testApp } from '../support/app.ts';

const KINDS = ['isbe-comprehensive/month-begins', 'isbe-comprehensive/month-ending'];

let app: TestApp;
let personId: string;
let url: string;
beforeAll(async () => {
  app = await testApp();
  const person = await app.admin.post('/v1/people', { name: 'Ada', email: 'ada@example.org' });
  personId = person.json().id;
  url = await urlOf(KINDS);
});
afterAll(() => app.close());

async function urlOf(kinds: string[]): Promise<string> {
  const secret = await unsubscribeSecret(app.ctx.db, app.clock.now());
  return `/unsubscribe/${tokenOf(secret, { personId, kinds })}`;
}
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
    const { body } = await app.app.inject({ method: 'GET', url });
    expect(body).toContain('<form method="post">');
    expect(textOf(body)).toContain('Stop monthly summaries and reminders before a month ends?');
    expect(textOf(body)).toMatch(/always come: deadlines .* with a date .* late .* designation/);
    expect(await switchedOff()).toEqual([]);
  });

  test('changes nothing with a POST that does not say so', async () => {
    for (const [payload, type] of [
      ['List-Unsubscribe=No', 'text/plain'],
      ['List-Unsubscribe=Maybe', 'application/x-www-form-urlencoded'],
      ['List-Unsubscribe=Undo&more=1', 'application/x-www-form-urlencoded'],
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
    expect(textOf(again.body)).toContain('You will no longer receive monthly summaries and');
    expect((await preferencesOf(app.ctx.db, personId)).version).toBe(version);
  });

  test('says that all of it is stopped already, and undoes that, once', async () => {
    await app.ctx.db
      .updateTable('preferences')
      .set({ switchedOff: [...KINDS, 'isbe-comprehensive/deadline-missed'], digestAt: '08:30' })
      .execute();
    const stopped = await app.app.inject({ method: 'GET', url });
    expect(textOf(stopped.body)).toContain('You have already stopped monthly summaries and');
    expect(stopped.body).toContain('value="Undo"');
    expect(stopped.body).not.toContain('value="One-Click"');
    expect(stopped.body).toContain('href="/me/preferences"');
    const undone = await form('List-Unsubscribe=Undo');
    expect([undone.statusCode, textOf(undone.body)]).toEqual([
      200,
      expect.stringContaining('Undone. You will receive monthly summaries and'),
    ]);
    const { version, ...now } = await preferencesOf(app.ctx.db, personId);
    expect(now).toMatchObject({ switchedOff: [], digestAt: '08:30' });
    await form('List-Unsubscribe=Undo');
    expect((await preferencesOf(app.ctx.db, personId)).version).toBe(version);
    expect((await app.app.inject({ method: 'GET', url })).body).toContain('value="One-Click"');
  });

  test('stops and undoes what it names, and leaves alone what else was stopped', async () => {
    const [summaries, ending] = KINDS as [string, string];
    const one = await urlOf([summaries]);
    await form('List-Unsubscribe=One-Click', undefined, await urlOf([ending]));
    const stopped = await form('List-Unsubscribe=One-Click', undefined, one);
    expect(textOf(stopped.body)).toContain('You will no longer receive monthly summaries.');
    expect(await switchedOff()).toEqual(KINDS);
    await form('List-Unsubscribe=Undo', undefined, one);
    expect(await switchedOff()).toEqual([ending]);
    const both = await app.app.inject({ method: 'GET', url });
    expect(textOf(both.body)).toContain(
      'Stop monthly summaries and reminders before a month ends?',
    );
  });

  test('of an older mail leaves out what can’t be stopped any more, and says so', async () => {
    await app.ctx.db.deleteFrom('preferences').execute();
    const mixed = await urlOf(['isbe-comprehensive/quarter-ending', KINDS[0]!]);
    const asked = await app.app.inject({ method: 'GET', url: mixed });
    expect(textOf(asked.body)).toContain('Stop monthly summaries?');
    expect(textOf(asked.body)).toContain('also named emails about dates. They cannot be stopped.');
    await form('List-Unsubscribe=One-Click', undefined, mixed);
    expect(await switchedOff()).toEqual([KINDS[0]]);
    await form('List-Unsubscribe=Undo', undefined, mixed);
    expect(await switchedOff()).toEqual([]);
  });

  test('of a mail that can’t be stopped says why, and stops nothing', async () => {
    const dated = await urlOf(['isbe-comprehensive/quarter-ending', 'gone/gone']);
    for (const reply of [
      await app.app.inject({ method: 'GET', url: dated }),
      await form('List-Unsubscribe=One-Click', undefined, dated),
      await form('List-Unsubscribe=Undo', undefined, dated),
    ]) {
      expect(reply.statusCode).toBe(200);
      expect(textOf(reply.body)).toContain('This email cannot be stopped It tells you about dates');
      expect(reply.body).not.toContain('<form');
    }
    expect(await switchedOff()).toEqual([]);
  });

  test('takes the click as multipart/form-data too', async () => {
    await app.ctx.db.deleteFrom('preferences').execute();
    const body =
      '--x\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\nOne-Click\r\n--x--\r\n';
    expect((await form(body, 'multipart/form-data; boundary=x')).statusCode).toBe(200);
    expect(await switchedOff()).toEqual(KINDS);
  });

  test.each<[string, string, string | undefined]>([
    ['nothing at all', '', undefined],
    ['an empty form', '', 'application/x-www-form-urlencoded'],
    ['an empty text', '', 'text/plain'],
    ['the field as text', 'List-Unsubscribe=One-Click', 'text/plain; charset=utf-8'],
    ['the field as a line of text', 'List-Unsubscribe=One-Click\r\n', 'text/plain'],
  ])('takes the click that sends %s', async (_, payload, type) => {
    await app.ctx.db.deleteFrom('preferences').execute();
    const headers = type === undefined ? { 'content-length': '0' } : { 'content-type': type };
    const reply = await app.app.inject({ method: 'POST', url, payload, headers });
    expect(reply.statusCode).toBe(200);
    expect(await switchedOff()).toEqual(KINDS);
  });

  test('speaks the person’s language', async () => {
    await app.ctx.db.updateTable('preferences').set({ language: 'es' }).execute();
    const { body } = await app.app.inject({ method: 'GET', url });
    expect(body).toContain('<html lang="es">');
    // The titles are the program's own.
    expect(body).toMatch(/<ul lang="en"><li>Monthly summaries/);
    expect(textOf(body)).toContain('Ya había dejado de recibir estos correos.');
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
