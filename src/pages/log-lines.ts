import type { Actor } from '../actor.ts';
import type { Context } from '../context.ts';
import { corrections, isCorrection } from '../planning-years/corrections.ts';
import type { Evidence } from '../planning-years/decide.ts';
import type { YearModel } from '../planning-years/model.ts';
import type { LogEntry } from '../planning-years/state.ts';
import { type NamedYear, subjectOf } from '../planning-years/view.ts';
import { can } from '../policy/can.ts';
import { type Happened, whenAndWho } from './happened.ts';
import type { whoTeller } from './who.ts';

/** An entry of the log in words. */
export interface LogLine extends Happened {
  title: string;
  /** The regions that moved, each with where it stood and stands. */
  moves: string[];
}

const MOST = 10;

/** The last that happened, newest first; null: not for this reader. */
export async function lastEntries(
  ctx: Context,
  reader: Actor,
  year: NamedYear,
  model: YearModel,
  who: ReturnType<typeof whoTeller>,
): Promise<LogLine[] | null> {
  if (can(reader, 'planningYears.log', subjectOf(year)) !== 'yes') return null;
  const rows = await ctx.db
    .selectFrom('logEntries')
    .select('entry')
    .where('planningYearId', '=', year.id)
    .orderBy('seq', 'desc')
    .limit(MOST)
    .execute();
  const entries = rows.map(({ entry }) => JSON.parse(entry) as LogEntry);
  return Promise.all(
    entries.map(async (entry) => ({
      title: titleOf(model, entry),
      about: whenAndWho(entry, model.pack.program.zone, await who(entry.actor)),
      moves: Object.entries(entry.changes).map(([key, [from, to]]) => {
        const { title, states } = model.region(key);
        return `${title}: from “${states[from]?.title ?? from}” to “${states[to]?.title ?? to}”`;
      }),
      text: wordsOf(entry),
      links: linksOf(entry),
    })),
  );
}

/** Why, and what else was said. */
function wordsOf({ note, data }: LogEntry): string | null {
  const reason = typeof data?.reason === 'string' ? data.reason : null;
  return [reason, note].filter((words) => words !== null).join('\n') || null;
}

/** Evidence of what was done, or what a note refers to. */
const linksOf = ({ data }: LogEntry): Evidence[] =>
  (data?.evidence ?? data?.links ?? []) as Evidence[];

function titleOf(model: YearModel, { type, data }: LogEntry): string {
  const event = model.event(type)?.spec.title;
  if (event !== undefined) return event;
  if (isCorrection(type)) return `Correction: ${corrections[type].title}`;
  const task = typeof data?.task === 'string' ? `: ${model.task(data.task).title}` : '';
  return `${TITLES[type] ?? type}${task}`;
}

const TITLES: Record<string, string> = {
  'year.opened': 'The planning year was opened',
  'clock.advanced': 'What time brought',
  'charts.changed': 'The rules of the planning year were brought up to date',
  'task.completed': 'Done',
  'task.reopened': 'Taken back',
  'note.added': 'Note',
  'contact.made': 'The school was reached',
  'meeting.held': 'A meeting was held',
};
