import { todayIn } from '../../calendar/dates.ts';
import { type Actor, clockActor } from '../actor.ts';
import type { Context, Trx } from '../context.ts';
import { NotFoundError, StaleVersionError } from '../errors.ts';
import { type Command, datesPassed, decide, looksBack, nextClockDate } from './decide.ts';
import { holdToPolicy, noteReported } from './held-to-policy.ts';
import type { YearModel } from './model.ts';
import { modelOf } from './models.ts';
import type { LogEntry } from './state.ts';
import { findYears, readLog, saveYears, setClock, type YearRow } from './store.ts';
import { momentOf, taskChanges, Writing } from './writing.ts';

export type DoorContext = Pick<Context, 'programs' | 'clock' | 'queue'>;

/** What somebody, or time, asks of one year. */
export interface Request {
  id: string;
  command: Command;
  actor: Actor;
  /** Held against the year as read, before anything is decided. */
  precondition?: (row: YearRow) => void | Promise<void>;
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
 * has brought meanwhile, decides, and writes logs, states and tasks in one statement of the caller's
 * transaction, each year if nobody else has written it since; those that lose that race begin again.
 *
 * What one request is refused concerns no other.
 *
 * @param known years as they were written last, which spares reading them: a comparison before the
 * write finds out those that have changed since, and what is refused is refused on what was read
 * @returns an outcome for each, in their order
 */
export async function manyThroughTheDoor(
  ctx: DoorContext,
  trx: Trx,
  requests: Request[],
  known: ReadonlyMap<string, YearRow> = new Map(),
): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  let waiting = [...requests.keys()];
  for (let attempt = 0; waiting.length > 0 && attempt < ATTEMPTS; attempt += 1) {
    const remembered = attempt === 0 ? known : new Map<string, YearRow>();
    const ids = new Set(waiting.map((at) => requests[at]!.id));
    const rows = await findYears(
      trx,
      [...ids].filter((id) => !remembered.has(id)),
    );
    const drafts = new Map<string, Draft>();
    for (const at of waiting) {
      const request = requests[at]!;
      // Two requests for one year follow each other.
      if (drafts.has(request.id)) continue;
      try {
        const row = remembered.get(request.id) ?? rows.get(request.id);
        drafts.set(request.id, await draft(ctx, trx, row, request, at));
      } catch (error) {
        if (!remembered.has(request.id)) outcomes[at] = { ok: false, error };
      }
    }
    for (const { at, passage } of await save(ctx, trx, [...drafts.values()]))
      outcomes[at] = { ok: true, passage };
    waiting = waiting.filter((at) => outcomes[at] === undefined);
  }
  for (const at of waiting)
    outcomes[at] = {
      ok: false,
      error: new StaleVersionError(
        'Too many writers at once changed this planning year; try again.',
      ),
    };
  return outcomes;
}

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
  const [outcome] = await manyThroughTheDoor(ctx, trx, [request]);
  if (outcome?.ok) return outcome.passage;
  throw outcome?.error;
}

const ATTEMPTS = 50;

/** Applies every date that has passed since the year was last touched, each as of its own day. */
export function passTime(writing: Writing, now: Date, today: string): void {
  for (const date of datesPassed(writing.model, writing.row.state, today))
    writing.append(decide(writing.year(), { kind: 'clock' }, momentOf(clockActor, now, date)));
}

/** What was decided and is still to be written. */
interface Draft {
  /** The request's place. */
  at: number;
  read: YearRow;
  writing: Writing;
  entry: LogEntry | null;
  /** The state is told of it. */
  reported: boolean;
  today: string;
}

async function draft(
  { programs, clock }: DoorContext,
  trx: Trx,
  read: YearRow | undefined,
  { id, command, actor, precondition }: Request,
  at: number,
): Promise<Draft> {
  if (!read) throw new NotFoundError('There is no such planning year.');
  const model = await modelOf(programs, trx, read);
  const now = clock.now();
  const today = todayIn(model.pack.program.zone, now);
  const writing = new Writing(read, model);
  passTime(writing, now, today);
  await precondition?.(writing.row);
  if (command.kind === 'clock') return { at, read, writing, entry: null, reported: false, today };
  const history = looksBack(command) ? await readLog(trx, id) : [];
  const log = [...history, ...writing.entries];
  const entry = decide(writing.year(), command, momentOf(actor, now, today), log);
  const reported = holdToPolicy(actor, writing.row, command, entry, log);
  writing.append(entry);
  return { at, read, writing, entry, reported, today };
}

/** Writes what was decided. @returns those written; another writer came first at the others */
async function save(
  { queue }: DoorContext,
  trx: Trx,
  drafts: Draft[],
): Promise<{ at: number; passage: Passage }[]> {
  const writes = drafts.map(({ read, writing, today }) => {
    const clockOn = nextClockDate(writing.model, writing.row.state, today);
    writing.row = { ...writing.row, clockOn };
    const { row, sealed } = writing;
    return { read, row, sealed, tasks: sealed.length > 0 ? taskChanges(read, writing, today) : [] };
  });
  for (const { read, row, sealed } of writes)
    if (sealed.length === 0 && read.clockOn !== row.clockOn)
      await setClock(trx, read.id, row.clockOn);
  const saved = await saveYears(
    trx,
    writes.filter(({ sealed }) => sealed.length > 0),
  );
  await noteReported(
    trx,
    drafts.filter(({ reported, read }) => reported && saved.has(read.id)),
  );
  // Reminders that wait to be told of a task that is settled now are looked at anew.
  const changed = [...saved].filter(([, { remindersWait }]) => remindersWait).map(([id]) => id);
  await queue.send(
    trx,
    'year-changed',
    changed.map((planningYearId) => ({ planningYearId })),
  );
  return drafts.flatMap(({ at, writing: { row, model, sealed }, entry }) =>
    sealed.length === 0 || saved.has(row.id) ? [{ at, passage: { row, model, entry } }] : [],
  );
}
