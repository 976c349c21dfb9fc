import type { Context, Db } from '../context.ts';
import { manyThroughTheDoor, type Outcome, type Passage, type Request } from './door.ts';
import type { YearRow } from './store.ts';

type Ctx = Pick<Context, 'db' | 'programs' | 'clock' | 'queue'>;

/**
 * One request through the door in a transaction that it shares with others of the moment: what
 * arrives while one group is being written goes together as the next. Each is acknowledged once its
 * group is committed.
 * @throws as `throughTheDoor` does
 */
export function together(ctx: Ctx, request: Request): Promise<Passage> {
  const group: Group = groups.get(ctx.db) ?? { waiting: [], writing: 0, latest: new Map() };
  groups.set(ctx.db, group);
  return new Promise((resolve, reject) => {
    group.waiting.push({ request, resolve, reject });
    if (group.writing < WRITERS) void writeGroups(ctx, group);
  });
}

interface Waiting {
  request: Request;
  resolve: (passage: Passage) => void;
  reject: (error: unknown) => void;
}

interface Group {
  waiting: Waiting[];
  /** Groups being written now. */
  writing: number;
  /** The years written last, as they were committed; the oldest first. */
  latest: Map<string, YearRow>;
}

const groups = new WeakMap<Db, Group>();
/** While one group waits for the disk, the next is decided. */
const WRITERS = 2;
const LARGEST = 32;
const REMEMBERED = 1_000;

async function writeGroups(ctx: Ctx, group: Group): Promise<void> {
  group.writing += 1;
  // What was asked for at the same moment comes along.
  await Promise.resolve();
  while (group.waiting.length > 0) {
    const batch = group.waiting.splice(0, LARGEST);
    await write(ctx, group, batch);
  }
  group.writing -= 1;
}

async function write(ctx: Ctx, group: Group, batch: Waiting[]): Promise<void> {
  try {
    const requests = batch.map(({ request }) => request);
    const outcomes = await ctx.db
      .transaction()
      .execute((trx) => manyThroughTheDoor(ctx, trx, requests, group.latest));
    remember(group, outcomes);
    for (const [at, { resolve, reject }] of batch.entries()) {
      const outcome = outcomes[at];
      if (outcome?.ok) resolve(outcome.passage);
      else reject(outcome?.error);
    }
  } catch (error) {
    for (const { reject } of batch) reject(error);
  }
}

function remember({ latest }: Group, outcomes: Outcome[]): void {
  for (const outcome of outcomes) {
    if (!outcome.ok) continue;
    const { row } = outcome.passage;
    latest.delete(row.id);
    latest.set(row.id, row);
  }
  for (const id of latest.keys()) {
    if (latest.size <= REMEMBERED) break;
    latest.delete(id);
  }
}
