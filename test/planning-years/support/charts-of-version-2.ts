import type { CalendarTask, ProgramFile } from '../../../calendar/shape.ts';
import { versionOf } from '../../../calendar/version.ts';
import { actorWith, clockActor } from '../../../src/actor.ts';
import { GENESIS } from '../../../src/planning-years/chain.ts';
import { type Command, datesPassed, decide } from '../../../src/planning-years/decide.ts';
import { yearModel } from '../../../src/planning-years/model.ts';
import { newYear } from '../../../src/planning-years/open.ts';
import type { LogEntry } from '../../../src/planning-years/state.ts';
import { momentOf, Writing } from '../../../src/planning-years/writing.ts';
import type { Program } from '../../../src/programs/programs.ts';

export const OLD_TITLE = 'Put the results of the rubric into the portal';
export const OLD_DUE = '2027-02-07';

/**
 * The program as the release before had it: version 2 of its charts, and a calendar in which deadlines
 * wait for what comes before them, webinars are merely expected, each month's guidance is part of the
 * meeting, learning series move a region, and no day of grace follows July. Its words and dates differ
 * here and there from today's, too.
 */
export function programOfVersion2(program: Program): Program {
  const { pack, machines } = program;
  const { graceDays: _, ...months } = pack.program.months;
  const calendar = {
    // It had no such field at all.
    program: { ...pack.program, months } as ProgramFile,
    months: pack.months.map((month) => ({
      ...month,
      activities: month.activities.map((activity) => ({
        ...activity,
        tasks: activity.tasks.map(asBefore),
      })),
    })),
  };
  return {
    ...program,
    machines: { ...machines, version: '2' },
    pack: { ...pack, ...calendar, version: versionOf(calendar) },
  };
}

function asBefore({ suffices, opensWhen, ...task }: CalendarTask): CalendarTask {
  const old: CalendarTask = {
    ...task,
    kind: task.kind === 'deadline' ? 'deadline' : 'expected',
    ...(opensWhen && task.kind !== 'deadline' && !suffices && { opensWhen }),
    ...(suffices && { meeting: true }),
  };
  if (task.id === 'jan-1/principal/2')
    return { ...old, title: OLD_TITLE, due: { on: { month: 2, day: 7 } } };
  if (suffices && task.id !== 'dec-1/coordinator/2') {
    const { raises: _, ...merely } = old;
    return merely;
  }
  return task.id.startsWith('nov-1/') ? { ...old, raises: 'orientation.introduced' } : old;
}

/** A year as the release before wrote it, entry by entry. */
export class OldYear {
  writing: Writing;
  private readonly actor = actorWith('key:old', {
    ...{ kind: 'coach', role: 'coordinator', program: null, scope: { all: true } },
  });

  constructor(program: Program, code: string) {
    const opened = newYear(
      yearModel(programOfVersion2(program), '2026-27'),
      {
        ...{ program: program.id, year: '2026-27', designation: 'Comprehensive' },
        ...{ releasedOn: '2026-10-15', given: { newlyDesignated: false } },
        organization: { kind: 'school', code, districtCode: code.slice(0, 14), demo: false },
      },
      this.actor,
      new Date('2026-10-15T15:00:00Z'),
    );
    const row = { ...opened.row, version: 0, headSeq: 0, headHash: GENESIS };
    this.writing = new Writing(row, opened.model);
    for (const entry of opened.entries) this.write(entry);
  }

  /** Something is done at noon of a day; `more` is what the entry of that release says otherwise. */
  do(day: string, command: Command, more: Partial<LogEntry> = {}): LogEntry {
    const moment = (date: string) => momentOf(this.actor, new Date(`${day}T18:00:00Z`), date);
    this.passTime(day);
    const entry = decide(this.writing.year(), command, moment(day), this.writing.entries);
    return this.write({ ...entry!, ...more });
  }

  /** What time brings up to a day; a report on no approved grant fell away after its due date. */
  passTime(day: string): void {
    const now = new Date(`${day}T06:01:00Z`);
    const { model } = this.writing;
    for (const date of datesPassed(model, this.writing.row.state, day)) {
      const entry = decide(this.writing.year(), { kind: 'clock' }, momentOf(clockActor, now, date));
      if (entry) this.write(entry);
    }
    if (day < '2027-01-21' || this.writing.row.state.regions.qer2?.state !== 'preparing') return;
    const {
      transitions: [closed],
      ...like
    } = this.writing.entries.findLast(({ type }) => type === 'clock.advanced')!;
    const on = '2027-01-21';
    this.write({
      ...{ ...like, seq: this.writing.row.headSeq + 1, effectiveOn: on, today: on },
      recordedAt: `${on}T06:01:00.000Z`,
      changes: { qer2: ['preparing', 'noApprovedGrant'] },
      transitions: [
        { ...closed!, event: 'qer2.noGrant', from: 'preparing', to: 'noApprovedGrant' },
      ],
    });
  }

  private write(entry: LogEntry): LogEntry {
    const { onBehalfOf: _, ...told } = entry;
    // A plan was opened for drafting only by the priorities.
    const transitions = entry.transitions.filter(({ event }) => event !== 'sip.draftingOpened');
    const moved = new Set(transitions.map(({ region }) => region));
    const then: LogEntry = {
      ...told,
      transitions,
      changes: Object.fromEntries(
        Object.entries(entry.changes).filter(([region]) => moved.has(region)),
      ),
      // A forced region left what it passed as it was.
      waivedTasks: entry.type === 'force' ? [] : entry.waivedTasks,
      warnings: entry.warnings.map((warning) =>
        typeof warning === 'string' ? warning : warning.detail,
      ),
    };
    this.writing.append(then);
    return then;
  }
}
