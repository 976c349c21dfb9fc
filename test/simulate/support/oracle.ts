import { DateTime } from 'luxon';
import type { ReminderRule } from '../../../calendar/shape.ts';
import type { TaskModel, YearModel } from '../../../src/planning-years/model.ts';
import { evolve, type LogEntry, type YearState } from '../../../src/planning-years/state.ts';
import { taskStatuses } from '../../../src/planning-years/task-status.ts';
import type { Post } from '../../../src/simulate/people.ts';

/**
 * Who must have got what on which day, worked out anew from the calendar's dates, the history of the
 * tasks as the logs tell it, and who held which role. It shares no code with src/reminders.
 */
export interface Expected {
  /** `date person school role task occasion`, each once. */
  sent: string[];
  /** `since person school role task occasion`: what no longer mattered when mail went out again. */
  notSent: string[];
  /** `since school role task occasion`: what nobody ever got because nobody held the role. */
  neverSent: string[];
}

export interface History {
  school: { code: string; districtCode: string };
  model: YearModel;
  openedOn: string;
  entries: LogEntry[];
}

export function expectedReminders(
  histories: readonly History[],
  posts: readonly Post[],
  [first, last]: [string, string],
): Expected {
  const { pack } = histories[0]!.model;
  const { zone, roles } = pack.program;
  const coaches = roles.filter(({ kind }) => kind === 'coach').map(({ id }) => id);
  const sent: string[] = [];
  const notSent: string[] = [];
  const neverSent: string[] = [];
  for (const history of histories) {
    const { code } = history.school;
    const got = new Map<string, Map<string, 'waits' | 'sent' | 'dropped'>>();
    const held = new Map<string, { since: string; over: boolean }>();
    let waiting: Waiting[] = [];
    const give = (day: string, role: string, occasion: string, people: string[]) => {
      const what = `${role} ${occasion}`;
      const had = got.get(what) ?? new Map();
      got.set(what, had);
      for (const person of people) {
        if (had.has(person)) continue;
        had.set(person, 'waits');
        waiting.push({ since: day, person, role, occasion, what });
      }
    };
    const heldFor = (role: string) =>
      [...held].some(([what, { over }]) => !over && what.startsWith(`${role} `));
    const log = [...history.entries];
    let state: YearState | null = null;
    for (let day = first; day <= last; day = plusDays(day, 1)) {
      const morning = DateTime.fromISO(`${day}T${pack.reminders.digestAt}`, { zone });
      while (log[0] && Date.parse(log[0].recordedAt) <= morning.toMillis())
        state = evolve(state, log.shift()!);
      if (!state) continue;
      const active = state.status === 'active';
      const statuses = taskStatuses(history.model, state, history.openedOn, day);
      const now = state;
      const current = new Set<string>();
      for (const { id: role } of active ? roles : []) {
        const tasks = history.model.tasks.filter((task) => task.role === role);
        const people = holders(posts, role, history.school, day);
        const due = occasions(pack.reminders.rules, tasks, state, statuses, day);
        let heldSince = '';
        for (const occasion of due) {
          const what = `${role} ${occasion}`;
          current.add(what);
          if (people.length > 0) {
            held.delete(what);
            give(day, role, occasion, people);
          } else if (![...(got.get(what)?.values() ?? [])].some((one) => one !== 'dropped')) {
            const since = held.get(what) ?? { since: day, over: false };
            held.set(what, since);
            if (!since.over && since.since > heldSince) heldSince = since.since;
          }
        }
        if (heldSince !== '') {
          const tell = coaches.flatMap((coach) => holders(posts, coach, history.school, day));
          give(day, role, `- noRecipient:${heldSince}`, [...new Set(tell)]);
        }
      }
      for (const [what, since] of held) if (!current.has(what)) since.over = true;
      if (!isMailDay(day)) continue;
      for (const { since, person, role, occasion, what } of waiting) {
        const holds = (one: string) => holders(posts, one, history.school, day).includes(person);
        const matters = occasion.startsWith('- noRecipient')
          ? coaches.some(holds) &&
            holders(posts, role, history.school, day).length === 0 &&
            heldFor(role)
          : holds(role) && stillSaid(history.model.tasks, role, occasion, now, statuses, day);
        got.get(what)!.set(person, active && matters ? 'sent' : 'dropped');
        if (active && matters) sent.push(`${day} ${person} ${code} ${what}`);
        else notSent.push(`${since} ${person} ${code} ${what}`);
      }
      waiting = [];
    }
    for (const { since, person, what } of waiting)
      notSent.push(`${since} ${person} ${code} ${what}`);
    for (const [what, { since }] of held) neverSent.push(`${since} ${code} ${what}`);
  }
  return { sent: sent.sort(), notSent: notSent.sort(), neverSent: neverSent.sort() };
}

