import type { TestApp } from './app.ts';
import { sessionOf } from './session.ts';

/** One school and its people, with every text that somebody can store about them. */
export interface Place {
  text: string;
  school: string;
  district: string;
  planningYear: string;
  /** By role. */
  people: Record<string, { id: string; email: string }>;
}

const ANY = { 'if-match': '*' };
const ROLES = ['principal', 'slt', 'district', 'coordinator', 'vendor'];

/**
 * For each text a school of its own district, with people of every role, in which all that is free
 * text is that text: names, places, notes, evidence, reasons, records of meetings, labels, addresses.
 */
export async function everywhere(app: TestApp, texts: readonly string[]): Promise<Place[]> {
  const program = app.ctx.programs.all[0]!.id;
  const lines = texts.map(lineOf);
  const codes = texts.map((_, n) => `91-${String(n + 100)}-0010-26-0001`);
  const emails = texts.map((_, n) => (role: string) => `${role}${n}@example.org`);
  await csv(app, 'schools', SCHOOLS, (n) => {
    const line = lines[n]!;
    return [codes[n]!, line, line, line, line, line, line, '100'];
  });
  await csv(app, 'designations', DESIGNATIONS, (n) => [
    ...[codes[n]!, 'Comprehensive', '2026-10-15', 'false', 'false'],
  ]);
  for (const [n, line] of lines.entries())
    await made(app, '/v1/vendors', { code: line, name: `${line} ${n}` });
  const rows = texts.flatMap((_, n) =>
    ROLES.map((role) => {
      const of = { district: codes[n]!.slice(0, 14), vendor: lines[n]! }[role] ?? codes[n]!;
      return [of, role, lines[n]!, emails[n]!(role), '2026-10-01', ''];
    }),
  );
  await csv(app, 'assignments', ASSIGNMENTS, (at) => rows[at]!, rows.length);
  const people = await ids(app, '/v1/people', 'email');
  const years = await ids(app, '/v1/planning-years', 'school');
  const places = texts.map((text, n): Place => {
    const found = ROLES.map((role) => {
      const email = emails[n]!(role);
      return [role, { id: people.get(email)!, email }];
    });
    return {
      ...{ text, school: codes[n]!, district: codes[n]!.slice(0, 14) },
      ...{ planningYear: years.get(codes[n]!)!, people: Object.fromEntries(found) },
    };
  });
  for (const [n, place] of places.entries()) await fill(app, program, place, lines[n]!);
  return places;

  async function csv(
    { admin }: TestApp,
    name: string,
    header: string,
    row: (n: number) => string[],
    count = texts.length,
  ): Promise<void> {
    const cells = Array.from({ length: count }, (_, n) => row(n).map(quoted).join(','));
    const file = [header, ...cells].join('\n');
    const reply = await admin.csv(`/v1/imports/${name}`, file);
    if (reply.statusCode !== 200) throw new Error(`${name}: ${reply.body}`);
  }
}

const SCHOOLS = 'rcdts,school_name,district_name,city,county,school_type,grades_served,enrollment';
const DESIGNATIONS = 'rcdts,designation,released_on,newly_designated,resource_allocation_review';
const ASSIGNMENTS = 'organization,role,name,email,from,to';

/** For what takes one line alone. */
export const lineOf = (text: string): string => text.replaceAll(/\s+/g, ' ').trim();
const quoted = (cell: string): string => `"${cell.replaceAll('"', '""')}"`;

/** What is written about a year in the course of it. */
async function fill(app: TestApp, program: string, place: Place, line: string): Promise<void> {
  const { text, planningYear, people } = place;
  const year = `/v1/planning-years/${planningYear}`;
  const links = [{ title: line, url: `https://example.org/?q=${encodeURIComponent(text)}` }];
  await made(app, '/v1/contracts', { vendor: line, planningYear, proposedOn: '2026-10-15' });
  await made(app, `${year}/notes`, { text, links });
  await made(app, `${year}/contacts`, { by: 'phone', text });
  await made(app, `${year}/meetings`, { activity: 'nov-4', who: [line], text });
  const url = `/v1/tasks?planningYear=${planningYear}&role=principal&status=open&limit=1000`;
  const { data } = (await app.admin.get(url)).json();
  const [first, second, third] = data.map(({ id }: { id: string }) => `/v1/tasks/${id}`);
  await made(app, `${first}/notes`, { text, links });
  await made(app, `${first}/complete`, { note: text, evidence: links });
  await made(app, `${second}/waive`, { reason: text });
  await made(app, `${third}/extend`, { reason: text, dueOn: '2026-12-15' });
  const forced = { type: 'force', note: text };
  const data_ = { region: 'surveys', state: 'progressSent', reason: text };
  await made(app, `${year}/events`, { ...forced, data: data_ });
  const scope = { districts: [place.district] };
  await made(app, '/v1/keys', { role: 'dashboard', program, scope, label: line });
  const { cookie, origin } = await sessionOf(app.ctx, people.principal!.id, text);
  const feeds = `/v1/people/${people.principal!.id}/feeds`;
  const feed = await app.as(null).post(feeds, { label: line }, { cookie, origin });
  if (feed.statusCode !== 201) throw new Error(`POST ${feeds}: ${feed.body}`);
}

async function made(app: TestApp, url: string, body: object): Promise<void> {
  const reply = await app.admin.post(url, body, ANY);
  if (reply.statusCode >= 300) throw new Error(`POST ${url}: ${reply.body}`);
}

/** Ids by one of the fields, of a whole list. */
async function ids(app: TestApp, url: string, field: string): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  for (let next: string | null = ''; next !== null; ) {
    const cursor: string = next && `&cursor=${next}`;
    const reply = await app.admin.get(`${url}?limit=1000${cursor}`);
    for (const row of reply.json().data) found.set(row[field], row.id);
    next = reply.json().nextCursor;
  }
  return found;
}
