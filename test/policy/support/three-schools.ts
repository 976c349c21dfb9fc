import { newId } from '../../../src/ids.ts';
import { type TestApp, testApp } from '../../support/app.ts';
import { openTestYears } from '../../support/years.ts';

/** Where something lies, seen from the first school. */
export type Place = 'own' | 'sameDistrict' | 'otherDistrict';
export const PLACES: Place[] = ['own', 'sameDistrict', 'otherDistrict'];

/** What a route's parameter may name at a place: its address there, and whom it is given to. */
export interface Thing {
  name: string;
  role?: string;
  team?: boolean;
}

export interface ThreeSchools {
  api: TestApp;
  program: string;
  school: Record<Place, string>;
  district: Record<Place, string>;
  /** By the beginning of an address up to its parameter. */
  things: Record<Place, Record<string, Thing[]>>;
  /** A contract that has ended. */
  ended: string;
  /** The calendar feed of each person, by person. */
  feeds: Record<string, string>;
  /** What tells somebody of a place: codes, ids, names. */
  marks: Record<Place, string[]>;
}

/** Two schools of one district and one of another, each with all that a route can be about. */
export async function threeSchools(): Promise<ThreeSchools> {
  const api = await testApp({ now: '2026-11-10T15:00:00Z' });
  const program = api.ctx.programs.all[0]!.id;
  const school = {
    own: '98-901-0010-26-0000',
    sameDistrict: '98-901-0010-26-0001',
    otherDistrict: '98-902-0020-26-0002',
  };
  const districtOf = (code: string) => code.slice(0, -5);
  const years = await openTestYears(api.ctx, 2);
  years.push(await openElsewhere(api, program, school.otherDistrict));
  await created(api, '/v1/vendors', { code: 'V-1', name: 'Partners' });

  const things: Partial<ThreeSchools['things']> = {};
  const marks: Partial<ThreeSchools['marks']> = {};
  const feeds: ThreeSchools['feeds'] = {};
  for (const [at, place] of PLACES.entries()) {
    const year = years[at]!;
    const organization = { kind: 'school', code: school[place] };
    const assignment = async (role: string) => {
      const person = { name: `${role} of ${place}`, email: `${role}.${place}@example.org` };
      const body = { person, program, role, organization, from: '2026-10-01' };
      return created(api, '/v1/assignments', body);
    };
    const [team, principal] = [await assignment('slt'), await assignment('principal')];
    const feed = await created(api, `/v1/people/${team.person}/feeds`, { label: 'A test' });
    feeds[team.person as string] = feed.id as string;
    const contract = await created(api, '/v1/contracts', {
      ...{ vendor: 'V-1', planningYear: year, proposedOn: '2026-11-01' },
    });
    const refused = await refusedOf(api, `slt.${place}@example.org`);
    things[place] = {
      '/v1/planning-years/': [{ name: year }],
      '/v1/schools/': [{ name: school[place] }],
      '/v1/organizations/': [{ name: school[place] }],
      '/v1/tasks/': await tasksOf(api, year),
      '/v1/people/': [{ name: team.person as string, team: true }],
      '/v1/assignments/': [
        { name: team.id as string, role: 'slt', team: true },
        { name: principal.id as string, role: 'principal', team: false },
      ],
      '/v1/contracts/': [{ name: contract.id as string }],
      '/v1/mail/refused-addresses/': [{ name: refused }],
      '/v1/mail/suppressions/': [{ name: refused }],
      '/v1/reminders/': [{ name: await reminderOf(api, year), role: 'principal' }],
    };
    // The pages of people are about the same.
    things[place]!['/tasks/'] = things[place]!['/v1/tasks/']!;
    things[place]!['/refused-addresses/'] = things[place]!['/v1/mail/refused-addresses/']!;
    things[place]!['/planning-years/'] = things[place]!['/v1/planning-years/']!;
    const ids = Object.values(things[place]!).flatMap((some) => some.map(({ name }) => name));
    const names = [team, principal].map(({ person }) => person as string);
    marks[place] = [...ids, ...names, `of ${place}`, `.${place}@`];
  }
  await created(api, '/v1/vendors', { code: 'V-2', name: 'Former partners' });
  const former = await created(api, '/v1/contracts', {
    ...{ vendor: 'V-2', planningYear: years[2], proposedOn: '2026-10-15', to: '2026-11-09' },
  });
  const ended = former.id as string;
  const district = Object.fromEntries(
    PLACES.map((place) => [place, districtOf(school[place])]),
  ) as ThreeSchools['district'];
  return {
    api,
    program,
    school,
    district,
    feeds,
    ended,
    things: things as never,
    marks: marks as never,
  };
}

async function created(api: TestApp, url: string, body: object): Promise<Record<string, unknown>> {
  const reply = await api.admin.post(url, body);
  if (reply.statusCode !== 201) throw new Error(`POST ${url}: ${reply.body}`);
  return reply.json();
}

async function openElsewhere(api: TestApp, program: string, code: string): Promise<string> {
  const file = `rcdts,school_name,district_name,city,county,school_type,grades_served,enrollment
${code},Elsewhere,Other,Town,County,High School,9 - 12,100\n`;
  await api.admin.csv('/v1/imports/schools', file);
  const year = await created(api, '/v1/planning-years', {
    ...{ program, year: '2026-27', school: code, designation: 'Comprehensive' },
    ...{ releasedOn: '2026-10-15', newlyDesignated: false, resourceAllocationReview: false },
  });
  return year.id as string;
}

/** An address at the place that refuses mail. */
async function refusedOf({ ctx }: TestApp, address: string): Promise<string> {
  const id = newId(ctx.clock.now());
  const since = ctx.clock.now();
  await ctx.db
    .insertInto('suppressions')
    .values({
      ...{ id, address: address.toLowerCase(), reason: 'refused', since, detail: '550 5.1.1' },
    })
    .execute();
  return id;
}

/** Held, since nobody is to get it. */
async function reminderOf({ ctx }: TestApp, year: string): Promise<string> {
  const id = newId(ctx.clock.now());
  await ctx.db
    .insertInto('reminders')
    .values({
      ...{ id, planningYearId: year, role: 'principal', rule: 'month', occasion: 'month:2026-11' },
      ...{ dueOn: '2026-11-01', status: 'held', createdAt: ctx.clock.now() },
    })
    .execute();
  return id;
}

/** One task of every role. */
async function tasksOf(api: TestApp, year: string): Promise<Thing[]> {
  const { data } = (await api.admin.get(`/v1/tasks?planningYear=${year}&limit=1000`)).json();
  const tasks = data as { id: string; role: string }[];
  return [...Map.groupBy(tasks, ({ role }) => role)].map(([role, [task]]) => ({
    name: task!.id,
    role,
  }));
}
