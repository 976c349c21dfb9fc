import type { Context, Db } from '../context.ts';
import { isRefused } from '../db/savepoint.ts';
import { isDatabaseGone } from '../http/database-gone.ts';
import { type Answer, type Claim, orAgain, twinOr } from '../http/idempotency.ts';
import { type Given, retried } from '../http/write.ts';
import { ATTEMPTS, type Outcome, type Passage, type Request, tooMany, tryTheDoor } from './door.ts';
import type { YearRow } from './store.ts';

type Ctx = Pick<Context, 'db' | 'programs' | 'clock'>;

/**
 * One request through the door in a statement that it shares with others of the moment: what arrives
 * while one group is being written goes together as the next. Each is acknowledged once its group is
 * committed.
 * @throws as `throughTheDoor` does
 */
export const together = (ctx: Ctx, request: Request): Promise<Passage> => join(ctx, request, null);

/**
 * The same for a request that may come with an `Idempotency-Key`: the answer is kept with the year,
 * and a repeated request is answered and not done again.
 */
export async function answeredTogether(
  ctx: Ctx,
  request: Request,
  claim: Claim | null,
  answerOf: (passage: Passage) => Answer,
): Promise<Given> {
  const anew = async (): Promise<Given> => {
    let given: Answer | undefined;
    const answer = (passage: Passage) => {
      given = answerOf(passage);
      return claim && { claim, answer: given };
    };
    await join(ctx, { ...request, answer }, claim);
    return { answer: given!, replayed: false };
  };
  return orAgain(ctx.db, claim, anew, (answer) => ({ answer, replayed: true }));
}

interface Waiting {
  request: Request;
  claim: Claim | null;
  attempts: number;
  resolve: (passage: Passage) => void;
  reject: (error: unknown) => void;
}

interface Group {
  waiting: Waiting[];
  /** Groups being written now. */
  writing: number;
  /** The years in them: requests for one year follow each other, and none loses a race to its own. */
  busy: Set<string>;
  /** The years written last, as they were committed; the oldest first. */
  latest: Map<string, YearRow>;
}

const groups = new WeakMap<Db, Group>();
/** While one group waits for the disk, the next is decided. */
const WRITERS = 4;
const LARGEST = 32;
const REMEMBERED = 1_000;

function join(ctx: Ctx, request: Request, claim: Claim | null): Promise<Passage> {
  const group: Group = groups.get(ctx.db) ?? {
    ...{ waiting: [], writing: 0, busy: new Set() },
    latest: new Map(),
  };
  groups.set(ctx.db, group);
  return new Promise((resolve, reject) => {
    group.waiting.push({ request, claim, attempts: 0, resolve, reject });
    if (group.writing < WRITERS) void writeGroups(ctx, group);
  });
}

async function writeGroups(ctx: Ctx, group: Group): Promise<void> {
  group.writing += 1;
  // What was asked for at the same moment comes along.
  await Promise.resolve();
  for (let batch = nextBatch(group); batch.length > 0; batch = nextBatch(group)) {
    await write(ctx, group, batch);
    for (const { request } of batch) group.busy.delete(request.id);
  }
  group.writing -= 1;
}

/**
 * Of requests under one key the first: its twins wait for what comes of it. Of requests for one year,
 * too: whoever writes that year takes up the next.
 */
function nextBatch(group: Group): Waiting[] {
  const keys = new Set<string>();
  const batch: Waiting[] = [];
  const left: Waiting[] = [];
  for (const each of group.waiting) {
    const key = each.claim && `${each.claim.credential} ${each.claim.key}`;
    const waits = group.busy.has(each.request.id) || (key !== null && keys.has(key));
    if (batch.length === LARGEST || waits) left.push(each);
    else {
      batch.push(each);
      group.busy.add(each.request.id);
      if (key !== null) keys.add(key);
    }
  }
  group.waiting = left;
  return batch;
}

async function write(ctx: Ctx, group: Group, batch: Waiting[]): Promise<void> {
  try {
    const requests = batch.map(({ request }) => request);
    const outcomes = await retried(() => tryTheDoor(ctx, ctx.db, requests, group.latest));
    for (const [at, each] of batch.entries()) settle(group, each, outcomes[at]);
  } catch (error) {
    // One that breaks its group concerns no other: of a statement that fails nothing is written.
    if (batch.length === 1) batch[0]!.reject(twinOr(error));
    else if (isRefused(error)) for (const each of batch) await write(ctx, group, [each]);
    else {
      // Whoever waits behind them would only wait for the same.
      const waiting = isDatabaseGone(error) ? group.waiting.splice(0) : [];
      for (const { reject } of [...batch, ...waiting]) reject(error);
    }
  }
}

function settle(group: Group, each: Waiting, outcome: Outcome | undefined): void {
  if (outcome?.ok) {
    remember(group, outcome.passage.row);
    each.resolve(outcome.passage);
  } else if (outcome) each.reject(outcome.error);
  else {
    // It was read or remembered too early: next time it is read.
    group.latest.delete(each.request.id);
    each.attempts += 1;
    if (each.attempts < ATTEMPTS) group.waiting.push(each);
    else each.reject(tooMany());
  }
}

function remember({ latest }: Group, row: YearRow): void {
  latest.delete(row.id);
  latest.set(row.id, row);
  for (const id of latest.keys()) {
    if (latest.size <= REMEMBERED) break;
    latest.delete(id);
  }
}
