import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { applyReports } from '../../src/delivery/apply-reports.ts';
import { release, suppress } from '../../src/delivery/suppressions.ts';
import { renderDigest } from '../../src/digests/digest.ts';
import { english } from '../../src/digests/messages.en.ts';
import { bootstrap } from '../../src/http/authenticate.ts';
import { previewDigests } from '../../src/reminders/preview.ts';
import { scan } from '../../src/reminders/scan.ts';
import { sendMails } from '../../src/reminders/send.ts';
import { expectProblem } from '../http/problem.ts';
import { fixtures } from '../reminders/support/world.ts';
import { type TestApp, testApp } from '../support/app.ts';
import { programs, rule } from './support/with-address-rule.ts';

const SAID = '550 5.1.1 User unknown';
let app: TestApp;
let add: ReturnType<typeof fixtures>;
let pat: string;
beforeEach(async () => {
  // A Monday.
  app = await testApp({ programs, now: '2028-01-17T07:30:00-06:00' });
  add = fixtures(app.ctx.db);
  for (const code of ['001-0001', '001-0002', '002-0001']) await add.school(code, `School ${code}`);
  pat = await add.person('Pat', { email: 'Pat@example.org' });
  await add.assign(pat, 'district', 'district', '001');
});
afterEach(() => app.close());

/** Somebody with a role at the district of two of the schools, or where else. */
async function somebody(
  name: string,
  role: string,
  kind: 'state' | 'district' | 'school' = 'district',
  code = '001',
) {
  const id = await add.person(name, { email: `${name}@example.org` });
  await add.assign(id, role, kind, code);
  return id;
}

async function refuse(address: string): Promise<string> {
  const found = { address, reason: 'refused', since: app.clock.now(), detail: SAID } as const;
  await suppress(app.ctx.db, [{ ...found, messageId: null }]);
  const { id } = await app.ctx.db
    .selectFrom('suppressions')
    .select('id')
    .where('address', '=', address.toLowerCase())
    .executeTakeFirstOrThrow();
  return id;
}

/** A scan, and the sending of all that it enqueued. @returns the mails */
async function minute() {
  app.mails.length = 0;
  await scan(app.ctx);
  for (const { name, payload } of app.jobs.splice(0))
    if (name === 'send-mails')
      await sendMails(app.ctx, (payload as { messageIds: string[] }).messageIds);
  return app.mails;
}
const told = async () => (await minute()).map(({ to }) => to.name).sort();

const ledger = () =>
  app.ctx.db
    .selectFrom('reminders')
    .select(['id', 'status', 'reason', 'role'])
    .where('rule', '=', rule.id)
    .orderBy('id')
    .execute();

