import { todayIn } from '../../calendar/dates.ts';
import { type Actor, clockActor } from '../actor.ts';
import type { Context, DbOrTrx, Trx } from '../context.ts';
import { isRefused, withinSavepoint } from '../db/savepoint.ts';
import { DomainError, NotFoundError, QuarantinedError, StaleVersionError } from '../errors.ts';
import type { GivenAnswer } from '../http/idempotency.ts';
import { type Command, datesPassed, decide, looksBack, nextClockDate } from './decide.ts';
import { holdToPolicy } from './held-to-policy.ts';
import type { YearModel } from './model.ts';
import { requireOpenSchool } from './open-school.ts';
import { saveYears, type YearWrite } from './save-years.ts';
import { ofYear, refusedBy, soundModelOf } from './sound.ts';
import type { LogEntry } from './state.ts';
import { findYears, readLog, setClock, type TaskChange, type YearRow } from './store.ts';
import { broughtUp } from './upgrade.ts';
import { taskChanges, Writing } from './writing.ts';

export type DoorContext = Pick<Context, 'programs' | 'clock'>;

/** What somebody, or time, asks of one year. */
export interface Request {
  id: string;
  command: Command;
  actor: Actor;
  /** Held against the year as read, before anything is decided. */
  precondition?: (row: YearRow) => void | Promise<void>;
  /** Makes the answer that is kept with the year; may still refuse. Null: none need be kept. */
  answer?: (passage: Passage) => GivenAnswer | null;
}

export interface Passage {
  /** The year after it. */
  row: YearRow;
  model: YearModel;
  /** The entry that the command wrote; null when time had nothing to bring. */
  entry: LogEntry | null;
}

export type Outcome = { ok: true; passage: Passage } | { ok: false; error: unknown };

/**
 * The one door: every change of a planning year goes through here. Reads the years, applies what time
 * has brought meanwhile, decides, and writes logs, states and tasks in one statement, each year if
 * nobody else has written it since; those that lose that race begin again.
 *
 * What one request is refused concerns no other, also where the database refuses it: then each is
 * written by itself.
 *
 * @returns an outcome for each, in their order
 */
export async function manyThroughTheDoor(
  ctx: DoorContext,
  trx: Trx,
  requests: Request[],
): Promise<Outcome[]> {
  return untilThrough(ctx, trx, requests, tryApart);
}

async function untilThrough(
  ctx: DoorContext,
  trx: Trx,
  requests: Request[],
  attempt: typeof tryApart,
): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  let waiting = [...requests.keys()];
  for (let times = 0; waiting.length > 0 && times < ATTEMPTS; times += 1) {
    const some = await attempt(
      ctx,
      trx,
      waiting.map((at) => requests[at]!),
    );
    for (const [n, outcome] of some.entries()) if (outcome) outcomes[waiting[n]!] = outcome;
    waiting = waiting.filter((at) => outcomes[at] === undefined);
  }
  for (const at of waiting) outcomes[at] = { ok: false, error: tooMany() };
  return outcomes;
}

/** One attempt for all together, and where the database refuses that, for each by itself. */
async function tryApart(
  ctx: DoorContext,
  trx: Trx,
  requests: Request[],
): Promise<(Outcome | undefined)[]> {
  try {
    return await withinSavepoint(trx, () => tryTheDoor(ctx, trx, requests));
  } catch (error) {
    if (!isRefused(error) && !(error instanceof QuarantinedError)) throw error;
    if (requests.length === 1) return [{ ok: false, error }];
    const outcomes: (Outcome | undefined)[] = [];
    for (const request of requests) outcomes.push(...(await tryApart(ctx, trx, [request])));
    return outcomes;
  }
}

/**
 * One attempt of {@link manyThroughTheDoor}. All that it writes is one statement, so it needs no
 * transaction of its own.
 *
 * @param known years as they were written last, which spares reading them: a comparison in that
 * statement finds out those that have changed since, and nothing is refused on what is only remembered.
 * Others may change the map meanwhile: it is looked at once, before anything is waited for
 * @returns an outcome for each, in their order; undefined for those that have to try again: another
 * writer came first, another request of these is about the same year, or the year must be read anew
 */
export async function tryTheDoor(
  ctx: DoorContext,
  db: DbOrTrx,
  requests: Request[],
  known: ReadonlyMap<string, YearRow> = new Map(),
): Promise<(Outcome | undefined)[]> {
  const outcomes = requests.map((): Outcome | undefined => undefined);
  const ids = [...new Set(requests.map(({ id }) => id))];
  const remembered = new Map(ids.map((id) => [id, known.get(id)]));
  const rows = await foundYears(
    ctx,
    db,
    ids.filter((id) => !remembered.get(id)),
  );
  const drafts = new Map<string, Draft>();
  for (const [at, request] of requests.entries()) {
    // Two requests for one year follow each other.
    if (drafts.has(request.id)) continue;
    try {
      const row = remembered.get(request.id) ?? rows.get(request.id);
      drafts.set(request.id, await draft(ctx, db, row, request, at));
    } catch (error) {
      if (!remembered.get(request.id)) outcomes[at] = { ok: false, error };
    }
  }
  for (const { at, passage } of await save(db, [...drafts.values()]))
    outcomes[at] = { ok: true, passage };
  return outcomes;
}

