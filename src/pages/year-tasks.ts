import type { TaskKind } from '../../calendar/shape.ts';
import type { Actor } from '../actor.ts';
import type { Context } from '../context.ts';
import type { YearModel } from '../planning-years/model.ts';
import { isOverdue } from '../planning-years/overdue.ts';
import { type NamedYear, subjectOf } from '../planning-years/view.ts';
import { inScope } from '../policy/can.ts';
import { listTasks, type TaskRow } from '../tasks/find.ts';
import { taskPath } from './paths.ts';
import { longDate, monthAndYear, STATUS } from './words.ts';

export interface TaskLine {
  title: string;
  url: string;
  role: string;
  late: boolean;
  /** How it stands, and until when. */
  about: string;
}

export interface TasksOfYear {
  /** What waits for the reader's own roles: what can be done, and every deadline. */
  own: TaskLine[];
  months: { title: string; now: boolean; open: number; tasks: TaskLine[] }[];
}

/** More than any year has. */
const MOST = 1000;

/** The tasks of a year that a reader may see: those that wait for them, and all by month. */
export async function tasksOfYear(
  ctx: Context,
  reader: Actor,
  year: NamedYear,
  model: YearModel,
  today: string,
  words: { base: string; titleOf: (role: string) => string },
): Promise<TasksOfYear> {
  const query = { planningYear: year.id, limit: MOST };
  const rows = await listTasks(ctx, reader, query, null, MOST);
  const roles = rolesHere(reader, year);
  const line = ({ id, taskKey, dueOn, status }: TaskRow): TaskLine => {
    const { title, role, kind } = model.task(taskKey);
    const late = isOverdue({ kind, status, dueOn }, today);
    const word = late ? 'Late' : STATUS[status].word;
    const due = status === 'open' || status === 'blocked' ? dueText(kind, dueOn, today) : '';
    return {
      title,
      url: words.base + taskPath(id),
      role: words.titleOf(role),
      late,
      about: `${word}${due}`,
    };
  };
  const own = rows.filter(({ status, taskKey }) => {
    const { role, kind } = model.task(taskKey);
    // A deadline is told whatever stands in its way.
    const waits = status === 'open' || (status === 'blocked' && kind === 'deadline');
    return waits && roles.has(role);
  });
  const months = Map.groupBy(rows, ({ taskKey }) => model.task(taskKey).month);
  return {
    own: own.map(line),
    months: [...months].sort().map(([month, some]) => ({
      title: monthAndYear(month),
      now: today.startsWith(month),
      open: some.filter(({ status }) => status === 'open').length,
      tasks: some.map(line),
    })),
  };
}

/** People attend an occasion on its day; everything else is due by its date. */
function dueText(kind: TaskKind, dueOn: string | null, today: string): string {
  if (dueOn === null) return ', date to be announced';
  const [ahead, past] = kind === 'occasion' ? ['on', 'was on'] : ['due', 'was due'];
  return `, ${dueOn < today ? past : ahead} ${longDate(dueOn)}`;
}

/** The roles by which the reader belongs to the year. */
const rolesHere = (reader: Actor, year: NamedYear): ReadonlySet<string> =>
  new Set(
    reader.grants
      .filter((grant) => inScope({ ...reader, grants: [grant] }, subjectOf(year)))
      .map(({ role }) => role),
  );
