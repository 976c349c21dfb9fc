import { DateTime } from 'luxon';
import type { Pack } from '../../../calendar/shape.ts';
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
  const { roles } = pack.program;
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
      const morning = morningOf(day, pack);
      while (log[0] && Date.parse(log[0].recordedAt) <= morning)
        state = evolve(state, log.shift()!);
      if (!state) continue;
      const known = history.entries.slice(0, history.entries.length - log.length);
      const active = state.status === 'active';
      const statuses = taskStatuses(history.model, state, history.openedOn, day);
      const now = state;
      const current = new Set<string>();
      // What waits for somebody who has left will not be sent, and somebody else is to be found.
      for (const one of waiting.filter(({ occasion }) => !occasion.startsWith('- noRecipient'))) {
        if (!active || holders(posts, one.role, history.school, day).includes(one.person)) continue;
        got.get(one.what)!.set(one.person, 'dropped');
        notSent.push(`${one.since} ${one.person} ${code} ${one.what}`);
        waiting = waiting.filter((other) => other !== one);
      }
      const due = active ? occasions(history.model, known, pack, state, statuses, day) : [];
      for (const [role, said] of Map.groupBy(due, ({ role }) => role)) {
        const people = holders(posts, role, history.school, day);
        let heldSince = '';
        for (const { occasion } of said) {
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
          : holds(role) && stillSaid(pack, history.model.tasks, role, occasion, now, statuses, day);
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

/** Mail goes out on working days. */
const isMailDay = (day: string): boolean =>
  !/^S/.test(new Date(day).toUTCString()) && !CLOSED.includes(day);

/** Whether what was to be said on an earlier day still holds when mail goes out. */
function stillSaid(
  pack: Pack,
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
    const status = statuses.get(task.key)!;
    const rule = pack.reminders.rules.find(({ id }) => id === said.split(':')[0]);
    if (rule?.when === 'event') return status === 'open';
    if (rule?.when === 'quarterEnds')
      return said.endsWith(`:${day.slice(0, 7)}`) && ['open', 'blocked'].includes(status);
    return status === 'open' && said.endsWith(`:${dueOf(task)}`);
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

interface Said {
  /** Who is told. */
  role: string;
  /** `task occasion` */
  occasion: string;
}

/** What the rules have to say of a school's tasks on a day, and to whom. */
function occasions(
  model: YearModel,
  known: readonly LogEntry[],
  pack: Pack,
  state: YearState,
  statuses: ReadonlyMap<string, string>,
  day: string,
): Said[] {
  const dueOf = (task: TaskModel): string | null => state.extended[task.key] ?? task.dueOn;
  const is = (task: TaskModel, ...wanted: string[]) => wanted.includes(statuses.get(task.key)!);
  return pack.reminders.rules.flatMap((rule): Said[] => {
    const named = (task: TaskModel): boolean =>
      'tasks' in rule &&
      (rule.tasks.includes(task.key) || (task.raises !== null && rule.tasks.includes(task.raises)));
    const spoken = model.tasks.filter(
      (task) => !('kinds' in rule) || rule.kinds.includes(task.kind),
    );
    const say = (task: TaskModel, key: string): Said => ({
      role: task.role,
      occasion: `${task.key} ${rule.id}:${key}`,
    });
    switch (rule.when) {
      case 'monthBegins': {
        const month = day.slice(0, 7);
        const roles = spoken
          .filter((task) => (dueOf(task) ?? task.month).slice(0, 7) === month)
          .filter((task) => is(task, 'open', 'blocked'))
          .map(({ role }) => role);
        return [...new Set(roles)].map((role) => ({ role, occasion: `- ${rule.id}:${month}` }));
      }
      case 'daysBefore':
      case 'daysLate':
        return spoken.flatMap((task) => {
          const due = dueOf(task);
          if (due === null || !is(task, 'open')) return [];
          const left = (Date.parse(due) - Date.parse(day)) / 86_400_000;
          const before = rule.when === 'daysBefore';
          if (before ? left < 0 : left >= 0) return [];
          // The threshold passed last is the one that counts.
          const passed = rule.days.filter((days) => (before ? days >= left : days <= -left));
          if (passed.length === 0) return [];
          return [say(task, `${before ? Math.min(...passed) : Math.max(...passed)}:${due}`)];
        });
      case 'workingDaysLate':
        // Deadlines alone escalate, and to others than the role that is late.
        return spoken.flatMap((task) => {
          const due = dueOf(task);
          if (due === null || task.kind !== 'deadline' || !is(task, 'open')) return [];
          const passed = rule.days.filter((days) => days <= workingDaysBetween(due, day));
          if (passed.length === 0) return [];
          const { occasion } = say(task, `${Math.max(...passed)}:${due}`);
          return pack.program.roles
            .filter(({ id, kind }) => id !== task.role && rule.to.kinds.includes(kind))
            .map(({ id }) => ({ role: id, occasion }));
        });
      case 'quarterEnds': {
        const [year, month] = day.split('-').map(Number) as [number, number];
        const nextMonths = (count: number) =>
          new Date(Date.UTC(year, month - 1 + count, 1)).toISOString().slice(0, 10);
        if (!rule.months.includes(month) || plusDays(day, rule.days + 1) < nextMonths(1)) return [];
        return model.tasks
          .filter((task) => named(task) && is(task, 'open', 'blocked'))
          .filter((task) => {
            const due = dueOf(task);
            return due !== null && due >= nextMonths(0) && due < nextMonths(2);
          })
          .map((task) => say(task, day.slice(0, 7)));
      }
      case 'event': {
        const weekAgo = plusDays(day, -6);
        const called = known.filter(
          ({ today, transitions }) =>
            today >= weekAgo && transitions.some(({ event }) => rule.events.includes(event)),
        );
        return called.flatMap(({ today, seq }) =>
          model.tasks
            .filter((task) => named(task) && is(task, 'open'))
            .map((task) => say(task, `${today}:${seq}`)),
        );
      }
      case 'addressRefused':
        // Every invented address takes mail.
        return [];
      default:
        return rule satisfies never;
    }
  });
}

const workingDaysBetween = (due: string, day: string): number => {
  let count = 0;
  for (let each = plusDays(due, 1); each <= day; each = plusDays(each, 1)) {
    if (isMailDay(each)) count += 1;
  }
  return count;
};

const morningOf = (day: string, { program, reminders }: Pack): number =>
  DateTime.fromISO(`${day}T${reminders.digestAt}`, { zone: program.zone }).toMillis();

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