describe('an address that refuses mail', () => {
  test('is told to the coordinator, once however many schools, in the words of the mail server', async () => {
    await somebody('Cora', 'coordinator');
    await somebody('Cecil', 'coordinator', 'school', '002-0001');
    await somebody('Agnes', 'agency', 'state', 'EX');
    const id = await refuse('pat@example.org');
    const [mail, ...more] = await minute();
    expect(more).toEqual([]);
    expect(mail).toMatchObject({
      to: { name: 'Cora' },
      subject: '1 email address needs attention',
    });
    expect(mail!.text).toContain('  - Pat (District staff)\n');
    expect(mail!.text.match(/Pat@example\.org/g)).toHaveLength(1);
    expect(mail!.text).toContain(`the mail server said “${SAID}”`);
    expect(mail!.text).toContain('at 2 schools:');
    expect(mail!.text).toContain('School 001-0002');
    expect(mail!.text).toContain(`:3000/refused-addresses/${id}\n`);
    expect(mail!.html).toContain('You receive this email because you are listed as Coordinator');
    expect(await ledger()).toMatchObject([{ status: 'sent' }, { status: 'sent' }]);
    app.clock.advance({ days: 1 });
    expect(await told()).toEqual([]);
  });

  test('is told also when the bounce came by a report', async () => {
    await somebody('Cora', 'coordinator');
    await add.task(
      (await app.ctx.db.selectFrom('planningYears').select('id').executeTakeFirstOrThrow()).id,
      'jan-1/district/1',
      { dueOn: '2028-01-18' },
    );
    await minute();
    const report = {
      outcome: 'bounced',
      ...{ gone: true, forwardedTo: null },
      mailId: null,
      enhanced: '5.1.1',
    } as const;
    await app.ctx.db
      .transaction()
      .execute((trx) =>
        applyReports(app.ctx, trx, [{ ...report, recipient: 'pat@example.org', detail: SAID }]),
      );
    app.clock.advance({ days: 1 });
    expect(await told()).toEqual(['Cora']);
  });

  test('falls to the state where nobody coordinates, or the coordinator’s own refuses', async () => {
    await somebody('Agnes', 'agency', 'state', 'EX');
    await refuse('pat@example.org');
    expect(await told()).toEqual(['Agnes']);
    await somebody('Cora', 'coordinator');
    await refuse('cora@example.org');
    app.clock.advance({ days: 1 });
    const [mail, ...more] = await minute();
    expect([mail!.to.name, more]).toEqual(['Agnes', []]);
    expect(mail!.text).toContain('Cora (Coordinator)');
    expect(mail!.text).not.toContain('Pat');
  });

  test('of the state’s own is told to the others there, once, and to no coordinator', async () => {
    await somebody('Cora', 'coordinator');
    await somebody('Agnes', 'agency', 'state', 'EX');
    await somebody('Abel', 'agency', 'state', 'EX');
    await refuse('abel@example.org');
    const [mail, ...more] = await minute();
    expect([mail!.to.name, more]).toEqual(['Agnes', []]);
    expect(mail!.text).not.toContain('School 00');
    expect(await ledger()).toHaveLength(1);
  });

  test('is told to a coordinator who comes later, and to one whose own is mended', async () => {
    await refuse('pat@example.org');
    expect(await told()).toEqual([]);
    await somebody('Cora', 'coordinator');
    const own = await refuse('cora@example.org');
    app.clock.advance({ days: 1 });
    expect(await told()).toEqual([]);
    await app.ctx.db.transaction().execute((trx) => release(trx, own));
    expect(await told()).toEqual(['Cora']);
  });

  test.each<[string, string, () => { execute(): Promise<unknown> }]>([
    [
      'is changed',
      'addressMended',
      () =>
        app.ctx.db.updateTable('people').set({ email: 'new@example.org' }).where('id', '=', pat),
    ],
    ['is released', 'addressMended', () => app.ctx.db.deleteFrom('suppressions')],
    [
      'is of somebody who has left',
      'holderLeft',
      () =>
        app.ctx.db
          .updateTable('assignments')
          .set({ toOn: '2028-01-17' })
          .where('personId', '=', pat),
    ],
  ])('that %s meanwhile is not to be told any more', async (_, reason, change) => {
    await somebody('Cora', 'coordinator');
    app.clock.set('2028-01-17T22:00:00-06:00');
    await refuse('pat@example.org');
    await scan(app.ctx);
    await change().execute();
    app.clock.set('2028-01-18T07:30:00-06:00');
    expect(await told()).toEqual([]);
    expect((await ledger()).map((row) => [row.status, row.reason])).toEqual([
      ['dropped', reason],
      ['dropped', reason],
    ]);
  });
});

test('the preview tells of it what is then sent, and the ledger sends it once more', async () => {
  await somebody('Cora', 'coordinator');
  const id = await refuse('pat@example.org');
  const [preview] = await previewDigests(app.ctx, bootstrap, '2028-01-17', '2028-01-20');
  const expected = renderDigest(preview!.model, app.ctx.config.publicUrl, english);
  const [mail] = await minute();
  expect({ subject: mail!.subject, text: mail!.text, html: mail!.html }).toEqual(expected);

  const [row] = await ledger();
  const resend = () => app.admin.post(`/v1/reminders/${row!.id}/resend`);
  expect((await resend()).statusCode).toBe(202);
  expect(await told()).toEqual(['Cora']);
  await app.ctx.db.transaction().execute((trx) => release(trx, id));
  expect(expectProblem(await resend(), 409, 'no-longer-matters')).toMatchObject({
    reason: 'addressMended',
  });
});

