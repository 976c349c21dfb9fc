import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { suppress } from '../../src/delivery/suppressions.ts';
import { noteTroubles } from '../../src/delivery/troubles.ts';
import { browser } from '../sign-in/support/browser.ts';
import { DISTRICT } from '../support/years.ts';
import { type School, school, textOf } from './support/school.ts';

const SAID = '550 5.1.1 User unknown';
const NONE = 'None: email reaches everybody here.';
const AT_DISTRICT = { kind: 'district', code: DISTRICT } as const;

let at: School;
let pat: Awaited<ReturnType<School['enter']>>;
let coach: typeof pat;
let path: string;
beforeEach(async () => {
  at = await school();
  pat = await at.enter('Pat Principal', 'principal');
  coach = await at.enter('Cora Coach', 'coordinator', AT_DISTRICT);
  path = `/refused-addresses/${await refuse(pat.who.email)}`;
});
afterEach(() => at.app.close());

async function refuse(address: string): Promise<string> {
  const { db } = at.app.ctx;
  const found = { address, reason: 'refused', since: at.app.clock.now(), detail: SAID } as const;
  await suppress(db, [{ ...found, messageId: null }]);
  const { id } = await db
    .selectFrom('suppressions')
    .select('id')
    .where('address', '=', address)
    .executeTakeFirstOrThrow();
  return id;
}
const suppressed = () => at.app.ctx.db.selectFrom('suppressions').select('address').execute();
const state = () => {
  const { agency } = at.app.ctx.programs.all[0]!.pack.program;
  return at.enter('Ida State', 'isbe', { kind: 'state', code: agency.code });
};

describe('the page of an address that refuses mail', () => {
  test('says whose it is, what they do where, what the server said and whom to ask', async () => {
    const { statusCode, body } = await coach.get(path);
    expect(statusCode).toBe(200);
    const text = textOf(body);
    expect(text).toContain('Email to Pat Principal is refused');
    expect(text).toContain(`${pat.who.email} gets no email since Nov 16, 2026`);
    expect(text).toContain(SAID);
    expect(text).toContain(`Principal, Example ${at.code}`);
    expect(text.match(/This is not yours to do\. Tell Illinois State Board/g)).toHaveLength(2);
    expect([...body.matchAll(/action="([^"]*)"/g)].map(([, action]) => action)).toEqual([
      `${path}/release`,
    ]);
  });

  test('holds no script, is kept nowhere, and its policy lets no script run', async () => {
    for (const page of [path, '/refused-addresses']) {
      const { body, headers } = await coach.get(page);
      expect(body).not.toMatch(/<script|javascript:|\son\w+=|\sstyle=/i);
      expect(headers['content-security-policy']).toMatch(
        /^default-src 'none'; style-src 'sha256-[^']+'; form-action 'self'/,
      );
      expect(headers['cache-control']).toBe('no-store');
      expect(headers['x-frame-options']).toBe('DENY');
      expect(headers['referrer-policy']).toBe('same-origin');
    }
  });

  test('is found from the own page and from the list', async () => {
    expect((await coach.get('/me')).body).toContain('href="/refused-addresses"');
    expect((await coach.get('/refused-addresses')).body).toContain(`href="${path}"`);
    expect((await pat.get('/me')).body).not.toContain('/refused-addresses');
  });

  test('leads whoever is not signed in by the way in and back', async () => {
    for (const page of [path, '/refused-addresses']) {
      const reply = await browser(at.app.app).get(page);
      expect(reply.headers.location).toBe(`/sign-in?to=${encodeURIComponent(page)}`);
    }
  });

  test('is not there for who coordinates elsewhere, and not for who coordinates nothing', async () => {
    const place = { kind: 'school', code: `${DISTRICT}-0001` } as const;
    const elsewhere = await at.enter('El Sewhere', 'coordinator', place);
    const hidden = await elsewhere.get(path);
    expect(hidden.statusCode).toBe(404);
    expect(textOf(hidden.body)).toContain('There is nothing to mend here any more');
    expect(textOf((await elsewhere.get('/refused-addresses')).body)).toContain(NONE);
    for (const page of [path, '/refused-addresses'])
      expect((await pat.get(page)).statusCode).toBe(403);
    expect((await at.app.admin.get(path)).statusCode).toBe(401);
  });

  test('lets its coordinator have the address sent to again, once', async () => {
    await coach.get(path);
    const twin = coach.copy();
    const reply = await coach.submit(`${path}/release`);
    expect(reply.statusCode).toBe(303);
    expect(await suppressed()).toEqual([]);
    const list = textOf((await coach.get(String(reply.headers.location))).body);
    expect(list).toContain('Done. Email goes to the address.');
    expect(list).toContain(NONE);
    expect((await twin.submit(`${path}/release`)).statusCode).toBe(404);
    expect((await coach.get(path)).statusCode).toBe(404);
  });

  test('says that something was done to nobody else', async () => {
    await coach.get(path);
    const { location } = (await coach.submit(`${path}/release`)).headers;
    const other = await state();
    expect((await other.get(String(location))).body).not.toContain('role="status"');
    expect((await other.get('/refused-addresses?said=release')).statusCode).toBe(200);
  });

  test('refuses a coordinator what is the state’s', async () => {
    for (const form of ['change', 'end']) {
      await coach.get(path);
      const reply = await at.app.app.inject({
        ...({ method: 'POST', url: `${path}/${form}` } as const),
        headers: {
          ...{ accept: 'text/html', 'content-type': 'application/x-www-form-urlencoded' },
          ...{ origin: 'http://localhost:3000', 'sec-fetch-site': 'same-origin' },
          cookie: `session=${coach.cookies.get('session')}`,
        },
        payload: new URLSearchParams({
          ...{ proof: coach.proof(), once: 'x'.repeat(43), version: '1', email: 'x@example.org' },
        }).toString(),
      });
      expect(reply.statusCode).toBe(403);
    }
    expect(await suppressed()).toHaveLength(1);
  });
});

