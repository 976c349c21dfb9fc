import { sql } from 'kysely';
import type { Context, Trx } from '../context.ts';
import { type MailSettings, mailSettings } from '../delivery/settings.ts';
import { endOfMonth } from './days.ts';
import type { Facts } from './facts.ts';
import { libraryFor } from './library.ts';
import type { Library } from './model.ts';
import { readObstacles, tasksInTheWay } from './obstacles.ts';
import { occasionsOn } from './occasions.ts';
import { PLAYED } from './played-ledger.ts';
import { byId, selectAssignments, selectRefused, selectTasks, selectYears } from './read.ts';
import type { Person } from './read-message.ts';
import type { Reachable } from './record-day.ts';

/** What the digests from `today` up to a date have to know. */
export interface PreviewFacts extends Omit<Facts, 'ledger'> {
  /** What the days can reach, of many alike tasks one. */
  reachable: readonly Reachable[];
  library: Library;
  people: ReadonlyMap<string, PreviewPerson>;
  settings: MailSettings;
  /** Who has had a digest today. */
  served: ReadonlySet<string>;
}

export interface PreviewPerson extends Person {
  /** Whether nothing is sent to the address any more. */
  suppressed: boolean;
}

/** Of the years that `setUpPlay` has laid out. */
export async function readPreviewFacts(
  { programs }: Context,
  trx: Trx,
  today: string,
): Promise<PreviewFacts> {
  const years = await selectYears(trx)
    .where(sql<boolean>`y.id in (select id from played_years)`)
    .execute();
  const tasks = await selectTasks(trx, PLAYED.tasks)
    .orderBy('t.planningYearId')
    .orderBy('t.position')
    .execute();
  const obstaclesTo = await readObstacles(programs, trx, [...byId(years).keys()]);
  const inTheWay = await tasksInTheWay(trx, tasks, obstaclesTo, today);
  const assignments = await selectAssignments(trx, PLAYED.heldRoles).execute();
  const people = await trx
    .selectFrom('people as p')
    .leftJoin('preferences as w', 'w.personId', 'p.id')
    .select(['p.id', 'p.name', 'p.email', 'p.demo', 'w.language'])
    .select(
      sql<boolean>`exists (select from suppressions s where s.address = lower(p.email))`.as(
        'suppressed',
      ),
    )
    .where(
      sql<boolean>`p.id in (
        select person_id from played_roles union select person_id from played_reminders)`,
    )
    .execute();
  const ids = people.map(({ id }) => id);
  const served = await trx
    .selectFrom('messages')
    .select('personId')
    .where('localDate', '=', today)
    .where('kind', '=', 'digest')
    .where(sql<boolean>`person_id = any(${ids}::uuid[])`)
    .execute();
  return {
    years: byId(years),
    tasks: [...tasks, ...inTheWay],
    obstaclesTo,
    reachable: [
      ...new Map(
        tasks.map((task) => [`${task.kind} ${task.status} ${task.dueOn} ${task.safeBy}`, task]),
      ).values(),
    ],
    assignments,
    refused: await selectRefused(trx).execute(),
    library: await libraryFor(programs, trx, years),
    people: byId(people),
    settings: await mailSettings(trx),
    served: new Set(served.map(({ personId }) => personId)),
  };
}

/** The last day, to aim at or due, of which anything speaks by `to`. */
export function horizonOf(programs: Context['programs'], to: string): string {
  const reaches = programs.all.flatMap(({ pack }) => {
    const { bands, months, quarters } = occasionsOn(pack, to);
    return [...bands, ...months, ...quarters].map((range) => range.to);
  });
  return [endOfMonth(to), ...reaches].sort().at(-1)!;
}