describe('the item to mend it', () => {
  const coachOf = async (scope: { districts: string[] } | { schools: string[] }) =>
    app.as(await app.keyFor({ role: 'coordinator', program: 'example', scope }));

  test('says whose it is, what they do where, what the server said and what to do', async () => {
    const id = await refuse('pat@example.org');
    const coach = await coachOf({ districts: ['001'] });
    const { data } = (await coach.get('/v1/mail/refused-addresses')).json();
    expect(data).toEqual([(await coach.get(`/v1/mail/refused-addresses/${id}`)).json()]);
    expect(data[0]).toMatchObject({
      id,
      person: { id: pat, name: 'Pat' },
      address: 'Pat@example.org',
      said: SAID,
      roles: [
        {
          role: 'district',
          roleTitle: 'District staff',
          organization: { kind: 'district', code: '001', name: 'District 001' },
        },
      ],
      planningYears: 2,
      next: [
        { when: 'addressWorks', operationId: 'releaseSuppression', allowed: true, ask: [] },
        { when: 'addressWrong', path: `/v1/people/${pat}`, ask: ['Example State Board'] },
        { when: 'personLeft', operationId: 'endAssignment', allowed: false },
      ],
    });
    const all = (await app.admin.get('/v1/mail/refused-addresses')).json().data;
    expect(all[0].next.map(({ allowed }: { allowed: boolean }) => allowed)).toEqual([
      true,
      true,
      true,
    ]);
  });

  test('is for those who coordinate a place of its person, and for the state', async () => {
    const id = await refuse('pat@example.org');
    const url = `/v1/mail/refused-addresses/${id}`;
    const inSchool = await coachOf({ schools: ['001-0001'] });
    expect((await inSchool.get(url)).json().planningYears).toBe(1);
    const elsewhere = await coachOf({ districts: ['002'] });
    expect((await elsewhere.get('/v1/mail/refused-addresses')).json().data).toEqual([]);
    expectProblem(await elsewhere.get(url), 404);
    const releasing = `/v1/mail/suppressions/${id}/release`;
    expectProblem(await elsewhere.post(releasing, undefined, { 'if-match': '*' }), 404);
    const principal = app.as(await app.keyFor({ role: 'principal', program: 'example' }));
    expectProblem(await principal.get('/v1/mail/refused-addresses'), 403);
    expectProblem(await principal.post(releasing, undefined, { 'if-match': '*' }), 403);
  });

  test('is settled by its coordinator, who lets the address be sent to again', async () => {
    const id = await refuse('pat@example.org');
    const coach = await coachOf({ districts: ['001'] });
    const item = (await coach.get(`/v1/mail/refused-addresses/${id}`)).json();
    const { path, ifMatch } = item.next[0];
    const reply = await coach.post(path, undefined, { 'if-match': ifMatch });
    expect(reply.statusCode).toBe(200);
    expect((await coach.get('/v1/mail/refused-addresses')).json().data).toEqual([]);
    expectProblem(await coach.get(`/v1/mail/refused-addresses/${id}`), 404);
  });

  test('is gone when its person holds no role any more, though the address still refuses', async () => {
    const id = await refuse('pat@example.org');
    const coach = await coachOf({ districts: ['001'] });
    await app.ctx.db.updateTable('assignments').set({ toOn: '2028-01-16' }).execute();
    expect((await coach.get('/v1/mail/refused-addresses')).json().data).toEqual([]);
    expectProblem(await app.admin.get(`/v1/mail/refused-addresses/${id}`), 404);
  });
});
