import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { KeyScope, KeyScopeAsGiven } from '../../src/db/tables.ts';
import { cookieHeader } from '../../src/http/cookies.ts';
import { newId } from '../../src/ids.ts';
import { type Kind, type PolicyRow, policies, type Right } from '../../src/policy/table.ts';
import { startSession } from '../../src/sign-in/session-store.ts';
import {
  PLACES,
  type Place,
  type Thing,
  type ThreeSchools,
  threeSchools,
} from './support/three-schools.ts';

/**
 * Every route of the running server, for everybody, at every place. What is expected follows from the
 * policy table and nothing else: its words are read anew here, not by the code that is tested.
 */

interface Held {
  kind: Kind;
  role: string;
  reach: 'everything' | Place[];
}

interface Identity {
  name: string;
  held: Held[];
  /** A person; else a program with a key. */
  person: boolean;
  /** Asked about pages alone: a key of the same role asks for the rest. */
  pagesOnly?: boolean;
  headers: Record<string, string>;
}

type Expected = 401 | 403 | 404 | 'let in';

let world: ThreeSchools;
let identities: Identity[];
let strangers: { name: string; headers: Record<string, string> }[];
let routes: {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  url: string;
  policy: PolicyRow;
}[];
let others: Record<string, string>;

beforeAll(async () => {
  world = await threeSchools();
  const { api, school, district } = world;
  routes = api.app.keptRoutes.flatMap(({ methods, url, policy }) =>
    policy === 'public' || methods.includes('HEAD')
      ? []
      : methods.map((method) => ({ method: method as 'GET', url, policy })),
  );
  const inDistrict: KeyScope = { districts: [district.own] };
  const inSchool: KeyScope = { schools: [school.own] };
  const contractAt = (place: Place) => world.things[place]['/v1/contracts/']![0]!.name;
  const kinds: [string, Kind, string, KeyScopeAsGiven][] = [
    ['an administrator', 'state', 'administrator', { all: true }],
    ['the state', 'state', 'isbe', { all: true }],
    ['the state in one district', 'state', 'isbe', inDistrict],
    ['a coach of everything', 'coach', 'coordinator', { all: true }],
    ['a coach of a district', 'coach', 'coordinator', inDistrict],
    ['a coach of a school', 'coach', 'coordinator', inSchool],
    ['district staff', 'local', 'district', inDistrict],
    ['a principal', 'school', 'principal', inSchool],
    ['a team', 'team', 'slt', inSchool],
    ['a vendor', 'vendor', 'vendor', { contract: contractAt('own') }],
    ['the dashboard of a district', 'dashboard', 'dashboard', inDistrict],
    ['the dashboard of everything', 'dashboard', 'dashboard', { all: true }],
    ['a webhook', 'webhook', 'webhook', { all: true }],
  ];
  identities = [];
  for (const [name, kind, role, scope] of kinds) {
    const program = role === 'administrator' ? null : world.program;
    const key = await api.keyFor({ role, program, scope });
    const held = [{ kind, role, reach: reachOf(scope) }];
    identities.push({ name, held, person: false, headers: bearer(key) });
  }
  identities.push(...(await people()));
  const expired = await api.keyFor({
    role: 'administrator',
    program: null,
    expiresOn: '2026-11-09',
  });
  const vendor = (contract: string) => api.keyFor({ role: 'vendor', scope: { contract } });
  const { origin } = new URL(api.ctx.config.publicUrl);
  strangers = [
    { name: 'nobody', headers: {} },
    { name: 'an unknown key', headers: bearer(`py_${'x'.repeat(43)}`) },
    { name: 'an expired key', headers: bearer(expired) },
    { name: 'a revoked key', headers: bearer(await revoked()) },
    { name: 'a vendor without a contract', headers: bearer(await vendor(newId(new Date()))) },
    { name: 'a vendor whose contract has ended', headers: bearer(await vendor(world.ended)) },
    { name: 'an unknown session', headers: { cookie: `session=${'x'.repeat(43)}`, origin } },
  ];
  const job = await api.admin.post(`/v1/programs/${world.program}/years/2026-27/events`, {
    type: 'designation.letterReceived',
    schools: [world.school.own],
  });
  const keys = (await api.admin.get('/v1/keys?limit=1000')).json().data;
  others = {
    '/v1/jobs/': job.json().id,
    '/v1/programs/': world.program,
    '/v1/programs/:program/years/': '2026-27',
    '/v1/vendors/': 'V-1',
    '/v1/keys/': keys.find(({ program }: { program: unknown }) => program === world.program).id,
  };
});
afterAll(() => world.api.close());

