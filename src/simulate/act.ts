import { possible } from '../../machines/advance.ts';
import type { LogEntry } from '../planning-years/state.ts';
import { statesOf } from '../planning-years/state.ts';
import { taskStanding } from '../planning-years/task-standing.ts';
import { addDays } from '../reminders/days.ts';
import { matterAt } from './board.ts';
import { drawsOf } from './draws.ts';
import type { Plans } from './foresight.ts';
import type { Act, Hand } from './hands.ts';
import type { Person } from './people.ts';
import { type Intention, intend, type SchoolYear } from './school-year.ts';
import { turnOf } from './turns.ts';
import { boardMeetingFrom, workDaysAfter } from './work-days.ts';

/** What people do to a school's year on a work day. */
export async function actOn(
  plans: Plans,
  following: SchoolYear,
  today: string,
  hand: Hand,
): Promise<void> {
  await findOut(plans, following, today, hand);
  const ready = following.intentions.filter(({ on }) => on <= today);
  const settled = new Set<Intention>();
  for (const intention of ready)
    if (await take(plans, following, intention, today, hand)) settled.add(intention);
  if (settled.size > 0)
    following.intentions = following.intentions.filter((one) => !settled.has(one));
}

/** The coordinator enters what the designation left open. */
async function findOut(plans: Plans, following: SchoolYear, today: string, hand: Hand) {
  const coach = byKind(plans, following, 'coach', today);
  const due = following.questions.filter(({ on }) => on <= today);
  if (!coach || due.length === 0) return;
  following.questions = following.questions.filter(({ on }) => on > today);
  for (const { fact } of due) {
    const value = drawsOf(plans.seed, 'answer', following.school.code, fact).chance(0.5);
    const correction = { type: 'correctFact' as const, fact, value, reason: 'Asked the district.' };
    await hand(following, coach, { kind: 'correct', correction });
  }
}

/** @returns whether nothing is left of the intention */
async function take(
  plans: Plans,
  following: SchoolYear,
  intention: Intention,
  today: string,
  hand: Hand,
): Promise<boolean> {
  const { model, row } = following.year;
  const { task } = intention;
  if (intention.blockedAt === row.headSeq) return false;
  const { status, obstacles } = taskStanding(model, row.state, row.openedOn, today, task);
  if (status !== 'open' && status !== 'blocked' && status !== 'preStart') return true;
  if (obstacles.length > 0) {
    intention.blockedAt = row.headSeq;
    return false;
  }
  if (intention.blockedAt !== null) {
    intention.blockedAt = null;
    intention.on = onceUnblocked(plans, following, intention, today);
    if (intention.on > today) return false;
  }
  const act = actFor(plans, following, intention, today);
  if (!act) return false;
  const entry = await hand(following, act.person, act.command);
  redo(plans, following, entry, today);
  return true;
}

/** What had to wait takes some days of work; what the board votes on waits for its next meeting. */
function onceUnblocked({ seed }: Plans, { school, year }: SchoolYear, { task }: Intention, today: string) {
  if (matterAt(year.model, task)) return boardMeetingFrom(today);
  return workDaysAfter(today, drawsOf(seed, 'effort', school.code, task.key).between(1, 4));
}

/** Who does what about it today; null: nobody is there for it. */
function actFor(
  plans: Plans,
  following: SchoolYear,
  { task, on }: Intention,
  today: string,
): { person: Person; command: Act } | null {
  const { model } = following.year;
  const turn = turnOf(plans.seed, following, task);
  if (turn) return byHand(plans, following, turn, 'As the letter says.', today);
  const person = plans.roster.atWork(following.school, task.role, today);
  if (!person) {
    const helps = task.raises && addDays(on, PATIENCE) <= today && helped(plans, following, task.key);
    return helps ? byHand(plans, following, task.raises!, 'On their behalf.', today) : null;
  }
  const data = task.raises ? model.event(task.raises)?.spec.data : undefined;
  const command: Act = { kind: 'complete', task: task.key, evidence: [] };
  return { person, command: data?.required ? { ...command, data: data.example } : command };
}

/** After so many days a coordinator may help out. */
const PATIENCE = 14;
const helped = ({ seed }: Plans, { school }: SchoolYear, task: string): boolean =>
  drawsOf(seed, 'help', school.code, task).chance(0.4);

/** An event by hand: of the state where it is the state's, otherwise of the coordinator. */
function byHand(plans: Plans, following: SchoolYear, type: string, note: string, today: string) {
  const { model, row } = following.year;
  const circumstances = { conditions: row.state.conditions, today, dates: model.dates };
  const event = possible(model.machines, statesOf(row.state), circumstances).find(
    (one) => one.type === type,
  );
  if (!event) return null;
  const { by, data, returns } = event.spec;
  const ofState = model.pack.program.roles.some(({ id, kind }) => kind === 'state' && by.includes(id));
  const person = byKind(plans, following, ofState ? 'state' : 'coach', today);
  if (!person) return null;
  if (returns) following.returned.add(type);
  const command: Act = { kind: 'event', type, note, ...(data?.required && { data: data.example }) };
  return { person, command };
}

function byKind({ roster }: Plans, { school, year }: SchoolYear, wanted: string, today: string) {
  const roles = year.model.pack.program.roles.filter(({ kind }) => kind === wanted);
  return roles.map(({ id }) => roster.atWork(school, id, today)).find((person) => person);
}

/** What was taken back is to be done again, within some days. */
function redo({ seed }: Plans, following: SchoolYear, entry: LogEntry, today: string): void {
  if (entry.reopenedTasks.length === 0) return;
  const { model } = following.year;
  const again = entry.reopenedTasks.map((key) => {
    const draws = drawsOf(seed, 'again', following.school.code, key);
    return { task: model.task(key), on: workDaysAfter(today, draws.between(2, 8)) };
  });
  intend(following, again);
}
