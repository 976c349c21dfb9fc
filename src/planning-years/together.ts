import type { Context, Db } from '../context.ts';
import { manyThroughTheDoor, type Outcome, type Passage, type Request } from './door.ts';

type Ctx = Pick<Context, 'db' | 'programs' | 'clock' | 'queue'>;

/**
 * One request through the door in a transaction that it shares with others of the moment: what
 * arrives while one group is being written goes together as the next. Each is acknowledged once its
 * group is committed.
 * @throws as `throughTheDoor` does
 */
export function together(ctx: Ctx, request: Request): Promise<Passage> {
  const group = groups.get(ctx.db) ?? { waiting: [], writing: 0 };
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
}

const groups = new WeakMap<Db, Group>();
/** While one group waits for the disk, the next is decided. */
const WRITERS = 2;
const LARGEST = 32;

async function writeGroups(ctx: Ctx, group: Group): Promise<void> {
  group.writing += 1;
  // What was asked for at the same moment comes along.
  await Promise.resolve();
  while (group.waiting.length > 0) {
    const batch = group.waiting.splice(0, LARGEST);
    await write(ctx, batch);
  }
  group.writing -= 1;
}

async function write(ctx: Ctx, batch: Waiting[]): Promise<void> {
  try {
    const outcomes = await inOneTransaction(
      ctx,
      batch.map(({ request }) => request),
    );
    for (const [at, { resolve, reject }] of batch.entries()) {
      const outcome = outcomes[at];
      if (outcome?.ok) resolve(outcome.passage);
      else reject(outcome?.error);
    }
  } catch (error) {
    for (const { reject } of batch) reject(error);
  }
}

function inOneTransaction(ctx: Ctx, requests: Request[]): Promise<Outcome[]> {
  return ctx.db.transaction().execute((trx) => manyThroughTheDoor(ctx, trx, requests));
}
