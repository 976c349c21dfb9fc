import { possible } from '../../machines/advance.ts';
import { statesOf } from '../planning-years/state.ts';
import { addDays } from '../reminders/days.ts';
import { drawsOf } from './draws.ts';
import { type Plans, placeOf } from './foresight.ts';
import type { Act } from './hands.ts';
import type { Person } from './people.ts';
import type { Intention, SchoolYear } from './school-year.ts';
import { turnOf } from './turns.ts';

export interface Choice {
  person: Person;
  command: Act;
}

/** Who does what about an intention whose time has come; null: nobody is there for it. */
export function choiceFor(
  plans: Plans,
  following: SchoolYear,
  { task, on }: Intention,
  today: string,
): Choice | null {
  const { model } = following.year;
  const turn = turnOf(plans.seed, following, task);
  if (turn) return byHand(plans, following, turn, 'As the letter says.', today);
  const person = plans.roster.atWork(following.school, task.role, today);
  if (!person) {
    const draws = drawsOf(plans.seed, 'help', placeOf(following.school, task), task.key);
    const helped = task.raises && addDays(on, PATIENCE) <= today && draws.chance(0.4);
    return helped ? byHand(plans, following, task.raises!, 'On their behalf.', today) : null;
  }
  const data = task.raises ? model.event(task.raises)?.spec.data : undefined;
  const command: Act = { kind: 'complete', task: task.key, evidence: [] };
  return { person, command: data?.required ? { ...command, data: data.example } : command };
}

/** After so many days a coordinator may help out. */
const PATIENCE = 14;

/** An event by hand: of the state where it is the state's, otherwise of the coordinator. */
function byHand(
  plans: Plans,
  following: SchoolYear,
  type: string,
  note: string,
  today: string,
): Choice | null {
  const { model, row } = following.year;
  const circumstances = { conditions: row.state.conditions, today, dates: model.dates };
  const events = possible(model.machines, statesOf(row.state), circumstances);
  const spec = events.find((event) => event.type === type)?.spec;
  if (!spec) return null;
  const stateRoles = model.pack.program.roles.filter(({ kind }) => kind === 'state');
  const ofState = stateRoles.some(({ id }) => spec.by.includes(id));
  const person = someone(plans, following, ofState ? 'state' : 'coach', today);
  if (!person) return null;
  const data = spec.data?.required ? { data: spec.data.example } : {};
  return { person, command: { kind: 'event', type, note, ...data } };
}

/** Somebody of a kind of role who is there for the school today. */
export function someone(
  { roster }: Plans,
  { school, year }: SchoolYear,
  kind: 'state' | 'coach',
  today: string,
): Person | undefined {
  return year.model.pack.program.roles
    .filter((role) => role.kind === kind)
    .map(({ id }) => roster.atWork(school, id, today))
    .find((person) => person !== undefined);
}
