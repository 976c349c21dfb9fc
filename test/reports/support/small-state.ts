import { possible } from '../../../machines/advance.ts';
import { DomainError } from '../../../src/errors.ts';
import { bootstrap } from '../../../src/http/authenticate.ts';
import { newId } from '../../../src/ids.ts';
import type { Command } from '../../../src/planning-years/decide.ts';
import { throughTheDoor } from '../../../src/planning-years/door.ts';
import { modelOf } from '../../../src/planning-years/models.ts';
import { statesOf } from '../../../src/planning-years/state.ts';
import { findYear } from '../../../src/planning-years/store.ts';
import { type TestApp, testApp } from '../../support/app.ts';

export const PROGRAM = 'isbe-comprehensive';
export const YEAR = '2026-27';
export const DISTRICTS = ['97-001-0010-26', '97-002-0020-26', '97-003-0030-26'];
export const TODAY = '2026-11-10';

export interface SmallState extends TestApp {
  /** Codes of twelve schools, four a district; those of the last district lie in two counties. */
  schools: string[];
  /** Brings the directory to these names and counties. */
  importSchools(change?: (row: SchoolRow) => SchoolRow): Promise<void>;
  /** Opens the planning year of a school, and gives its id. */
  open(school: string, more?: Record<string, unknown>): Promise<string>;
  /** A person who coaches an organization from October on. */
  coach(name: string, kind: 'state' | 'district' | 'school', code: string): Promise<string>;
}

interface SchoolRow {
  code: string;
  name: string;
  district: string;
  county: string;
}

/** Three districts with four schools each, on November 10, 2026; no planning year yet. */
export async function smallState(): Promise<SmallState> {
  const api = await testApp({ now: `${TODAY}T15:00:00Z` });
  const rows = DISTRICTS.flatMap((district, at) =>
    [1, 2, 3, 4].map((n) => ({
      code: `${district}-000${n}`,
      name: `School ${at}.${n}`,
      district: `District ${at}`,
      county: at === 2 ? `County ${n % 2}` : `County ${at}`,
    })),
  );
  const importSchools = async (change = (row: SchoolRow) => row) => {
    const lines = rows
      .map(change)
      .map(
        ({ code, name, district, county }) =>
          `${code},${name},${district},Town,${county},High School,9 - 12,100`,
      );
    const file = [HEADER, ...lines].join('\n');
    const reply = await api.admin.csv('/v1/imports/schools', file);
    if (reply.statusCode !== 200) throw new Error(reply.body);
  };
  await importSchools();
  return {
    ...api,
    schools: rows.map(({ code }) => code),
    importSchools,
    async open(school, more = {}) {
      const reply = await api.admin.post('/v1/planning-years', {
        ...{ program: PROGRAM, year: YEAR, school, designation: 'Comprehensive' },
        ...{ releasedOn: '2026-10-15', newlyDesignated: true, ...more },
      });
      if (reply.statusCode !== 201) throw new Error(reply.body);
      return reply.json().id;
    },
    async coach(name, kind, code) {
      const email = `${name.toLowerCase().replaceAll(/\W/g, '')}@example.org`;
      const person = (await api.admin.post('/v1/people', { name, email })).json().id;
      // Two at one place are refused today; the first release let them be recorded.
      await api.ctx.db
        .insertInto('assignments')
        .values({
          ...{ id: newId(api.ctx.clock.now()), personId: person, program: PROGRAM },
          ...{ role: 'coordinator', organizationKind: kind, organizationCode: code },
          ...{ fromOn: '2026-10-01', toOn: null, demo: false, version: 1 },
        })
        .execute();
      return person;
    },
  };
}

const HEADER = 'rcdts,school_name,district_name,city,county,school_type,grades_served,enrollment';

/** Numbers from 0 up to 1, the same for the same seed (mulberry32). */
export function dice(seed: number): () => number {
  let at = seed;
  return () => {
    at = (at + 0x6d2b79f5) | 0;
    let mixed = Math.imul(at ^ (at >>> 15), 1 | at);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

export const oneOf = <T>(all: readonly T[], roll: () => number): T =>
  all[Math.floor(roll() * all.length)]!;

/** Sends a year some command that may well be refused; what is refused counts as nothing. */
export async function passSomehow({ ctx }: TestApp, id: string, roll: () => number) {
  const row = (await findYear(ctx.db, id))!;
  const model = await modelOf(ctx.programs, ctx.db, row);
  const { state } = row;
  const events = possible(model.machines, statesOf(state), {
    ...{ conditions: state.conditions, today: state.clockAt, dates: model.dates },
  });
  const task = oneOf(model.tasks, roll).key;
  const region = oneOf(model.machines.regions, roll);
  const reason = 'To try it out.';
  const event = events.length > 0 ? oneOf(events, roll) : null;
  const commands: Command[] = [
    { kind: 'complete', task, evidence: [] },
    { kind: 'complete', task, evidence: [] },
    { kind: 'reopen', task: Object.keys(state.done)[0] ?? task, reason },
    { kind: 'correct', correction: { type: 'undo', region: region.key, reason } },
    { kind: 'correct', correction: { type: 'waive', task, reason } },
    { kind: 'correct', correction: { type: 'extend', task, dueOn: oneOf(DATES, roll), reason } },
    {
      kind: 'correct',
      correction: {
        type: 'force',
        region: region.key,
        state: oneOf(Object.keys(region.states), roll),
        reason,
      },
    },
    ...(roll() < 0.02
      ? [{ kind: 'correct', correction: { type: 'withdraw', reason } } as const]
      : []),
  ];
  if (event)
    for (let n = 0; n < 4; n += 1)
      commands.push({ kind: 'event', type: event.type, data: event.spec.data?.example });
  try {
    await ctx.db
      .transaction()
      .execute((trx) => throughTheDoor(ctx, trx, id, oneOf(commands, roll), bootstrap));
    return true;
  } catch (error) {
    if (error instanceof DomainError) return false;
    throw error;
  }
}

const DATES = ['2026-11-20', '2027-01-15', '2027-03-03', '2026-11-12'];
