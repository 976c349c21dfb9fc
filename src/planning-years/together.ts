import type { Context, Db, Trx } from '../context.ts';
import { type Answer, type Claim, keepAnswers, orAgain } from '../http/idempotency.ts';
import { type Given, retried } from '../http/write.ts';
import { manyThroughTheDoor, type Outcome, type Passage, type Request } from './door.ts';
import type { YearRow } from './store.ts';

type Ctx = Pick<Context, 'db' | 'programs' | 'clock' | 'queue'>;

/**
 * One request through the door in a transaction that it shares with others of the moment: what
 * arrives while one group is being written goes together as the next. Each is acknowledged once its
 * group is committed.
 * @throws as `throughTheDoor` does
 */
export async function together(ctx: Ctx, request: Request): Promise<Passage> {
  const passage = await join(ctx, { request, claim: null, finish: (passage) => passage });
  return passage as Passage;
}

/**
 * The same for a request that may come with an `Idempotency-Key`: the answer is kept in the group's
 * transaction, and a repeated request is answered and not done again.
 */
export async function answeredTogether(
  ctx: Ctx,
  request: Request,
  claim: Claim | null,
  answerOf: (passage: Passage) => Answer,
): Promise<Given> {
  const anew = async (): Promise<Given> => {
    const answer = await join(ctx, { request, claim, finish: answerOf });
    return { answer: answer as Answer, replayed: false };
  };
  return orAgain(ctx.db, claim, anew, (answer) => ({ answer, replayed: true }));
}

interface Waiting {
  request: Request;
  claim: Claim | null;
  /** Makes of the passage what the caller gets; runs before the commit, and may refuse. */
  finish: (passage: Passage) => Passage | Answer;
  resolve: (result: Passage | Answer) => void;
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

function join(ctx: Ctx, one: Omit<Waiting, 'resolve' | 'reject'>): Promise<Passage | Answer> {
  const group: Group = groups.get(ctx.db) ?? { waiting: [], writing: 0, latest: new Map() };
  groups.set(ctx.db, group);
  return new Promise((resolve, reject) => {
    group.waiting.push({ ...one, resolve, reject });
    if (group.writing < WRITERS) void writeGroups(ctx, group);
  });
}

async function writeGroups(ctx: Ctx, group: Group): Promise<void> {
  group.writing += 1;
  // What was asked for at the same moment comes along.
  await Promise.resolve();
  while (group.waiting.length > 0) await write(ctx, group, nextBatch(group));
  group.writing -= 1;
}

/** Of requests under one key the first; its twins wait for what comes of it. */
function nextBatch(group: Group): Waiting[] {
  const keys = new Set<string>();
  const batch: Waiting[] = [];
  const left: Waiting[] = [];
  for (const each of group.waiting) {
    const key = each.claim && `${each.claim.credential} ${each.claim.key}`;
    if (batch.length === LARGEST || (key !== null && keys.has(key))) left.push(each);
    else {
      batch.push(each);
      if (key !== null) keys.add(key);
    }
  }
  group.waiting = left;
  return batch;
}

type Result = { ok: true; result: Passage | Answer; row: YearRow } | { ok: false; error: unknown };

async function write(ctx: Ctx, group: Group, batch: Waiting[]): Promise<void> {
  let decided = false;
  try {
    const results = await retried(() =>
      ctx.db.transaction().execute(async (trx) => {
        decided = false;
        const results = await resultsOf(ctx, trx, group, batch);
        decided = true;
        return results;
      }),
    );
    for (const [at, { resolve, reject }] of batch.entries()) {
      const result = results[at]!;
      if (!result.ok) reject(result.error);
      else {
        remember(group, result.row);
        resolve(result.result);
      }
    }
  } catch (error) {
    // One that breaks its group concerns no other. What may be committed is not tried again.
    if (decided || batch.length === 1) for (const { reject } of batch) reject(error);
    else for (const each of batch) await write(ctx, group, [each]);
  }
}

async function resultsOf(
  ctx: Ctx,
  trx: Trx,
  { latest }: Group,
  batch: Waiting[],
): Promise<Result[]> {
  const requests = batch.map(({ request }) => request);
  const outcomes = await manyThroughTheDoor(ctx, trx, requests, latest);
  const results = batch.map((each, at) => resultOf(each, outcomes[at]));
  await keepAnswers(
    trx,
    results.flatMap((result, at) => {
      const { claim } = batch[at]!;
      return claim && result.ok ? [{ claim, answer: result.result as Answer }] : [];
    }),
  );
  return results;
}

function resultOf({ finish }: Waiting, outcome: Outcome | undefined): Result {
  if (!outcome?.ok) return { ok: false, error: outcome?.error };
  const { passage } = outcome;
  return { ok: true, result: finish(passage), row: passage.row };
}

function remember({ latest }: Group, row: YearRow): void {
  latest.delete(row.id);
  latest.set(row.id, row);
  for (const id of latest.keys()) {
    if (latest.size <= REMEMBERED) break;
    latest.delete(id);
  }
}