describe('the page of an address that mail still goes to', () => {
  const reasons = [
    [
      'undelivered',
      '552 5.2.2 Mailbox full',
      'An email to Pat Principal did not arrive',
      'may not get our email',
      'new email still goes there. The mail server said:',
    ],
    [
      'complained',
      'abuse',
      'Pat Principal marked an email as spam',
      'gets fewer emails',
      'monthly summaries are off, and what has a date is still sent. Their provider said:',
    ],
  ] as const;

  test.each(reasons)(
    '%s says so, and lets its coordinator settle it',
    async (reason, detail, title, standing, why) => {
      const { db } = at.app.ctx;
      const address = pat.who.email;
      await db.deleteFrom('suppressions').execute();
      await noteTroubles(db, [
        { address, reason, at: at.app.clock.now(), detail, messageId: null },
      ]);
      const { id } = await db.selectFrom('mailTroubles').select('id').executeTakeFirstOrThrow();
      const list = await coach.get('/refused-addresses');
      expect(list.body).toContain(`href="/refused-addresses/${id}"`);
      expect(textOf(list.body)).toContain(`Principal; ${standing}, since Nov 16, 2026`);
      const { body } = await coach.get(`/refused-addresses/${id}`);
      const text = textOf(body);
      expect(text).toContain(title);
      expect(text).toContain(`${address} ${standing} since Nov 16, 2026`);
      expect(text).toContain(why);
      expect(text).toContain(detail);
      expect(body).toContain('<button>Take it off the list</button>');
      expect((await coach.submit(`/refused-addresses/${id}/release`)).statusCode).toBe(303);
      expect(textOf((await coach.get('/refused-addresses')).body)).toContain(NONE);
      expect(await db.selectFrom('mailTroubles').select('id').execute()).toEqual([]);
    },
  );

  test('that came back later says so, too', async () => {
    await at.app.ctx.db.updateTable('suppressions').set({ reason: 'bounced' }).execute();
    const text = textOf((await coach.get(path)).body);
    expect(text).toContain('an email came back after it was sent. The mail server said:');
  });
});

describe('the state, on that page,', () => {
  test('enters the address that they name, and is witnessed', async () => {
    const ida = await state();
    await ida.get(path);
    const wrong = await ida.submit(`${path}/change`, { email: 'pat at example' });
    expect(wrong.statusCode).toBe(400);
    expect(textOf(wrong.body)).toContain('This must be an email address');
    expect(wrong.body).toContain('value="pat at example"');
    const taken = await ida.submit(`${path}/change`, { email: coach.who.email });
    expect(taken.statusCode).toBe(409);
    const reply = await ida.submit(`${path}/change`, { email: 'pat.new@example.org' });
    expect(reply.statusCode).toBe(303);
    const person = (await at.app.admin.get(`/v1/people/${pat.who.id}`)).json();
    expect(person.email).toBe('pat.new@example.org');
    const { data } = (await at.app.admin.get('/v1/audit?kind=administered')).json();
    expect(data).toContainEqual(
      expect.objectContaining({
        actor: `person:${ida.who.id}`,
        detail: expect.objectContaining({ route: '/refused-addresses/:id/change' }),
      }),
    );
  });

  test('is told when the person has changed meanwhile', async () => {
    const ida = await state();
    await ida.get(path);
    await at.app.admin.patch(`/v1/people/${pat.who.id}`, { name: 'Pat P.' }, { 'if-match': '*' });
    const reply = await ida.submit(`${path}/change`, { email: 'pat.new@example.org' });
    expect(reply.statusCode).toBe(412);
    expect(textOf(reply.body)).toContain('has changed since you opened the page');
    expect(reply.body).toContain('value="pat.new@example.org"');
  });

  test('ends a role of this person, and no other', async () => {
    const ida = await state();
    await ida.get(path);
    const other = { assignment: coach.who.assignment, toOn: '2026-11-15' };
    expect((await ida.submit(`${path}/end`, other)).statusCode).toBe(404);
    await ida.get(path);
    const early = await ida.submit(`${path}/end`, { toOn: '2026-01-01' });
    expect(early.statusCode).toBe(400);
    expect((await ida.submit(`${path}/end`, { toOn: '2026-11-15' })).statusCode).toBe(303);
    const ended = (await at.app.admin.get(`/v1/assignments/${pat.who.assignment}`)).json();
    expect(ended.to).toBe('2026-11-15');
    expect((await ida.get(path)).statusCode).toBe(404);
  });
});

test('a form of it without its proof, or of another site, is refused', async () => {
  await coach.get(path);
  expect((await coach.submit(`${path}/release`, { proof: 'x'.repeat(43) })).statusCode).toBe(403);
  await coach.get(path);
  const evil = { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' };
  expect((await coach.submit(`${path}/release`, {}, evil)).statusCode).toBe(403);
  expect((await coach.get(`${path}/release`)).statusCode).toBe(405);
  expect(await suppressed()).toHaveLength(1);
});
