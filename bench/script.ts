import { possible } from '../machines/advance.ts';
import type { Context } from '../src/context.ts';
import { type Command, decide, nextClockDate } from '../src/planning-years/decide.ts';
import { modelOf } from '../src/planning-years/models.ts';
import { statesOf } from '../src/planning-years/state.ts';
import { findYear } from '../src/planning-years/store.ts';
import { momentOf, taskChanges, Writing } from '../src/planning-years/writing.ts';
import { todayOf } from '../src/programs/today.ts';
import { ACTOR } from './actor.ts';

type Event = Extract<Command, { kind: 'event' }>;

/** One transition: what is asked of the engine, and the rows that it comes to. */
export interface Step {
  command: Event;
  /** The version of the year before it, for `If-Match`. */
  version: number;
  rows: {
    year: { status: string; state: string; version: number; seq: number; hash: Buffer };
    clockOn: string | null;
    at: Date;
    entry: { type: string; effectiveOn: string; text: string; hash: Buffer };
    /** The changed rows of the task list, as JSON. */
    tasks: string;
  };
}

/**
 * What happens to a year next, `steps` times: always the first event that somebody may send, of the
 * region that has been moved least. The rows hold nothing of the year's own but its id, so they are the same for
 * every copy of one template.
 */
export async function scriptOf(ctx: Context, year: string, steps: number): Promise<Step[]> {
  const row = await findYear(ctx.db, year);
  if (!row) throw new Error('There is no year to make a script of.');
  const model = await modelOf(ctx.programs, ctx.db, row);
  const now = ctx.clock.now();
  const today = todayOf(ctx.programs, row.program, now);
  let writing = new Writing(row, model);
  const moved = new Map<string, number>();
  return Array.from({ length: steps }, () => {
    const before = writing.row;
    const { conditions } = before.state;
    const events = possible(model.machines, statesOf(before.state), {
      conditions,
      today,
      dates: model.dates,
    }).filter(({ spec }) => !spec.returns);
    const next = events.toSorted(
      (a, b) => (moved.get(a.region) ?? 0) - (moved.get(b.region) ?? 0),
    )[0];
    if (!next) throw new Error(`The script ends early: nothing is possible on ${today}.`);
    moved.set(next.region, (moved.get(next.region) ?? 0) + 1);
    const data = next.spec.data && { data: next.spec.data.example };
    const command: Event = { kind: 'event', type: next.type, note: 'Measured.', ...data };
    writing = new Writing(before, model);
    writing.append(decide(writing.year(), command, momentOf(ACTOR, now, today)));
    const [sealed] = writing.sealed;
    if (!sealed) throw new Error('An event by hand writes an entry.');
    const { entry, text, hash } = sealed;
    return {
      command,
      version: before.version,
      rows: {
        year: {
          status: writing.row.status,
          state: JSON.stringify(writing.row.state),
          version: writing.row.version,
          seq: writing.row.headSeq,
          hash: writing.row.headHash,
        },
        clockOn: nextClockDate(model, writing.row.state, today),
        at: now,
        entry: { type: entry.type, effectiveOn: entry.effectiveOn, text, hash },
        tasks: JSON.stringify(taskChanges(before, writing, today)),
      },
    };
  });
}
