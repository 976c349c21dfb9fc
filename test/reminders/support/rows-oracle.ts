import { sql } from 'kysely';
import type { Db } from '../../../src/context.ts';
import { plusDays, type RowsYear, type School, type Task } from './rows-year.ts';

/**
 * The ledger that a year must leave, worked out from the rules in words and sharing no code with
 * src/reminders. Each day is looked at in the morning and again after its changes:
 *
 * - a deadline, open or blocked, is told of 14, 7, 3, 1 and 0 days before the day to aim at, and 1, 3
 *   and 7 days after its date, the last threshold that is reached alone, to everybody who holds its
 *   role; what would fall on a day without mail goes on the one before, 14 and 7 days on the one after;
 * - one that is late for three working days is told to the coordinators, if it is not their own;
 * - an occasion that is open is told of 7 and 1 days before it, likewise, and never late;
 * - a month that expects something of a role, or has something late of it, is told to it once;
 * - what would reach nobody is held, and the coordinators hear of it once for each day that brought
 *   something to hold; whoever comes first while it still holds gets it.
 *
 * @param seen the days on which anything looked; left out: all
 * @returns `school role task occasion person since`, `-` for a month's or nobody's
 */
export function expectedRows({ schools, first, days }: RowsYear, seen?: string[]): string[] {
  const rows: string[] = [];
  for (const school of schools) {
    const told = new Map<string, Map<string, string>>();
    const held = new Map<string, { since: string; over: boolean }>();
    const give = (what: string, person: string, day: string) => {
      const people = told.get(what) ?? new Map<string, string>();
      told.set(what, people);
      if (!people.has(person)) people.set(person, day);
    };
    const look = (day: string, after: boolean) => {
      const current = new Set<string>();
      const gaps = new Map<string, string>();
      for (const [role, what] of said(school, day, after)) {
        current.add(what);
        const people = holders(school, role, day);
        if (people.length > 0) {
          for (const person of people) {
            // What was held goes to the first of them, and keeps its own day.
            const kept = held.get(what);
            if (kept && !kept.over) held.delete(what);
            give(what, person, kept && !kept.over ? kept.since : day);
          }
        } else if (!told.has(what)) {
          if (!held.has(what)) held.set(what, { since: day, over: false });
          const { since, over } = held.get(what)!;
          if (!over && since > (gaps.get(role) ?? '')) gaps.set(role, since);
        }
      }
      for (const [what, one] of held) if (!current.has(what)) one.over = true;
      for (const [role, since] of gaps)
        for (const coach of holders(school, 'coordinator', day))
          give(`${role} - noRecipient:${since}`, coach, day);
    };
    for (let at = 0; at < days; at++) {
      const day = plusDays(first, at);
      if (seen && !seen.includes(day)) continue;
      look(day, false);
      look(day, true);
    }
    for (const [what, people] of told)
      for (const [person, day] of people) rows.push(`${school.code} ${what} ${person} ${day}`);
    for (const [what, { since }] of held) rows.push(`${school.code} ${what} - ${since}`);
  }
  return rows.sort();
}

export async function writtenRows(db: Db): Promise<string[]> {
  const { rows } = await sql<{ row: string }>`
    select concat_ws(' ', y.organization_code, r.role, coalesce(r.task_id::text, '-'), r.occasion,
      coalesce(r.person_id::text, '-'), r.due_on) as row
    from reminders r join planning_years y on y.id = r.planning_year_id`.execute(db);
  return rows.map(({ row }) => row).sort();
}

/** `[role, "role task occasion"]` of all that the rules say on a day, before or after its changes. */
function said({ tasks }: School, day: string, after: boolean): [string, string][] {
  const by = (on: string) => (after ? on <= day : on < day);
  const left = tasks
    .filter(({ doneOn }) => doneOn === null || !by(doneOn))
    .map((task) => ({
      ...task,
      dueOn: task.moved && by(task.moved.on) ? task.moved.to : task.dueOn,
      isOpen: task.opensOn === null || by(task.opensOn),
    }));
  const months = left
    .filter(({ kind }) => kind !== 'occasion')
    .filter(({ kind, dueOn, isOpen }) => {
      const [theirs, ours] = [dueOn.slice(0, 7), day.slice(0, 7)];
      return theirs === ours || (theirs < ours && (isOpen || kind === 'deadline'));
    })
    .map(({ role }): [string, string] => [role, `${role} - month:${day.slice(0, 7)}`]);
  return [
    ...new Map(months.map((month) => [month[1], month])).values(),
    ...left.flatMap((task) =>
      task.kind === 'deadline'
        ? ofDeadline(task, day)
        : task.kind === 'occasion' && task.isOpen
          ? ahead(task, 'occasion', [1, 7], day)
          : [],
    ),
  ];
}

function ofDeadline(task: Task, day: string): [string, string][] {
  const { id, role, dueOn } = task;
  const found = ahead(task, 'deadline', [0, 1, 3, 7, 14], day);
  const late = [7, 3, 1].find((days) => plusDays(dueOn, days) <= day);
  if (late !== undefined) found.push([role, `${role} ${id} missed:${late}:${dueOn}`]);
  if (role !== 'coordinator' && workingDaysAfter(dueOn, day) >= 3)
    found.push(['coordinator', `coordinator ${id} escalated:3:${dueOn}`]);
  return found;
}

/** Of the thresholds, nearest first, the first whose day has come, until the due date is over. */
function ahead(
  { id, role, dueOn, safeBy }: Task,
  rule: string,
  thresholds: number[],
  day: string,
): [string, string][] {
  if (dueOn < day) return [];
  const aim = safeBy === null || safeBy > dueOn ? dueOn : safeBy;
  const threshold = thresholds.find((days) => mailDay(plusDays(aim, -days), days > 3) <= day);
  return threshold === undefined ? [] : [[role, `${role} ${id} ${rule}:${threshold}:${aim}`]];
}

const mailDay = (day: string, later: boolean): string =>
  isMailDay(day) ? day : mailDay(plusDays(day, later ? 1 : -1), later);

/** Neither weekend nor the one holiday. */
const isMailDay = (day: string): boolean =>
  !/^S/.test(new Date(day).toUTCString()) && !day.endsWith('-01-20');

function workingDaysAfter(dueOn: string, day: string): number {
  let count = 0;
  for (let each = plusDays(dueOn, 1); each <= day && count < 3; each = plusDays(each, 1))
    if (isMailDay(each)) count += 1;
  return count;
}

const holders = ({ posts }: School, role: string, day: string): string[] =>
  posts
    .filter(
      (post) => post.role === role && post.from <= day && (post.to === null || day <= post.to),
    )
    .map(({ person }) => person)
    .sort();
