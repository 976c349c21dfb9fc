import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { sql } from 'kysely';
import { exportAudit } from '../../src/audit/export.ts';
import { sealYesterday } from '../../src/audit/seal.ts';
import { verifyExport } from '../../src/audit/verify.ts';
import { bootstrap } from '../../src/http/authenticate.ts';
import { type Client, type TestApp, testApp, testContext } from '../support/app.ts';
import { vendorKey } from '../support/vendor.ts';
import { DISTRICT, openTestYears } from '../support/years.ts';

let api: TestApp;
let coach: Client;
let stranger: Client;
let years: string[];

beforeAll(async () => {
  api = await testApp({ now: '2026-11-18T15:00:00Z' });
  years = await openTestYears(api.ctx, 3);
  coach = api.as(await api.keyFor({ scope: { districts: [DISTRICT] } }));
  stranger = api.as(await api.keyFor({ scope: { districts: ['98-902-0020-04'] } }));
});
afterAll(() => api.close());

interface Fact {
  id: string;
  kind: string;
  actor: string;
  requestId: string;
  planningYear: string | null;
  detail: Record<string, unknown>;
}

/** What is gathered for a moment has been written down. */
async function facts(query = ''): Promise<Fact[]> {
  await new Promise((resolve) => setTimeout(resolve, 400));
  return (await api.admin.get(`/v1/audit?limit=1000${query}`)).json().data;
}

const exported = async (client: Client, query = ''): Promise<string> =>
  (await client.get(`/v1/audit/export${query}`)).body;

async function* linesOf(text: string): AsyncGenerator<string> {
  for (const line of text.split('\n')) if (line !== '') yield line;
}
const verified = (text: string) => verifyExport(linesOf(text));

describe('what is witnessed', () => {
  test('is a refusal, with the actor and the request', async () => {
    const nobody = await api.as(null).get('/v1/planning-years');
    const outside = await stranger.get(`/v1/planning-years/${years[0]}`);
    const forbidden = await coach.get('/v1/keys');
    const found = await facts('&kind=refused');
    const of = (reply: { headers: Record<string, unknown> }) =>
      found.find(({ requestId }) => requestId === reply.headers['x-request-id']);
    expect(of(nobody)).toMatchObject({ actor: 'nobody', detail: { status: 401 } });
    expect(of(outside)).toMatchObject({
      actor: expect.stringMatching(/^key:/),
      detail: { status: 404, route: '/v1/planning-years/:id', id: years[0] },
    });
    expect(of(forbidden)).toMatchObject({ detail: { status: 403, route: '/v1/keys' } });
  });

  test('tells an import that was only tried out from one that was carried out', async () => {
    const file = `organization,role,name,email,from,to\n${DISTRICT},district,Dan,dan@example.org,2026-10-01,\n`;
    const url = '/v1/imports/assignments';
    const [tried, done] = [
      await api.admin.csv(`${url}?dryRun=true`, file),
      await api.admin.csv(url, file),
    ];
    const found = await facts('&kind=administered');
    const of = (reply: { headers: Record<string, unknown> }) =>
      found.find(({ requestId }) => requestId === reply.headers['x-request-id'])?.detail;
    expect(of(tried)).toEqual({ method: 'POST', route: url, dryRun: true });
    expect(of(done)).toEqual({ method: 'POST', route: url });
  });

  test('is nothing that was pasted into an address by mistake', async () => {
    const { key } = (
      await api.admin.post('/v1/keys', { role: 'dashboard', scope: { all: true }, label: 'Mine' })
    ).json();
    for (const pasted of [key, key.slice(3), 'somebody%40example.org'])
      await api.admin.get(`/v1/schools/${pasted}`);
    await api.admin.get('/v1/schools/99-999-9999-26-9999');
    const told = (await facts('&kind=refused'))
      .filter(({ detail }) => detail.route === '/v1/schools/:rcdts')
      .map(({ detail }) => detail.rcdts);
    expect(told.toSorted()).toEqual(['99-999-9999-26-9999', undefined, undefined, undefined]);
  });

  test('names the key that is used although it was revoked', async () => {
    const { id, key } = (
      await api.admin.post('/v1/keys', { role: 'dashboard', scope: { all: true }, label: 'Old' })
    ).json();
    await api.admin.delete(`/v1/keys/${id}`, { 'if-match': '*' });
    expect((await api.as(key).get('/v1/planning-years')).statusCode).toBe(401);
    const found = await facts(`&kind=refused&actor=key:${id}`);
    expect(found).toMatchObject([{ detail: { status: 401, route: '/v1/planning-years' } }]);
  });

  test('is a forced event, an export, and what an administrator did', async () => {
    await coach.post(
      `/v1/planning-years/${years[0]}/events`,
      { type: 'withdraw', data: { reason: 'The school has closed.' } },
      { 'if-match': '*' },
    );
    await coach.get('/v1/reports/milestones', { accept: 'text/csv' });
    await api.admin.post('/v1/people', { name: 'Ada Example', email: 'ada@example.org' });
    const found = await facts();
    expect(found).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ kind: 'forced', planningYear: years[0] }),
        expect.objectContaining({
          kind: 'exported',
          detail: expect.objectContaining({ route: '/v1/reports/milestones', type: 'text/csv' }),
        }),
        expect.objectContaining({
          kind: 'administered',
          detail: { method: 'POST', route: '/v1/people' },
        }),
      ]),
    );
    const said = JSON.stringify(found);
    expect(said).not.toContain('The school has closed.');
    expect(said).not.toContain('ada@example.org');
    expect(said).not.toContain(api.adminKey);
  });

  test('is a correction for many schools, and what becomes of a school', async () => {
    const program = api.ctx.programs.all[0]!.id;
    const wide = await api.admin.post(`/v1/programs/${program}/years/2026-27/events`, {
      ...{ type: 'correctFact', data: { fact: 'cps', value: true, reason: 'A mistake.' } },
      schools: [`${DISTRICT}-0001`],
    });
    expect(wide.statusCode).toBe(202);
    const closing = { on: '2026-11-18', reason: 'Too few pupils.' };
    const school = `/v1/schools/${DISTRICT}-0002/close`;
    const closed = await api.admin.post(school, closing, { 'if-match': '*' });
    expect(closed.statusCode).toBe(200);
    const found = await facts();
    const of = (reply: { headers: Record<string, unknown> }) =>
      found.find(({ requestId }) => requestId === reply.headers['x-request-id']);
    expect(of(wide)).toMatchObject({
      ...{ kind: 'forced', actor: expect.stringMatching(/^key:/) },
      detail: { type: 'correctFact', job: wide.json().id },
    });
    expect(of(closed)).toMatchObject({
      ...{ kind: 'administered', detail: { rcdts: `${DISTRICT}-0002` } },
    });
  });

  test('of a school is told to its coordinator, and nothing else is', async () => {
    const told: Fact[] = (await coach.get('/v1/audit')).json().data;
    expect(told.length).toBeGreaterThan(0);
    expect(new Set(told.map(({ planningYear }) => planningYear))).toEqual(new Set([years[0]]));
    expect((await stranger.get('/v1/audit')).json().data).toEqual([]);
    const vendor = api.as(await vendorKey(api, years[1]!));
    expect((await vendor.get('/v1/audit')).statusCode).toBe(403);
  });

  test('can be neither changed nor deleted', async () => {
    const { db } = api.ctx;
    const refused = /append-only/;
    await expect(sql`update audit_entries set actor = 'x'`.execute(db)).rejects.toThrow(refused);
    await expect(sql`delete from audit_entries`.execute(db)).rejects.toThrow(refused);
    await expect(sql`truncate audit_entries`.execute(db)).rejects.toThrow(refused);
  });

  test('in a flood of refusals is told one by one, or at least counted', async () => {
    const before = (await facts('&kind=refused')).length;
    await Promise.all(Array.from({ length: 1200 }, () => coach.get('/v1/keys')));
    await facts();
    const { rows } = await sql<{ told: number; more: number }>`
      select count(*) filter (where not detail ? 'more')::int as told,
        coalesce(sum((detail ->> 'more')::int), 0)::int as more
      from audit_entries where kind = 'refused'`.execute(api.ctx.db);
    expect(rows[0]!.told + rows[0]!.more).toBe(before + 1200);
  });
});