const bearer = (key: string) => ({ authorization: `Bearer ${key}` });

/** Somebody of every role, and a principal of the first school who coaches another one; signed in. */
async function people(): Promise<Identity[]> {
  const { school, district } = world;
  const { agency } = world.api.ctx.programs.all[0]!.pack.program;
  const state = { kind: 'state', code: agency.code };
  const ours = { kind: 'district', code: district.own };
  const at = (place: Place) => ({ kind: 'school', code: school[place] });
  const own: Place[] = ['own'];
  const both: Place[] = ['own', 'sameDistrict'];
  return [
    await person('staff of the state', ['state', 'isbe', state, 'everything']),
    await person('a coach of the state', ['coach', 'coordinator', state, 'everything']),
    await person('a superintendent', ['local', 'district', ours, both]),
    await person('a principal', ['school', 'principal', at('own'), own]),
    await person('a member of the team', ['team', 'slt', at('own'), own]),
    // Its contracts lie everywhere.
    await person('an evaluator', ['vendor', 'vendor', { kind: 'vendor', code: 'V-1' }, PLACES]),
    await person(
      'a principal who coaches elsewhere',
      ['school', 'principal', at('own'), own],
      ['coach', 'coordinator', at('otherDistrict'), ['otherDistrict']],
    ),
  ];
}

async function person(
  name: string,
  ...roles: [Kind, string, { kind: string; code: string }, Held['reach']][]
): Promise<Identity> {
  const { api, program } = world;
  const { db, clock, config } = api.ctx;
  const email = `${name.replaceAll(' ', '.')}@example.org`;
  let id = '';
  for (const [, role, organization] of roles) {
    const reply = await api.admin.post('/v1/assignments', {
      ...{ person: { name, email }, program, role, organization, from: '2026-10-01' },
    });
    expect(reply.statusCode).toBe(201);
    id = reply.json().person;
  }
  const token = await db
    .transaction()
    .execute((trx) => startSession(trx, { person: id, way: 'link', browser: 'x' }, clock.now()));
  const cookie = cookieHeader(config, 'session', token).split(';')[0]!;
  return {
    name,
    held: roles.map(([kind, role, , reach]) => ({ kind, role, reach })),
    ...{ person: true, pagesOnly: roles.length === 1 },
    headers: { cookie, origin: new URL(config.publicUrl).origin },
  };
}

const reachOf = (scope: KeyScopeAsGiven): Held['reach'] =>
  'all' in scope ? 'everything' : 'districts' in scope ? ['own', 'sameDistrict'] : ['own'];

/** Of a key that was good a moment ago. */
async function revoked(): Promise<string> {
  const { api } = world;
  const key = await api.keyFor({ role: 'administrator', program: null });
  expect((await api.as(key).get('/v1/people')).statusCode).toBe(200);
  const { data } = (await api.admin.get('/v1/keys?limit=1000')).json();
  const { id } = data.find(({ prefix }: { prefix: string }) => key.startsWith(prefix));
  await api.admin.delete(`/v1/keys/${id}`, { 'if-match': '*' });
  return key;
}

