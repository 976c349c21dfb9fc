import { sql } from 'kysely';
import { type Actor, homeOf } from '../actor.ts';
import type { Context } from '../context.ts';
import { whereCan } from '../policy/where.ts';
import { todayOf } from '../programs/today.ts';
import type { TaskFacts } from './facts.ts';
import { libraryFor } from './library.ts';
import type { PreviewInput } from './preview.ts';
import { byId, selectAssignments, selectLedger, selectYears, tasksOfWindow } from './read.ts';
import type { Person } from './read-message.ts';
import { windowOf } from './window.ts';

/** What a preview up to `to` has to know, of the schools that the actor may see. */
export async function readPreview(
  { db, programs, clock }: Context,
  actor: Actor,
  to: string,
): Promise<PreviewInput & { people: ReadonlyMap<string, Person> }> {
  const packs = programs.all.map(({ pack }) => pack);
  const today = todayOf(programs, homeOf(actor), clock.now());
  const years = await selectYears(db)
    .where('y.status', '=', 'active')
    .where((eb) =>
      whereCan(eb, actor, 'reminders.read', {
        program: 'y.program',
        district: 'y.districtCode',
        school: 'y.organizationCode',
      }),
    )
    .execute();
  const visible = sql<boolean>`planning_year_id = any(${years.map(({ id }) => id)}::uuid[])`;
  let tasks: TaskFacts[] = [];
  // One after the other: a caller's transaction has one connection.
  for (const { program, reminders } of packs) {
    const window = windowOf(reminders.rules, today, to);
    tasks = tasks.concat(await tasksOfWindow(db, program.id, window).where(visible).execute());
  }
  const assignments = await selectAssignments(db)
    .where('fromOn', '<=', to)
    .where((eb) => eb.or([eb('toOn', 'is', null), eb('toOn', '>=', today)]))
    .execute();
  const ledger = await selectLedger(db).where(visible).execute();
  const people = await db.selectFrom('people').select(['id', 'name', 'email', 'demo']).execute();
  const served = await db
    .selectFrom('messages')
    .select('personId')
    .where('localDate', '=', today)
    .execute();
  return {
    packs,
    facts: { years: byId(years), tasks, assignments, ledger },
    library: await libraryFor(programs, db, years),
    names: new Map(people.map(({ id, name }) => [id, name])),
    people: byId(people),
    served: new Set(served.map(({ personId }) => personId)),
    today,
  };
}
