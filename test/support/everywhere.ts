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
  /** Ids of tasks that something is written about, by what was done to them. */
  tasks: Record<Told, string>;
}

type Told = 'done' | 'waived' | 'extended' | 'ofTeam' | 'ofVendor' | 'ofMeeting';

const ANY = { 'if-match': '*' };
const ROLES = ['principal', 'slt', 'district', 'coordinator', 'vendor'];

/**
 * For each text a school of its own district, with people of every role, in which all that is free
 * text is that text: names, places, notes, evidence, reasons, records of meetings, labels, addresses.
 */
export async function everywhere(app: TestApp, texts: readonly string[]): Promise<Place[]> {
  const program = app.ctx.programs.all[0]!.id;
  const lines = texts.map(lineOf);
  const codes = texts.map((_, n) => codeOf(n));
  const files = filesOf(texts);
  const take = async (name: keyof typeof files) => {
    const reply = await app.admin.csv(`/v1/imports/${name}`, files[name]);
    if (reply.statusCode !== 200) throw new Error(`${name}: ${reply.body}`);
  };
  await take('schools');
  await take('designations');
  for (const [n, line] of lines.entries())
    await made(app, '/v1/vendors', { code: line, name: `${line} ${n}` });
  await take('assignments');
  const people = await ids(app, '/v1/people', 'email');
  const years = await ids(app, '/v1/planning-years', 'school');
  const places: Place[] = [];
  for (const [n, text] of texts.entries()) {
    const found = ROLES.map((role) => {
      const email = emailOf(n, role);
      return [role, { id: people.get(email)!, email }];
    });
    const place = {
      ...{ text, school: codes[n]!, district: codes[n]!.slice(0, 14) },
      ...{ planningYear: years.get(codes[n]!)!, people: Object.fromEntries(found) },
    };
    places.push({ ...place, tasks: await fill(app, program, place, lines[n]!) });
  }
  return places;
}

/** The three files that make them, a row (of each role, for assignments) for each text. */
export function filesOf(texts: readonly string[]) {
  const lines = texts.map(lineOf);
  return {
    schools: file(
      'rcdts,school_name,district_name,city,county,school_type,grades_served,enrollment',
      lines.map((line, n) => [codeOf(n), line, line, line, line, line, line, '100']),
    ),
    designations: file(
      'rcdts,designation,released_on,newly_designated,resource_allocation_review',
      lines.map((_, n) => [codeOf(n), 'Comprehensive', '2026-10-15', 'false', 'false']),
    ),
    assignments: file(
      'organization,role,name,email,from,to',
      lines.flatMap((line, n) =>
        ROLES.map((role) => {
          const of = { district: codeOf(n).slice(0, 14), vendor: line }[role] ?? codeOf(n);
          return [of, role, line, emailOf(n, role), '2026-10-01', ''];
        }),
      ),
    ),
  };
}

const codeOf = (n: number): string => `91-${String(n + 100)}-0010-26-0001`;
const emailOf = (n: number, role: string): string => `${role}${n}@example.org`;
const file = (header: string, rows: string[][]): string =>
  [header, ...rows.map((row) => row.map(quoted).join(','))].join('\n');

/** For what takes one line alone. */
export const lineOf = (text: string): string => text.replaceAll(/\s+/g, ' ').trim();
const quoted = (cell: string): string => `"${cell.replaceAll('"', '""')}"`;

/** What is written about a year in the course of it. */
async function fill(
  app: TestApp,
  program: string,
  place: Omit<Place, 'tasks'>,
  line: string,
): Promise<Place['tasks']> {
  const { text, planningYear, people } = place;
  const year = `/v1/planning-years/${planningYear}`;
  const links = [{ title: line, url: `https://example.org/?q=${text}` }];
  const openTasks = async (role: string): Promise<string[]> => {
    const url = `/v1/tasks?planningYear=${planningYear}&role=${role}&status=open&limit=1000`;
    const { data } = (await app.admin.get(url)).json();
    // The latest of the source first, so that every school has the same ones.
    return data
      .sort((a: Listed, b: Listed) => placeOf(b).localeCompare(placeOf(a)))
      .map(({ id }: Listed) => id);
  };
  await made(app, '/v1/contracts', { vendor: line, planningYear, proposedOn: '2026-10-15' });
  await made(app, `${year}/notes`, { text, links });
  await made(app, `${year}/contacts`, { by: 'phone', text });
  const meeting = { activity: 'nov-4', who: [line], text };
  const settled = (await made(app, `${year}/meetings`, meeting)).json().settledTasks;
  const principal = await sessionOf(app.ctx, people.principal!.id, text);
  const team = await sessionOf(app.ctx, people.slt!.id, text);
  const vendor = await sessionOf(app.ctx, people.vendor!.id, text);
  const [ofPrincipal, ofTeam, ofVendor] = await Promise.all(
    ['principal', 'slt', 'vendor'].map(openTasks),
  );
  const [done, waived, extended] = ofPrincipal!;
  const tasks = {
    ...{ done: done!, waived: waived!, extended: extended! },
    ...{ ofTeam: ofTeam![0]!, ofVendor: ofVendor![0]!, ofMeeting: settled[0] as string },
  };
  const particulars = { note: text, evidence: links };
  for (const [id, who] of [
    [tasks.done, principal],
    [tasks.ofTeam, team],
    [tasks.ofVendor, vendor],
  ] as const) {
    await made(app, `/v1/tasks/${id}/notes`, { text, links }, who);
    await made(app, `/v1/tasks/${id}/complete`, particulars, who);
  }
  const reason = text;
  await made(app, `/v1/tasks/${tasks.waived}/waive`, { reason });
  await made(app, `/v1/tasks/${tasks.extended}/extend`, { reason, dueOn: '2026-12-15' });
  const data = { region: 'surveys', state: 'progressSent', reason };
  await made(app, `${year}/events`, { type: 'force', note: text, data });
  const scope = { districts: [place.district] };
  await made(app, '/v1/keys', { role: 'dashboard', program, scope, label: line });
  await made(app, `/v1/people/${people.principal!.id}/feeds`, { label: line }, principal);
  return tasks;
}

interface Listed {
  id: string;
  sources: string[];
}

const placeOf = ({ sources }: Listed): string => sources[0] ?? '';

/** By an administrator's key, or in somebody's own browser. */
async function made(app: TestApp, url: string, body: object, who?: Record<string, string>) {
  const reply = await (who ? app.as(null) : app.admin).post(url, body, { ...ANY, ...who });
  if (reply.statusCode >= 300) throw new Error(`POST ${url}: ${reply.body}`);
  return reply;
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