const rightOf = (policy: PolicyRow, kind: Kind) =>
  (policies[policy] as Partial<Record<Kind, Right>>)[kind];

const reaches = ({ reach }: Held, place: Place) => reach === 'everything' || reach.includes(place);

/** What the table's words come to, about a thing at a place. */
function expectedAt(who: Identity, policy: PolicyRow, place: Place, thing: Thing): Expected {
  const there = who.held.filter((held) => {
    const hidden = held.kind === 'vendor' && thing.role !== undefined && thing.role !== held.role;
    return reaches(held, place) && !hidden;
  });
  if (there.length === 0) return 404;
  return there.some((held) => grants(who, held, policy, thing)) ? 'let in' : 403;
}

function grants(who: Identity, held: Held, policy: PolicyRow, thing: Thing | null): boolean {
  const right = rightOf(policy, held.kind);
  switch (right) {
    case undefined:
      return false;
    case 'own':
      return who.person && thing === null;
    case 'scope':
    case 'reported':
    case 'lately':
      return true;
    case 'ownRole':
      return thing === null || thing.role === held.role;
    case 'team':
      return thing === null || thing.team === true;
    case 'everywhere':
      return held.reach === 'everything';
    default:
      return right satisfies never;
  }
}

/** Keys, jobs and people lie at no place: who may not read of them is not told that they exist. */
function expectedOf(who: Identity, route: { url: string; policy: PolicyRow }): Expected {
  if (/^[/]v1[/](keys|jobs)[/]/.test(route.url))
    return who.held.some(({ kind, reach }) => kind === 'state' && reach === 'everything')
      ? 'let in'
      : 404;
  return who.held.some((held) => grants(who, held, route.policy, null)) ? 'let in' : 403;
}

function expectedOfPerson(who: Identity, policy: PolicyRow, place: Place): Expected {
  const knowing = who.held.filter((held) => {
    const right = rightOf('people.read', held.kind);
    const everybody = right === 'everywhere' && held.reach === 'everything';
    return everybody || (right === 'team' && reaches(held, place));
  });
  if (knowing.length === 0) return 404;
  const somebody = { name: '', team: true };
  return knowing.some((held) => grants(who, held, policy, somebody)) ? 'let in' : 403;
}

/** A webhook reads nothing, so it is refused alike whether there is such a thing or not. */
const expectedFrom = (who: Identity, { route, expected }: Case): Expected =>
  who.held.every(({ kind }) => kind === 'webhook')
    ? expectedOf(who, { ...route, url: '' })
    : expected(who);

/** Nothing is changed by it: whoever is let in is stopped by the body. */
const call = (
  headers: Record<string, string>,
  method: (typeof routes)[number]['method'],
  url: string,
) =>
  world.api.app.inject({
    method,
    url,
    headers: {
      ...headers,
      ...(method !== 'GET' && { 'content-type': 'application/json' }),
    },
    ...(method !== 'GET' && { payload: '{"unknown":1}' }),
  });

const outcomeOf = (status: number): Expected =>
  status === 401 || status === 403 || status === 404 ? status : 'let in';

interface Case {
  route: (typeof routes)[number];
  url: string;
  expected: (who: Identity) => Expected;
}

/** Pages are for people: a key opens none, wherever it reaches. */
const isPage = ({ url }: { url: string }): boolean => !url.startsWith('/v1/');

