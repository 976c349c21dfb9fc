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
  '2026-10-12 2026-11-03 2026-11-11 2026-11-26 2026-11-27 2026-12-25 2027-01-01 2027-01-18 2027-02-12 2027-02-15 2027-05-31 2027-06-18 2027-07-05 2027-09-06';

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
  const standing = standingIn(state, statuses);
  const { dueOf, aimOf, isLeft, speaks } = standing;
  const rule = pack.reminders.rules.find(({ id }) => id === said.split(':')[0])!;
  const month = said.split(':')[1];
  if (key !== '-') {
    const task = tasks.find((one) => one.key === key)!;
    if (rule.when === 'quarterEnds') return month === day.slice(0, 7) && isLeft(task);
    // What people come together for is over with its day.
    if (task.kind === 'occasion' && dueOf(task)! < day) return false;
    if (rule.when === 'event') return speaks(task);
    return speaks(task) && said.endsWith(`:${(rule.when === 'daysBefore' ? aimOf : dueOf)(task)}`);
  }
  if (month !== day.slice(0, 7) || !('kinds' in rule)) return false;
  const spoken = tasks.filter((task) => rule.kinds.includes(task.kind) && isLeft(task));
  return rule.when === 'datesUnset'
    ? spoken.some((task) => dueOf(task) === null)
    : spoken.some((task) => task.role === role && standing.isOfMonth(task, month));
}

/** What the rules ask of tasks as a year stands. */
function standingIn(state: YearState, statuses: ReadonlyMap<string, string>) {
  const is = (task: TaskModel, ...wanted: string[]) => wanted.includes(statuses.get(task.key)!);
  /** A date of its own takes the place of both others. */
  const dueOf = (task: TaskModel): string | null => state.extended[task.key] ?? task.dueOn;
  const aimOf = (task: TaskModel): string | null =>
    state.extended[task.key] ??
    [task.safeBy, task.dueOn].flatMap((one) => one ?? []).sort()[0] ??
    null;
  const isLeft = (task: TaskModel): boolean => is(task, 'open', 'blocked');
  /** A deadline does so whatever stands in its way. */
  const speaks = (task: TaskModel): boolean =>
    is(task, 'open') || (task.kind === 'deadline' && is(task, 'blocked'));
  /** Of the month, or left over from an earlier one. */
  const isOfMonth = (task: TaskModel, month: string): boolean => {
    const own = (dueOf(task) ?? task.month).slice(0, 7);
    if (own === month) return isLeft(task);
    return dueOf(task) !== null && own < month && task.kind !== 'occasion' && speaks(task);
  };
  return { dueOf, aimOf, isLeft, speaks, isOfMonth };
}

/** A threshold of few days that falls on a day without mail goes on the one before, others on the next. */
function toldOn(aim: string, threshold: number): string {
  let day = plusDays(aim, -threshold);
  while (!isMailDay(day)) day = plusDays(day, threshold <= 3 ? -1 : 1);
  return day;
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
  const { dueOf, aimOf, isLeft, speaks, isOfMonth } = standingIn(state, statuses);
  const month = day.slice(0, 7);
  return pack.reminders.rules.flatMap((rule): Said[] => {
    const names = 'tasks' in rule ? rule.tasks : undefined;
    const named = ({ key, raises }: TaskModel): boolean =>
      names === undefined || names.includes(key) || (raises !== null && names.includes(raises));
    const spoken = model.tasks.filter(
      (task) => named(task) && (!('kinds' in rule) || rule.kinds.includes(task.kind)),
    );
    const say = (task: TaskModel, key: string): Said => ({
      role: task.role,
      occasion: `${task.key} ${rule.id}:${key}`,
    });
    switch (rule.when) {
      case 'monthBegins': {
        const roles = spoken.filter((task) => isOfMonth(task, month)).map(({ role }) => role);
        return [...new Set(roles)].map((role) => ({ role, occasion: `- ${rule.id}:${month}` }));
      }
      case 'datesUnset':
        if (!rule.months.includes(Number(day.slice(5, 7)))) return [];
        if (!spoken.some((task) => isLeft(task) && dueOf(task) === null)) return [];
        return pack.program.roles
          .filter(({ kind }) => rule.to.kinds.includes(kind))
          .map(({ id }) => ({ role: id, occasion: `- ${rule.id}:${month}` }));
      case 'daysBefore':
        return spoken.flatMap((task) => {
          const [due, aim] = [dueOf(task), aimOf(task)];
          if (due === null || aim === null || !speaks(task) || due < day) return [];
          const passed = rule.days.filter((days) => toldOn(aim, days) <= day);
          // The threshold passed last is the one that counts.
          return passed.length === 0 ? [] : [say(task, `${Math.min(...passed)}:${aim}`)];
        });
      case 'daysLate':
        return spoken.flatMap((task) => {
          const due = dueOf(task);
          if (due === null || task.kind === 'occasion' || !speaks(task)) return [];
          const passed = rule.days.filter((days) => plusDays(due, days) <= day);
          return passed.length === 0 ? [] : [say(task, `${Math.max(...passed)}:${due}`)];
        });
      case 'workingDaysLate':
        // Deadlines alone escalate, and to others than the role that is late.
        return spoken.flatMap((task) => {
          const due = dueOf(task);
          if (due === null || task.kind !== 'deadline' || !speaks(task)) return [];
          const passed = rule.days.filter((days) => days <= workingDaysBetween(due, day));
          if (passed.length === 0) return [];
          const { occasion } = say(task, `${Math.max(...passed)}:${due}`);
          return pack.program.roles
            .filter(({ id, kind }) => id !== task.role && rule.to.kinds.includes(kind))
            .map(({ id }) => ({ role: id, occasion }));
        });
      case 'quarterEnds': {
        const [year, at] = day.split('-').map(Number) as [number, number];
        const nextMonths = (count: number) =>
          new Date(Date.UTC(year, at - 1 + count, 1)).toISOString().slice(0, 10);
        if (!rule.months.includes(at) || plusDays(day, rule.days + 1) < nextMonths(1)) return [];
        return spoken
          .filter(isLeft)
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
          spoken.filter(speaks).map((task) => say(task, `${today}:${seq}`)),
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
