import { type Actor, actorWith } from '../actor.ts';
import type { Context } from '../context.ts';
import type { KeyScope } from '../db/tables.ts';
import { partId } from '../ids.ts';
import { startWideAct } from '../jobs/wide-act.ts';
import { scopeOf } from '../people/actor-of-person.ts';
import type { Command } from '../planning-years/decide.ts';
import { throughTheDoor } from '../planning-years/door.ts';
import type { LogEntry } from '../planning-years/state.ts';
import { together } from '../planning-years/together.ts';
import { fanOut } from '../tasks/fan-out.ts';
import { post } from './api.ts';
import { entriesAfter, reread } from './catch-up.ts';
import type { Organization, Person } from './people.ts';
import type { SchoolYear } from './school-year.ts';
import type { Stage } from './stage.ts';
import type { WideAct } from './wide.ts';

export type Act = Extract<Command, { kind: 'event' | 'complete' | 'correct' }>;
/** What an invented person does to one year, which is as it stands after it. */
export type Hand = (following: SchoolYear, person: Person, command: Act) => Promise<LogEntry>;
/** What an invented person does once for several years, most of it as background work. */
export type WideHand = (act: WideAct) => Promise<void>;

/** Through the functions that the routes rest on, with whoever else acts at the moment. */
export const throughDoor =
  (ctx: Context): Hand =>
  async (following, person, command) => {
    const { id, program } = following.year.row;
    const passage = await together(ctx, { id, command, actor: actorOf(person, program) });
    following.year = passage;
    return passage.entry!;
  };

export const widely =
  (ctx: Context): WideHand =>
  async ({ following, task, person, command, district }) => {
    const { id, program, year } = following.year.row;
    const actor = actorOf(person, program);
    await ctx.db.transaction().execute(async (trx) => {
      if (command.kind === 'complete') {
        const { row } = await throughTheDoor(ctx, trx, id, command, actor);
        await fanOut(ctx, trx, task, row, command, actor);
      } else {
        const { kind } = command;
        const act = { kind, program, year, command, district: district ?? undefined };
        await startWideAct(ctx, trx, act, actor);
      }
    });
  };

/** Through the API, with a key of the person's own. */
export const throughApi =
  (stage: Stage, keys: ReadonlyMap<Person, string>): Hand =>
  async (following, person, command) => {
    const before = following.year.row;
    const { url, body } = requestOf(before.id, command);
    await post(stage, keys.get(person)!, url, body);
    following.year = await reread(stage.ctx, before.id);
    return (await entriesAfter(stage.ctx.db, before)).at(-1)!;
  };

export const widelyThroughApi =
  (stage: Stage, keys: ReadonlyMap<Person, string>): WideHand =>
  async ({ following, person, command, district }) => {
    const { id, program, year } = following.year.row;
    if (command.kind === 'complete') {
      const { url, body } = requestOf(id, command);
      await post(stage, keys.get(person)!, url, body);
    } else {
      const { body } = requestOf(id, command);
      const reach = district === null ? {} : { district };
      const url = `/v1/programs/${program}/years/${year}/events`;
      await post(stage, keys.get(person)!, url, { ...body, ...reach });
    }
  };

const actorOf = ({ number, role, kind, organizations }: Person, program: string): Actor =>
  actorWith(`simulated:${number}`, { kind, role, program, scope: scopeOfAll(organizations) });

/** How far the key of somebody with a role for these organizations reaches. */
export const scopeOfAll = (organizations: readonly Organization[]): KeyScope =>
  scopeOf(
    organizations[0]!.kind,
    organizations.map(({ code }) => code),
  );

function requestOf(id: string, command: Act): { url: string; body: object } {
  switch (command.kind) {
    case 'complete': {
      const { task, data } = command;
      return { url: `/v1/tasks/${partId(id, task)}/complete`, body: data ? { data } : {} };
    }
    case 'event': {
      const { type, note, data } = command;
      const body = { type, note, ...(data ? { data } : {}) };
      return { url: `/v1/planning-years/${id}/events`, body };
    }
    case 'correct': {
      const { type, ...data } = command.correction;
      return { url: `/v1/planning-years/${id}/events`, body: { type, data } };
    }
    default:
      return command satisfies never;
  }
}
