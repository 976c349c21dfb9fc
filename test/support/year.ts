import { join } from 'node:path';
import { loadPack } from '../../calendar/load.ts';
import { initialRegions } from '../../machines/advance.ts';
import { machinesOf } from '../../machines/index.ts';
import { type Command, datesPassed, decide } from '../../src/planning-years/decide.ts';
import { type YearModel, yearModel } from '../../src/planning-years/model.ts';
import { conditionsOf, openingEntry } from '../../src/planning-years/open.ts';
import { evolve, type LogEntry, type YearState } from '../../src/planning-years/state.ts';
import { taskStanding } from '../../src/planning-years/task-standing.ts';
import { taskStatuses } from '../../src/planning-years/task-status.ts';
import type { Program } from '../../src/programs/programs.ts';

const ROOT = join(import.meta.dirname, '../..');

export async function illinois(): Promise<Program> {
  const pack = await loadPack(join(ROOT, 'calendar/isbe-comprehensive'));
  const machines = machinesOf(pack.program.id);
  if (!machines) throw new Error('machines/ lacks the program');
  return { id: pack.program.id, pack, machines };
}

/** A planning year in memory: decisions without a database, at a date that the test moves. */
export class PaperYear {
  readonly model: YearModel;
  readonly log: LogEntry[] = [];
  today: string;
  state: YearState;
  readonly openedOn: string;

  constructor(
    program: Program,
    options: {
      code?: string;
      on?: string;
      releasedOn?: string | null;
      given?: Record<string, boolean | null>;
      regions?: Record<string, string>;
    } = {},
  ) {
    this.model = yearModel(program, '2026-27');
    this.today = options.on ?? '2026-10-15';
    this.openedOn = this.today;
    const entry = openingEntry(
      this.model,
      {
        designation: 'Comprehensive',
        releasedOn: options.releasedOn === undefined ? this.today : options.releasedOn,
        conditions: conditionsOf(
          this.model,
          options.code ?? '98-901-0010-26-0001',
          options.given ?? {},
        ),
        regions: { ...initialRegions(this.model.machines), ...options.regions },
      },
      this.moment('opener'),
    );
    this.log.push(entry);
    this.state = evolve(null, entry);
  }

  do(command: Command, actor = 'tester'): LogEntry | null {
    for (const date of datesPassed(this.model, this.state, this.today))
      this.append(decide(this.year(), { kind: 'clock' }, { ...this.moment('clock'), today: date }));
    return this.append(decide(this.year(), command, this.moment(actor), this.log));
  }

  send = (type: string, data?: unknown) =>
    this.do({ kind: 'event', type, ...(data !== undefined && { data }) });
  complete = (task: string, data?: unknown) =>
    this.do({ kind: 'complete', task, evidence: [], ...(data !== undefined && { data }) });
  reopen = (task: string, reason?: string) => this.do({ kind: 'reopen', task, reason });

  /** Moves to a later date and lets time do its part. */
  on(date: string): this {
    this.today = date;
    this.do({ kind: 'clock' });
    return this;
  }

  standing = (key: string) =>
    taskStanding(this.model, this.state, this.openedOn, this.today, this.model.task(key));
  status = (key: string) => this.standing(key).status;
  statuses = () => taskStatuses(this.model, this.state, this.openedOn, this.today);
  at = (region: string) => this.state.regions[region]?.state;

  private year() {
    return {
      model: this.model,
      state: this.state,
      openedOn: this.openedOn,
      headSeq: this.log.length,
    };
  }

  private moment(id: string) {
    return {
      actor: { id, role: id },
      recordedAt: `${this.today}T15:00:00.000Z`,
      today: this.today,
    };
  }

  private append(entry: LogEntry | null): LogEntry | null {
    if (!entry) return null;
    this.log.push(entry);
    this.state = evolve(this.state, entry);
    return entry;
  }
}
