import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { trip } from '../../src/delivery/breaker.ts';
import { noteScan } from '../../src/delivery/heartbeat.ts';
import { scan } from '../../src/reminders/scan.ts';
import { sendMails } from '../../src/reminders/send.ts';
import { expectProblem } from '../http/problem.ts';
import { fixtures, programs } from '../reminders/support/world.ts';
import { type TestApp, testApp } from '../support/app.ts';

let app: TestApp;
beforeAll(async () => {
  app = await testApp({ programs, now: '2028-01-17T07:30:00-06:00' });
});
afterAll(() => app.close());

const put = (body: object, etag: string) =>
  app.app.inject({
    method: 'PUT',
    url: '/v1/mail/settings',
    payload: body,
    headers: { authorization: `Bearer ${app.adminKey}`, 'if-match': etag },
  });

describe('the mail settings', () => {
  test('are changed with their version, and each change is kept with who made it', async () => {
    const was = await app.admin.get('/v1/mail/settings');
    expect(was.json()).toEqual({
      version: 0,
      perHour: 5000,
      paused: false,
      pausedSince: null,
      pausedReason: null,
      trialAddresses: null,
    });
    const next = {
      perHour: 100,
      paused: true,
      pausedReason: 'A test',
      trialAddresses: ['A@b.org'],
    };
    const saved = await put(next, String(was.headers.etag));
    expect(saved.json()).toMatchObject({ version: 1, perHour: 100, trialAddresses: ['a@b.org'] });
    expect((await app.admin.get('/v1/mail/hold')).json()).toMatchObject({ held: true });
    expectProblem(await put(next, String(was.headers.etag)), 412);
    await put({ perHour: 5000, paused: false, trialAddresses: null }, '*');
    const { data } = (await app.admin.get('/v1/mail/settings/changes')).json();
    expect(data).toMatchObject([
      { version: 2, paused: false, by: { role: 'administrator' } },
      { version: 1, paused: true, pausedReason: 'A test', at: '2028-01-17T13:30:00.000Z' },
    ]);
  });

  test('are an administrator’s', async () => {
    const coach = app.as(await app.keyFor({ role: 'coordinator', program: 'example' }));
    for (const url of ['/v1/mail/settings', '/v1/mail/settings/changes', '/v1/mail/suppressions'])
      expectProblem(await coach.get(url), 403);
  });
});

describe('readiness', () => {
  test('fails when no scan has run for a quarter of an hour, and a metric says how long', async () => {
    expect((await app.as(null).get('/readyz')).json()).toEqual({
      ...{ status: 'ok', warnings: [expect.stringMatching(/^databaseRole: .*owns its tables/)] },
    });
    await noteScan(app.ctx.db, app.clock.now());
    app.clock.advance({ minutes: 15 });
    expect((await app.as(null).get('/readyz')).statusCode).toBe(200);
    app.clock.advance({ minutes: 1 });
    expectProblem(await app.as(null).get('/readyz'), 503);
    const { body } = await app.as(null).get('/metrics');
    expect(body).toContain('planning_year_last_scan_age_seconds 960');
    await noteScan(app.ctx.db, app.clock.now());
    expect((await app.as(null).get('/readyz')).statusCode).toBe(200);
  });

  test('tells that the mail server refuses our sign-in, and goes on serving', async () => {
    const detail = '535 5.7.8 Credentials invalid';
    await trip(app.ctx, { kind: 'signIn', code: 535, enhanced: '5.7.8', detail });
    const reply = await app.as(null).get('/readyz');
    expect(reply.json().warnings).toContain('mailServer: signIn');
    expect((await app.as(null).get('/metrics')).body).toContain('planning_year_mail_breaker 2');
    await app.ctx.db.deleteFrom('mailBreaker').execute();
  });
});

describe('a reminder', () => {
  test('is sent once more, at once, as long as it matters', async () => {
    const add = fixtures(app.ctx.db);
    const year = await add.school('001-0001', 'Oak High School');
    const ada = await add.person('Ada', { email: 'ada@example.org' });
    await add.assign(ada, 'principal', 'school', '001-0001');
    const task = await add.task(year, 'jan-1/principal/1', { dueOn: '2028-01-18' });
    await scan(app.ctx);
    const sendAll = async () => {
      for (const { payload } of app.jobs.splice(0))
        await sendMails(app.ctx, (payload as { messageIds: string[] }).messageIds);
    };
    const { id } = await app.ctx.db
      .selectFrom('reminders')
      .select('id')
      .where('taskId', '=', task)
      .executeTakeFirstOrThrow();
    const resend = () => app.admin.post(`/v1/reminders/${id}/resend`);
    expectProblem(await resend(), 409, 'on-its-way');
    const listed = async () => (await app.admin.get('/v1/reminders?status=held')).json().data;
    expect(await listed()).toEqual([]);
    await put({ perHour: 5000, paused: true, trialAddresses: null }, '*');
    expect(await listed()).toContainEqual(expect.objectContaining({ id, reason: 'paused' }));
    await put({ perHour: 5000, paused: false, trialAddresses: null }, '*');
    await sendAll();
    expect(app.mails).toHaveLength(1);

    expect((await resend()).statusCode).toBe(202);
    await sendAll();
    expect(app.mails).toHaveLength(2);
    expect(app.mails[1]!.subject).toBe('1 due soon: Oak High School');
    expect(app.mails[1]!.messageId).not.toBe(app.mails[0]!.messageId);

    await add.setStatus(task, 'done');
    const refusal = expectProblem(await resend(), 409, 'no-longer-matters');
    expect(refusal).toMatchObject({ reason: 'doneMeanwhile' });
    expectProblem(
      await app
        .as(await app.keyFor({ role: 'principal', program: 'example' }))
        .post(`/v1/reminders/${id}/resend`),
      403,
    );
  });
});
