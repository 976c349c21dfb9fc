import { todayIn } from '../../calendar/dates.ts';
import { type Actor, clockActor, type Witness, witness } from '../actor.ts';
import type { Context, Trx } from '../context.ts';
import { NotFoundError, StaleVersionError } from '../errors.ts';
import { taskStandings } from '../tasks/status.ts';
import { seal } from './chain.ts';
import { type Command, datesPassed, decide, type Evidence, nextClockDate } from './decide.ts';
import type { YearModel } from './model.ts';
import { modelOf } from './models.ts';
import { evolve, type LogEntry, moved, type YearState } from './state.ts';
import {
  findYear,
  readLog,
  type SealedEntry,
  saveYear,
  setClock,
  type TaskChange,
  type YearRow,
} from './store.ts';

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
  { programs, clock }: Pick<Context, 'programs' | 'clock'>,
  trx: Trx,
  id: string,
  command: Command,
  actor: Actor,
  precondition: (row: YearRow) => void | Promise<void> = () => {},
): Promise<Passage> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const row = await findYear(trx, id);
    if (!row) throw new NotFoundError('There is no such planning year.');
    const model = await modelOf(programs, trx, row);
    const now = clock.now();
    const today = todayIn(model.pack.program.zone, now);
    const writing = new Writing(row, model, now);
    for (const date of datesPassed(model, row.state, today))
      writing.append(decide(writing.year(), { kind: 'clock' }, writing.moment(clockActor, date)));
    await precondition(writing.row);
    const history = command.kind === 'reopen' ? await readLog(trx, id) : [];
    const entry =
      command.kind === 'clock'
        ? null
        : decide(writing.year(), command, writing.moment(actor, today), [
            ...history,
            ...writing.entries,
          ]);
    writing.append(entry);
    if (await writing.save(trx, today)) return { row: writing.row, model, entry };
  }
  throw new StaleVersionError('Too many writers at once changed this planning year; try again.');
}

const ATTEMPTS = 50;

/** A year while its next entries are being written. */
class Writing {
  row: YearRow;
  private readonly read: YearRow;
  private readonly model: YearModel;
  private readonly now: Date;
  private readonly sealed: SealedEntry[] = [];

  constructor(read: YearRow, model: YearModel, now: Date) {
    this.read = read;
    this.row = read;
    this.model = model;
    this.now = now;
  }

  get entries(): LogEntry[] {
    return this.sealed.map(({ entry }) => entry);
  }

  year() {
    const { state, openedOn, headSeq } = this.row;
    return { model: this.model, state, openedOn, headSeq };
  }

  moment(actor: Actor, today: string) {
    return { actor: witness(actor), recordedAt: this.now.toISOString(), today };
  }

  append(entry: LogEntry | null): void {
    if (!entry) return;
    const { text, hash } = seal(this.row.headHash, entry);
    this.sealed.push({ entry, text, hash });
    const state = evolve(this.row.state, entry);
    this.row = {
      ...this.row,
      state,
      status: state.status,
      version: this.row.version + (moved(entry) ? 1 : 0),
      headSeq: entry.seq,
      headHash: hash,
      updatedAt: this.now,
    };
  }

  async save(trx: Trx, today: string): Promise<boolean> {
    const clockOn = nextClockDate(this.model, this.row.state, today);
    if (this.sealed.length === 0) {
      if (clockOn !== this.read.clockOn) await setClock(trx, this.read.id, clockOn);
      return true;
    }
    this.row = { ...this.row, clockOn };
    const tasks = taskChanges(this.model, this.read, this.row.state, this.entries, today);
    return saveYear(trx, this.read.headSeq, this.row, this.sealed, tasks);
  }
}

/** The tasks whose standing differs after these entries. */
function taskChanges(
  model: YearModel,
  before: YearRow,
  state: YearState,
  entries: LogEntry[],
  today: string,
): TaskChange[] {
  const was = taskStandings(model, before.state, before.openedOn, today);
  const is = taskStandings(model, state, before.openedOn, today);
  return model.tasks.flatMap(({ key }) => {
    const status = is.get(key)?.status ?? 'blocked';
    const again = state.done[key] !== before.state.done[key];
    if (status === was.get(key)?.status && !again) return [];
    return [{ key, status, settled: settlement(entries, state.done[key]) }];
  });
}

/** Who settled a task, when and with what: kept with it for its readers. */
export interface Settlement {
  by: Witness;
  recordedAt: string;
  effectiveOn: string;
  note: string | null;
  evidence: Evidence[];
}

export function settlement(entries: LogEntry[], seq: number | undefined): Settlement | null {
  const entry = entries.find((candidate) => candidate.seq === seq);
  if (!entry) return null;
  const { actor, recordedAt, effectiveOn, note, data } = entry;
  return {
    by: actor,
    recordedAt,
    effectiveOn,
    note,
    evidence: (data?.evidence as Evidence[] | undefined) ?? [],
  };
}