describe('an export', () => {
  beforeAll(async () => {
    api.clock.set('2026-11-19T06:30:00Z');
    await facts();
    expect(await sealYesterday(api.ctx)).toBe('2026-11-18');
    expect(await sealYesterday(api.ctx)).toBeNull();
    await coach.post(`/v1/planning-years/${years[1]}/notes`, { text: 'After the first seal.' });
    api.clock.set('2026-11-20T06:30:00Z');
    await facts();
    expect(await sealYesterday(api.ctx)).toBe('2026-11-19');
  });

  test('is found whole, with every head and every seal', async () => {
    const found = await verified(await exported(api.admin));
    expect(found).toMatchObject({ faults: [], planningYears: 3, seals: 2, notShown: 0 });
    expect(found.facts).toBeGreaterThan(1000);
    expect([...found.heads.keys()].sort()).toEqual([...years].sort());
  });

  test('of one district shows its own, and stands with the others only as leaves', async () => {
    const found = await verified(await exported(coach));
    expect(found).toMatchObject({ faults: [], planningYears: 3, seals: 2 });
    expect(found.notShown).toBeGreaterThan(0);
    expect(await verified(await exported(stranger))).toMatchObject({
      faults: [],
      planningYears: 0,
    });
  });

  test('of one program, or of one year, is not all there is, and says so', async () => {
    const program = api.ctx.programs.all[0]!.id;
    for (const query of [`?program=${program}`, '?year=2026-27']) {
      const text = await exported(api.admin, query);
      const found = await verified(text);
      expect(found).toMatchObject({ faults: [], planningYears: 3 });
      expect(found.facts).toBeGreaterThan(0);
      expect(found.notShown).toBeGreaterThan(0);
      expect(text).toContain('"complete":false');
    }
    for (const query of ['?program=another', '?year=2031-32'])
      expect(await verified(await exported(api.admin, query))).toMatchObject({
        ...{ faults: [], planningYears: 0, facts: 0 },
      });
  });

  test('holds every planning year, however many there are', async () => {
    const { ctx, drop } = await testContext();
    try {
      const all = await openTestYears(ctx, 101);
      const lines = exportAudit(ctx, bootstrap, {});
      const trimmed = async function* () {
        for await (const line of lines) yield line.trimEnd();
      };
      const { faults, heads } = await verifyExport(trimmed());
      expect(faults).toEqual([]);
      expect([...heads.keys()].sort()).toEqual(all.toSorted());
    } finally {
      await drop();
    }
  });

  test('by a role of one program holds no fact that belongs to none of its planning years', async () => {
    const everywhere = api.as(await api.keyFor({ scope: { all: true } }));
    const text = await exported(everywhere);
    expect(await verified(text)).toMatchObject({ faults: [], planningYears: 3 });
    const facts = text.split('\n').filter((line) => line.startsWith('{"kind":"fact"'));
    expect(facts.length).toBeGreaterThan(0);
    for (const line of facts) expect(JSON.parse(line).planningYear).not.toBeNull();
  });

  test.each<[string, (lines: string[]) => string[], RegExp]>([
    [
      'an entry is changed',
      (l) => l.map((x) => x.replace('After the first', 'Before any')),
      /does not follow/,
    ],
    ['an entry is missing', withoutFirstOfTwo, /is missing/],
    [
      'the tail of a log is cut',
      (l) => l.filter((x) => !x.includes('After the first')),
      /does not end where/,
    ],
    ['a planning year is missing', dropYear, /are not there any more/],
    ['a fact is missing', (l) => without(l, 'fact', 1), /are not there any more/],
    [
      'a fact is changed',
      (l) => l.map((x) => x.replace('"status":403', '"status":200')),
      /not what was sealed/,
    ],
    [
      'the first seal is missing',
      (l) => without(l, 'seal', 0),
      /^the seal of 2026-11-19 does not follow from the one before$/,
    ],
    [
      'the last seal is missing',
      (l) => without(l, 'seal', 1),
      /: the seal of 2026-11-19 does not hold its head$/,
    ],
    [
      'a leaf is taken out of a seal',
      (l) => l.map((x) => x.replace(/("leaves":\[)"[0-9a-f]{64}",/, '$1')),
      /is broken/,
    ],
    [
      'its header is changed',
      (l) => l.map((x) => x.replace('"exportedAt":"2026', '"exportedAt":"2025')),
      /^the file was changed after it was made$/,
    ],
    ['it breaks off', (l) => l.slice(0, -1), /its end is missing/],
    ['something is appended', (l) => [...l, l[0]!], /after the trailer/],
    ['a line is garbled', (l) => [l[0]!, '{"kind":', ...l.slice(1)], /no JSON/],
    ['a line is of no known kind', (l) => [l[0]!, '{"kind":"x"}', ...l.slice(1)], /not of a kind/],
  ])('is found out when %s', async (_, tamper, fault) => {
    const lines = (await exported(api.admin)).split('\n').filter((line) => line !== '');
    const { faults } = await verified(tamper(lines).join('\n'));
    expect(faults).toEqual(expect.arrayContaining([expect.stringMatching(fault)]));
  });

  test('names a log whose last entries were taken away in the database itself', async () => {
    const { db } = api.ctx;
    const text = await db.connection().execute(async (one) => {
      await sql`set session_replication_role = replica`.execute(one);
      await sql`delete from log_entries where planning_year_id = ${years[1]} and seq > 1`.execute(
        one,
      );
      await sql`
        update planning_years y set head_seq = 1, head_hash = l.hash from log_entries l
        where y.id = ${years[1]} and l.planning_year_id = y.id and l.seq = 1`.execute(one);
      await sql`reset session_replication_role`.execute(one);
      return exported(api.admin);
    });
    const { faults } = await verified(text);
    expect(faults.join('\n')).toMatch(new RegExp(`${years[1]}: entry 2 is not the one`));
  });
});

/** Without the first entry of a log that has another. */
function withoutFirstOfTwo(lines: string[]): string[] {
  const isEntry = (line?: string) => line?.startsWith('{"kind":"entry"') === true;
  const at = lines.findIndex((line, index) => isEntry(line) && isEntry(lines[index + 1]));
  return lines.filter((_, index) => index !== at);
}

/** Without the n-th line of a kind. */
function without(lines: string[], kind: string, n: number): string[] {
  const at = lines.flatMap((line, index) => (line.startsWith(`{"kind":"${kind}"`) ? [index] : []))[
    n
  ];
  return lines.filter((_, index) => index !== at);
}

function dropYear(lines: string[]): string[] {
  const begins = lines.flatMap((line, at) =>
    line.startsWith('{"kind":"planningYear"') ? [at] : [],
  );
  return lines.filter((_, at) => at < begins[0]! || at >= begins[1]!);
}
