import { todayIn } from '../../calendar/dates.ts';
import { type Actor, clockActor } from '../actor.ts';
import type { Context, Trx } from '../context.ts';
import { NotFoundError, StaleVersionError } from '../errors.ts';
import { type Command, datesPassed, decide, looksBack, nextClockDate } from './decide.ts';
import type { YearModel } from './model.ts';
import { modelOf } from './models.ts';
import type { LogEntry } from './state.ts';
import { findYear, readLog, saveYear, setClock, type YearRow } from './store.ts';
import { momentOf, taskChanges, Writing } from './writing.ts';

export type DoorContext = Pick<Context, 'programs' | 'clock' | 'queue'>;

export interface Passage {
  /** The year after it. */
  row: YearRow;
  model: YearModel;
  /** The entry that the command wrote; null when time had nothing to bring. */
  entry: LogEntry | null;
}

/**
 * The one door: every change of a planning year goes through here. Reads the year, applies what time
 * has brought meanwhile, decides, and writes log, state and tasks in one statement of the caller's
 * transaction, if nobody else has written since; on losing that race it begins again.
 *
 * @param precondition held against the year as read, before anything is decided
 * @throws NotFoundError, StaleVersionError, and whatever {@link decide} refuses
 */
export async function throughTheDoor(
  ctx: DoorContext,
  trx: Trx,
  id: string,
  command: Command,
  actor: Actor,
  precondition: (row: YearRow) => void | Promise<void> = () => {},
): Promise<Passage> {
  const { programs, clock } = ctx;
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const row = await findYear(trx, id);
    if (!row) throw new NotFoundError('There is no such planning year.');
    const model = await modelOf(programs, trx, row);
    const now = clock.now();
    const today = todayIn(model.pack.program.zone, now);
    const writing = new Writing(row, model);
    passTime(writing, now, today);
    await precondition(writing.row);
    const history = looksBack(command) ? await readLog(trx, id) : [];
    const entry =
      command.kind === 'clock'
        ? null
        : decide(writing.year(), command, momentOf(actor, now, today), [
            ...history,
            ...writing.entries,
          ]);
    writing.append(entry);
    if (await save(ctx, trx, row, writing, today)) return { row: writing.row, model, entry };
  }
  throw new StaleVersionError('Too many writers at once changed this planning year; try again.');
}

const ATTEMPTS = 50;

/** Applies every date that has passed since the year was last touched, each as of its own day. */
export function passTime(writing: Writing, now: Date, today: string): void {
  for (const date of datesPassed(writing.model, writing.row.state, today))
    writing.append(decide(writing.year(), { kind: 'clock' }, momentOf(clockActor, now, date)));
}

/** @returns false when another writer came first */
async function save(
  { queue }: DoorContext,
  trx: Trx,
  read: YearRow,
  writing: Writing,
  today: string,
): Promise<boolean> {
  const clockOn = nextClockDate(writing.model, writing.row.state, today);
  if (writing.sealed.length === 0) {
    if (clockOn !== read.clockOn) await setClock(trx, read.id, clockOn);
    return true;
  }
  writing.row = { ...writing.row, clockOn };
  const tasks = taskChanges(read, writing, today);
  if (!(await saveYear(trx, read.headSeq, writing.row, writing.sealed, tasks))) return false;
  if (tasks.length > 0) await queue.send(trx, 'year-changed', [{ planningYearId: read.id }]);
  return true;
}
