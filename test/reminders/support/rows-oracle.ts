import { sql } from 'kysely';
import type { Db } from '../../../src/context.ts';
import { plusDays, type RowsYear, type School, type Task } from './rows-year.ts';

/**
 * The ledger that a year must leave, worked out from the rules in words and sharing no code with
 * src/reminders. Each day is looked at in the morning and again after its changes:
 *
 * - a deadline is told of 14, 7, 3, 1 and 0 days ahead, and 1, 3 and 7 days late, the last threshold
 *   that is reached alone, to everybody who holds its role;
 * - one that is late for three working days is told to the coordinators, if it is not their own;
 * - a month that expects something of a role is told to it once;
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
  const open = tasks
    .filter(({ doneOn }) => doneOn === null || !by(doneOn))
    .map((task) => ({
      ...task,
      dueOn: task.moved && by(task.moved.on) ? task.moved.to : task.dueOn,
    }));
  const months = open
    .filter(({ dueOn }) => dueOn.slice(0, 7) === day.slice(0, 7))
    .map(({ role }): [string, string] => [role, `${role} - month:${day.slice(0, 7)}`]);
  return [
    ...new Map(months.map((month) => [month[1], month])).values(),
    ...open.filter(({ kind }) => kind === 'deadline').flatMap((task) => ofDeadline(task, day)),
  ];
}

function ofDeadline({ id, role, dueOn }: Task, day: string): [string, string][] {
  const left = (Date.parse(dueOn) - Date.parse(day)) / 86_400_000;
  const found: [string, string][] = [];
  const ahead = [0, 1, 3, 7, 14].find((days) => left >= 0 && left <= days);
  if (ahead !== undefined) found.push([role, `${role} ${id} deadline:${ahead}:${dueOn}`]);
  const late = [7, 3, 1].find((days) => -left >= days);
  if (late !== undefined) found.push([role, `${role} ${id} missed:${late}:${dueOn}`]);
  if (role !== 'coordinator' && workingDaysAfter(dueOn, day) >= 3)
    found.push(['coordinator', `coordinator ${id} escalated:3:${dueOn}`]);
  return found;
}

function workingDaysAfter(dueOn: string, day: string): number {
  let count = 0;
  for (let each = plusDays(dueOn, 1); each <= day && count < 3; each = plusDays(each, 1))
    if (!/^S/.test(new Date(each).toUTCString()) && !each.endsWith('-01-20')) count += 1;
  return count;
}

const holders = ({ posts }: School, role: string, day: string): string[] =>
  posts
    .filter(
      (post) => post.role === role && post.from <= day && (post.to === null || day <= post.to),
    )
    .map(({ person }) => person)
    .sort();