interface Waiting {
  since: string;
  person: string;
  role: string;
  occasion: string;
  what: string;
}

/** The days of 2026-27 on which Illinois' offices are closed, from the state's own list. */
const CLOSED =
  '2026-10-12 2026-11-03 2026-11-11 2026-11-26 2026-11-27 2026-12-25 2027-01-01 2027-01-18 2027-02-12 2027-02-15 2027-05-31 2027-06-18 2027-07-05';

const isMailDay = (day: string): boolean =>
  !/^S/.test(new Date(day).toUTCString()) && !CLOSED.includes(day);

/** Whether what was to be said on an earlier day still holds when mail goes out. */
function stillSaid(
  tasks: readonly TaskModel[],
  role: string,
  occasion: string,
  state: YearState,
  statuses: ReadonlyMap<string, string>,
  day: string,
): boolean {
  const [key, said = ''] = occasion.split(' ');
  const dueOf = (task: TaskModel) => state.extended[task.key] ?? task.dueOn;
  if (key !== '-') {
    const task = tasks.find((one) => one.key === key)!;
    return statuses.get(task.key) === 'open' && said.endsWith(`:${dueOf(task)}`);
  }
  const month = said.split(':')[1];
  return (
    month === day.slice(0, 7) &&
    tasks.some(
      (task) =>
        task.role === role &&
        (dueOf(task)?.slice(0, 7) ?? task.month) === month &&
        ['open', 'blocked'].includes(statuses.get(task.key)!),
    )
  );
}

/** What the rules have to say of a role's tasks on a day: `task occasion`. */
function occasions(
  rules: readonly ReminderRule[],
  tasks: readonly TaskModel[],
  state: YearState,
  statuses: ReadonlyMap<string, string>,
  day: string,
): string[] {
  const said: string[] = [];
  for (const rule of rules) {
    const spoken = tasks.filter(({ kind }) => rule.kinds.includes(kind));
    if (rule.when === 'monthBegins') {
      const expected = spoken.some((task) => {
        const due = state.extended[task.key] ?? task.dueOn;
        const month = due === null ? task.month : due.slice(0, 7);
        return month === day.slice(0, 7) && ['open', 'blocked'].includes(statuses.get(task.key)!);
      });
      if (expected) said.push(`- ${rule.id}:${day.slice(0, 7)}`);
      continue;
    }
    for (const task of spoken) {
      const due = state.extended[task.key] ?? task.dueOn;
      if (due === null || statuses.get(task.key) !== 'open') continue;
      const left = (Date.parse(due) - Date.parse(day)) / 86_400_000;
      const before = rule.when === 'daysBefore';
      if (before ? left < 0 : left >= 0) continue;
      // The threshold passed last is the one that counts.
      const passed = rule.days.filter((days) => (before ? days >= left : days <= -left));
      if (passed.length === 0) continue;
      const threshold = before ? Math.min(...passed) : Math.max(...passed);
      said.push(`${task.key} ${rule.id}:${threshold}:${due}`);
    }
  }
  return said;
}

function holders(
  posts: readonly Post[],
  role: string,
  school: History['school'],
  day: string,
): string[] {
  return posts
    .filter((post) => post.role === role)
    .filter(({ organizations }) =>
      organizations.some(
        ({ kind, code }) =>
          kind === 'state' || code === school.code || code === school.districtCode,
      ),
    )
    .flatMap(({ tenures }) => tenures)
    .filter(({ from, to }) => from <= day && (to === null || day <= to))
    .map(({ person }) => person.email);
}

const plusDays = (day: string, days: number): string =>
  new Date(Date.parse(day) + days * 86_400_000).toISOString().slice(0, 10);
