import { CompiledQuery } from 'kysely';
import type { Db } from '../context.ts';
import { isKeepable } from './keepable.ts';

/**
 * A kind of thing that is looked up by name on every request.
 *
 * @typeParam Found what there is under a name, as JSON
 */
export interface Lookup<Found> {
  /** The type of an array of names in PostgreSQL. What could be none of it is not asked for. */
  names: keyof typeof NAMES;
  /** SQL of rows `(name text, found json)`; `@names` stands for the names asked for. */
  text: string;
  /** Carries the type only. */
  found?: Found;
}

/**
 * Looks something up together with all that others look up at the same moment: one statement for
 * everybody, whatever the kinds. What is asked while statements are on their way waits for the next
 * one, so that nothing is ever answered by a statement that began before it was asked.
 *
 * Nobody's look-up makes another's fail: a name that could be none of its kind has nothing under it and
 * reaches no statement, and a statement that fails on what it was asked is asked again in halves, until
 * only those fail that are wrong by themselves.
 *
 * @returns undefined when there is nothing of that name
 */
export function lookUp<Found>(
  db: Db,
  kind: Lookup<Found>,
  name: string,
): Promise<Found | undefined> {
  if (!NAMES[kind.names](name)) return Promise.resolve(undefined);
  const desk = desks.get(db) ?? { waiting: [], underWay: 0, called: false };
  desks.set(db, desk);
  return new Promise((resolve, reject) => {
    desk.waiting.push({ kind, name, resolve: resolve as (found: unknown) => void, reject });
    callSoon(db, desk);
  });
}

/** What may be sent to a shared statement as a name, by the type of its array. */
const NAMES = {
  'uuid[]': (name: string) => /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i.test(name),
  'bytea[]': (name: string) => /^\\x([\da-f]{2})*$/.test(name),
  'int[]': (name: string) => /^-?\d{1,9}$/.test(name),
  'text[]': (name: string) => name.length <= LONGEST && isKeepable(name),
} as const satisfies Record<string, (name: string) => boolean>;

/** Nothing is known by a longer name. In UTF-16 units. */
const LONGEST = 1_000;

interface Waiting {
  kind: Lookup<unknown>;
  name: string;
  resolve: (found: unknown) => void;
  reject: (error: unknown) => void;
}

interface Desk {
  waiting: Waiting[];
  /** Statements on their way. */
  underWay: number;
  called: boolean;
}

const desks = new WeakMap<Db, Desk>();
/** A second statement may go while the first is slow. */
const STATEMENTS = 2;
const LARGEST = 500;

/** A turn of the event loop later, so that what has arrived meanwhile comes along and costs little. */
function callSoon(db: Db, desk: Desk): void {
  if (desk.called || desk.underWay === STATEMENTS || desk.waiting.length === 0) return;
  desk.called = true;
  const go = () => {
    desk.called = false;
    void ask(db, desk);
  };
  setImmediate(() => setImmediate(go));
}

async function ask(db: Db, desk: Desk): Promise<void> {
  const batch = desk.waiting.splice(0, LARGEST);
  desk.underWay += 1;
  await answer(db, batch);
  desk.underWay -= 1;
  callSoon(db, desk);
}

/** Settles all of a batch, and never throws. */
async function answer(db: Db, batch: Waiting[]): Promise<void> {
  try {
    const kinds = [...new Set(batch.map(({ kind }) => kind))];
    const found = await findAll(db, kinds, batch);
    for (const { kind, name, resolve } of batch) resolve(found[kinds.indexOf(kind)]?.get(name));
  } catch (error) {
    if (batch.length === 1 || !isOfTheStatement(error)) {
      for (const { reject } of batch) reject(error);
      return;
    }
    const half = Math.ceil(batch.length / 2);
    await answer(db, batch.slice(0, half));
    await answer(db, batch.slice(half));
  }
}

/**
 * The database refused what it was asked, and would answer something else: its server, connection and
 * resources (08, 25, 53, 57, 58) are well.
 */
function isOfTheStatement(error: unknown): boolean {
  const { code } = error as { code?: unknown };
  return typeof code === 'string' && /^[\dA-Z]{5}$/.test(code) && !/^(08|25|53|57|58)/.test(code);
}

/** @returns for each kind what was found, by name */
async function findAll(
  db: Db,
  kinds: Lookup<unknown>[],
  batch: Waiting[],
): Promise<Map<string, unknown>[]> {
  const asked = kinds.map(() => new Set<string>());
  for (const { kind, name } of batch) asked[kinds.indexOf(kind)]!.add(name);
  const { rows } = await db.executeQuery<{ found: Record<string, unknown> | null }>(
    CompiledQuery.raw(
      statementOf(kinds),
      asked.map((names) => [...names]),
    ),
  );
  return rows.map(({ found }) => new Map(Object.entries(found ?? {})));
}

/** A row for each kind, in their order: rows are what a reply costs most by. */
const statementOf = (kinds: Lookup<unknown>[]): string =>
  kinds
    .map(({ names, text }, at) => {
      const found = text.replaceAll('@names', `$${at + 1}::${names}`);
      return `select ${at} as kind, json_object_agg(name, found) as found from (${found}) k${at}`;
    })
    .join(' union all ')
    .concat(' order by kind');
