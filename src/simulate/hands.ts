import { sql } from 'kysely';
import type { Actor } from '../actor.ts';
import type { Context } from '../context.ts';
import { partId } from '../ids.ts';
import type { Command } from '../planning-years/decide.ts';
import { throughTheDoor } from '../planning-years/door.ts';
import { modelOf } from '../planning-years/models.ts';
import type { LogEntry } from '../planning-years/state.ts';
import { findYear } from '../planning-years/store.ts';
import { post } from './api.ts';
import type { Person } from './people.ts';
import type { SchoolYear } from './school-year.ts';
import type { Stage } from './stage.ts';

/** What an invented person does to a year; the year is as it stands after it. */
export type Hand = (following: SchoolYear, person: Person, command: Act) => Promise<LogEntry>;
export type Act = Exclude<Command, { kind: 'clock' } | { kind: 'reopen' }>;

/** Through the function that every route calls. */
export const throughDoor =
  (ctx: Context): Hand =>
  async (following, person, command) => {
    const { id, program } = following.year.row;
    const passage = await ctx.db
      .transaction()
      .execute((trx) => throughTheDoor(ctx, trx, id, command, actorOf(person, program)));
    following.year = passage;
    return passage.entry!;
  };

/** Through the API, with a key of the person's own. */
export const throughApi =
  (stage: Stage, keys: ReadonlyMap<Person, string>): Hand =>
  async (following, person, command) => {
    const { id } = following.year.row;
    const { url, body } = requestOf(id, command);
    await post(stage, keys.get(person)!, url, body);
    following.year = await reread(stage.ctx, id);
    return lastEntry(stage.ctx, following);
  };

/** The year as it is stored. */
export async function reread({ db, programs }: Context, id: string): Promise<SchoolYear['year']> {
  const row = (await findYear(db, id))!;
  return { row, model: await modelOf(programs, db, row) };
}

const actorOf = ({ number, role, kind }: Person, program: string): Actor => ({
  id: `simulated:${number}`,
  kind,
  role,
  program,
  scope: { all: true },
});

function requestOf(id: string, command: Act): { url: string; body: unknown } {
  switch (command.kind) {
    case 'complete': {
      const { task, data } = command;
      return { url: `/v1/tasks/${partId(id, task)}/complete`, body: data ? { data } : {} };
    }
    case 'event': {
      const { type, note, data } = command;
      return { url: `/v1/planning-years/${id}/events`, body: { type, note, ...(data ? { data } : {}) } };
    }
    case 'correct': {
      const { type, ...data } = command.correction;
      return { url: `/v1/planning-years/${id}/events`, body: { type, data } };
    }
    default:
      return command satisfies never;
  }
}

async function lastEntry({ db }: Context, { year: { row } }: SchoolYear): Promise<LogEntry> {
  const { rows } = await sql<{ entry: string }>`
    select entry from log_entries where planning_year_id = ${row.id} and seq = ${row.headSeq}`.execute(db);
  return JSON.parse(rows[0]!.entry) as LogEntry;
}
