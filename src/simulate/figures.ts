import { taskStatuses } from '../planning-years/task-status.ts';
import { monthOf } from '../reminders/days.ts';
import { NO_RECIPIENT } from '../reminders/record.ts';
import type { Chronicle, LedgerLine } from './chronicle.ts';
import type { Played } from './play.ts';
import { type Roster, rosterOf } from './roster.ts';

/** Counts by role, then by month (`2026-11`). */
export type ByRoleAndMonth = Record<string, Record<string, number>>;

export interface Figures {
  /** Moves of regions, by the role of whoever brought them; `clock`: by time. */
  events: ByRoleAndMonth;
  /** Tasks settled, by the task's role. */
  tasks: ByRoleAndMonth;
  mails: ByRoleAndMonth;
  /** Tasks that were done after their date, and those that lapsed with the year, by role. */
  late: Record<string, { doneLate: number; lapsed: number }>;
  /** The ledger: how many reminders ended how. */
  reminders: { status: string; reason: string | null; count: number }[];
  heldBack: Record<string, HeldBack>;
  schools: { done: number; active: number; withdrawn: number };
}

/** Reminders of a role that did not go out on their day. */
export interface HeldBack {
  /** Nobody held the role: told to whoever came to hold it, no longer due when somebody did, or held still. */
  sentLater: number;
  dropped: number;
  stillHeld: number;
  /** No mail goes out on that day, a weekend's or a holiday: told on the next. */
  restDay: number;
}

export function figuresOf(
  { years, until, posts }: Played,
  { logs, mails, ledger }: Chronicle,
): Figures {
  const models = new Map(years.map(({ school, year }) => [school, year.model]));
  const all = logs.flatMap(({ school, entries }) => entries.map((entry) => ({ school, entry })));
  const status = (wanted: string) => years.filter(({ year }) => year.row.status === wanted).length;
  return {
    events: tally(
      all.flatMap(({ entry: { role, effectiveOn, transitions } }) =>
        transitions.map(() => ({ role, date: effectiveOn })),
      ),
    ),
    tasks: tally(
      all.flatMap(({ school, entry }) =>
        entry.settledTasks.map((key) => ({
          role: models.get(school)!.task(key).role,
          date: entry.effectiveOn,
        })),
      ),
    ),
    mails: tally(mails),
    late: late(years, logs, until),
    reminders: counted(ledger.map(({ status, reason }) => ({ status, reason }))),
    heldBack: heldBack(ledger, rosterOf(posts)),
    schools: { done: status('done'), active: status('active'), withdrawn: status('withdrawn') },
  };
}

function tally(things: { role: string; date: string }[]): ByRoleAndMonth {
  const counts: ByRoleAndMonth = {};
  for (const { role, date } of things) {
    counts[role] ??= {};
    const ofRole = counts[role];
    ofRole[monthOf(date)] = (ofRole[monthOf(date)] ?? 0) + 1;
  }
  return sorted(counts, sorted);
}

function late(years: Played['years'], logs: Chronicle['logs'], until: string): Figures['late'] {
  const counts: Figures['late'] = {};
  const entriesOf = new Map(logs.map(({ school, entries }) => [school, entries]));
  for (const { school, year } of years) {
    const { state, openedOn } = year.row;
    const statuses = taskStatuses(year.model, state, openedOn, until);
    for (const { key, role, dueOn } of year.model.tasks) {
      const due = state.extended[key] ?? dueOn;
      const entry = entriesOf.get(school)?.[(state.done[key] ?? 0) - 1];
      counts[role] ??= { doneLate: 0, lapsed: 0 };
      if (due !== null && entry && entry.effectiveOn > due) counts[role].doneLate += 1;
      if (statuses.get(key) === 'lapsed') counts[role].lapsed += 1;
    }
  }
  return sorted(counts);
}

function counted(things: { status: string; reason: string | null }[]): Figures['reminders'] {
  return [...Map.groupBy(things, ({ status, reason }) => `${status} ${reason ?? ''}`)]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, [one, ...others]]) => ({ ...one!, count: others.length + 1 }));
}

function heldBack(ledger: Chronicle['ledger'], roster: Roster): Figures['heldBack'] {
  const counts: Figures['heldBack'] = {};
  for (const line of ledger) {
    const why = whyHeld(line, roster);
    if (!why) continue;
    counts[line.role] ??= { sentLater: 0, dropped: 0, stillHeld: 0, restDay: 0 };
    counts[line.role]![why] += 1;
  }
  return sorted(counts);
}

/** The ledger does not keep that a reminder was held once somebody has got it; the roster tells. */
function whyHeld(
  { school, role, rule, person, status, dueOn, sentOn }: LedgerLine,
  roster: Roster,
): keyof HeldBack | null {
  if (person === null) return status === 'held' ? 'stillHeld' : 'dropped';
  if (sentOn === null || sentOn <= dueOn) return null;
  // That a role reaches nobody is told to somebody else.
  const hadSomebody = rule === NO_RECIPIENT || roster.isHeld(school, role, dueOn);
  return hadSomebody ? 'restDay' : 'sentLater';
}

const sorted = <T>(record: Record<string, T>, inner: (value: T) => T = (value) => value) =>
  Object.fromEntries(
    Object.entries(record)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, value]) => [key, inner(value)]),
  );