/** What there is to ask of a route: once for each thing at each place, or once. */
function casesOf(route: (typeof routes)[number]): Case[] {
  const { url, policy } = route;
  const at = url.indexOf(':');
  const prefix = url.slice(0, at);
  const named = (name: string) =>
    url
      .replace(
        /^(\/v1\/programs\/:program\/years\/):year/,
        `$1${others['/v1/programs/:program/years/']}`,
      )
      .replace(/:[a-zA-Z]+/, name)
      .replace(':feed', world.feeds[name] ?? '');
  if (at === -1) return [{ route, url, expected: (who) => expectedOf(who, route) }];
  if (others[prefix] !== undefined)
    return [{ route, url: named(others[prefix]), expected: (who) => expectedOf(who, route) }];
  return PLACES.flatMap((place) => {
    const things = world.things[place][prefix];
    if (!things) throw new Error(`Add something at a place for ${url} to this test.`);
    return things.map((thing) => ({
      route,
      url: named(thing.name),
      expected: (who: Identity) =>
        prefix === '/v1/people/'
          ? expectedOfPerson(who, policy, place)
          : expectedAt(who, policy, place, thing),
    }));
  });
}

describe('every route of the running server', () => {
  let calls = 0;
  const mismatches: string[] = [];
  const note = (who: string, { route, url }: Case, expected: Expected, status: number) => {
    calls += 1;
    if (outcomeOf(status) !== expected)
      mismatches.push(
        `${route.method} ${route.url} (${url}) by ${who}: ${status}, not ${expected}`,
      );
  };
  afterAll(() => {
    process.stderr.write(`policy: ${calls} calls, ${mismatches.length} mismatches\n`);
  });

  test('lets in whom the table lets in, hides what is out of reach, and refuses the rest', async () => {
    const cases = routes.flatMap(casesOf);
    for (const who of identities)
      for (const each of cases) {
        if (who.pagesOnly && !isPage(each.route)) continue;
        const { statusCode } = await call(who.headers, each.route.method, each.url);
        const expected = isPage(each.route) && !who.person ? 401 : expectedFrom(who, each);
        note(who.name, each, expected, statusCode);
      }
    expect(mismatches.slice(0, 40)).toEqual([]);
  });

  test('asks strangers who they are, whatever they ask for', async () => {
    for (const { name, headers } of strangers)
      for (const each of routes.flatMap(casesOf)) {
        const { statusCode } = await call(headers, each.route.method, each.url);
        note(name, each, 401, statusCode);
      }
    expect(mismatches.slice(0, 40)).toEqual([]);
  });

  test('was asked often enough', () => {
    expect(calls).toBeGreaterThan(2_000);
  });
});

test('what is out of scope is answered as what does not exist', async () => {
  const nothing = '019ab3c4-5d6e-7f80-9a1b-2c3d4e5f6071';
  const coach = identities.find(({ name }) => name === 'a coach of a district')!;
  const answer = async ({ method }: (typeof routes)[number], url: string) => {
    const { statusCode, headers, body } = await call(coach.headers, method, url);
    const { requestId: _, ...rest } = JSON.parse(body);
    return { statusCode, rest, headers: Object.keys(headers).sort() };
  };
  let compared = 0;
  for (const route of routes) {
    const prefix = route.url.slice(0, route.url.indexOf(':'));
    for (const { name } of world.things.otherDistrict[prefix] ?? []) {
      const named = (id: string) => route.url.replace(/:[a-zA-Z]+/, id);
      expect(await answer(route, named(name))).toEqual(await answer(route, named(nothing)));
      compared += 1;
    }
  }
  expect(compared).toBeGreaterThan(20);
});

test('no reply speaks of a place that is out of reach', async () => {
  const lists = routes.filter(({ method, url }) => method === 'GET' && !url.includes(':'));
  expect(lists.length).toBeGreaterThan(12);
  const from = 'from=2026-11-10&to=2026-12-31';
  for (const who of identities)
    for (const { url } of lists) {
      const query = url.endsWith('/preview') ? `?${from}` : '';
      const { statusCode, body } = await call(who.headers, 'GET', url + query);
      if (statusCode !== 200) continue;
      const told = PLACES.filter((place) => !who.held.some((held) => reaches(held, place))).flatMap(
        (place) => world.marks[place].filter((mark) => body.includes(mark)),
      );
      expect({ who: who.name, url, told }).toEqual({ who: who.name, url, told: [] });
    }
});