/** By id, each of the charts of this release. */
async function foundYears(ctx: DoorContext, db: DbOrTrx, ids: string[]) {
  const found = await findYears(db, ids);
  const rows = await broughtUp(ctx, db, [...found.values()]);
  return new Map(rows.map((row) => [row.id, row]));
}

/** What a request would come to. */
export type Foreseen =
  | { ok: true; read: YearRow; passage: Passage; tasks: TaskChange[]; today: string }
  | { ok: false; read: YearRow | undefined; error: unknown };

/**
 * What requests would come to if they went through the door now, one after the other. Nothing is
 * written, so nobody waits for it.
 */
export async function foresee(
  ctx: DoorContext,
  db: DbOrTrx,
  requests: Request[],
): Promise<Foreseen[]> {
  const years = await foundYears(ctx, db, [...new Set(requests.map(({ id }) => id))]);
  const outcomes: Foreseen[] = [];
  for (const [at, request] of requests.entries()) {
    const read = years.get(request.id);
    try {
      const { passage, write } = await draft(ctx, db, read, request, at);
      years.set(request.id, passage.row);
      const today = todayIn(passage.model.pack.program.zone, ctx.clock.now());
      outcomes.push({ ok: true, read: write.read, passage, tasks: write.tasks, today });
    } catch (error) {
      outcomes.push({ ok: false, read, error });
    }
  }
  return outcomes;
}

export const tooMany = () =>
  new StaleVersionError('Too many writers at once changed this planning year; try again.');

/**
 * One request through the door.
 * @throws NotFoundError, StaleVersionError, and whatever {@link decide} refuses
 */
export async function throughTheDoor(
  ctx: DoorContext,
  trx: Trx,
  id: string,
  command: Command,
  actor: Actor,
  precondition?: Request['precondition'],
): Promise<Passage> {
  const request = { id, command, actor, ...(precondition && { precondition }) };
  // What the database refuses ends the caller's transaction, as everything does that is thrown here.
  const [outcome] = await untilThrough(ctx, trx, [request], tryTheDoor);
  if (outcome?.ok) return outcome.passage;
  throw outcome?.error;
}

/** What a request would be refused for as things stand; null when it would pass. Changes nothing. */
export async function refusalOf(
  ctx: DoorContext,
  db: DbOrTrx,
  request: Request,
): Promise<Error | null> {
  try {
    const rows = await foundYears(ctx, db, [request.id]);
    await draft(ctx, db, rows.get(request.id), request, 0);
    return null;
  } catch (error) {
    if (error instanceof DomainError) return error;
    throw error;
  }
}

export const ATTEMPTS = 50;

/** Applies every date that has passed since the year was last touched, each as of its own day. */
export function passTime(writing: Writing, now: Date, today: string): void {
  for (const date of datesPassed(writing.model, writing.row.state, today))
    writing.append(
      decide(writing.year(), { kind: 'clock' }, writing.moment(clockActor, now, date)),
    );
}

/** What was decided and is still to be written. */
interface Draft {
  /** The request's place. */
  at: number;
  passage: Passage;
  write: YearWrite;
}

async function draft(
  { programs, clock }: DoorContext,
  db: DbOrTrx,
  read: YearRow | undefined,
  { id, command, actor, precondition, answer }: Request,
  at: number,
): Promise<Draft> {
  if (!read) throw new NotFoundError('There is no such planning year.');
  const model = await soundModelOf(programs, db, read);
  const now = clock.now();
  const today = todayIn(model.pack.program.zone, now);
  const writing = new Writing(read, model);
  await ofYear(id, () => passTime(writing, now, today));
  await precondition?.(writing.row);
  if (command.kind === 'correct' && command.correction.type === 'reinstate')
    await requireOpenSchool(db, read);
  let entry: LogEntry | null = null;
  let reported = false;
  if (command.kind !== 'clock') {
    const history = looksBack(command) ? await ofYear(id, () => readLog(db, id)) : [];
    const log = [...history, ...writing.entries];
    entry = decide(writing.year(), command, writing.moment(actor, now, today), log);
    reported = holdToPolicy(actor, writing.row, model, command, entry, log);
    writing.append(entry);
  }
  const { sealed } = writing;
  const row = { ...writing.row, clockOn: nextClockDate(model, writing.row.state, today) };
  const passage = { row, model, entry };
  const write = {
    ...{ read, row, sealed },
    tasks: sealed.length > 0 ? taskChanges(read, writing, today) : [],
    reported: reported && entry ? entry.seq : null,
    given: answer?.(passage) ?? null,
  };
  return { at, passage, write };
}

/** Writes what was decided. @returns those written; another writer came first at the others */
async function save(db: DbOrTrx, drafts: Draft[]): Promise<Draft[]> {
  const still = drafts.filter(({ write: { sealed } }) => sealed.length === 0);
  for (const { read, row } of still.map(({ write }) => write))
    if (read.clockOn !== row.clockOn) await setClock(db, read.id, row.clockOn);
  const moving = drafts.filter(({ write: { sealed } }) => sealed.length > 0);
  const writes = moving.map(({ write }) => write);
  const saved = await saveYears(db, writes).catch((error) => {
    throw writes.length === 1 ? refusedBy(writes[0]!.read.id, error) : error;
  });
  return [...still, ...moving.filter(({ write: { read } }) => saved.has(read.id))];
}
