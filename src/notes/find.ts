import { sql } from 'kysely';
import type { Actor } from '../actor.ts';
import type { DbOrTrx } from '../context.ts';
import type { LogEntry } from '../planning-years/state.ts';
import { whereCan } from '../policy/where.ts';
import { TYPES } from './view.ts';

export interface NotesQuery {
  task?: string | undefined;
  kind?: keyof typeof TYPES | undefined;
}

/**
 * A page of what was noted of a year, newest first. The team and a vendor see what is about their own
 * tasks, and what they wrote.
 */
export async function listNotes(
  db: DbOrTrx,
  planningYear: string,
  actor: Actor,
  { task, kind }: NotesQuery,
  before: number | null,
  fetch: number,
): Promise<LogEntry[]> {
  const types = kind === undefined ? Object.values(TYPES) : [TYPES[kind]];
  const about = sql<string>`json_from(l.entry) #>> '{data,task}'`;
  let rows = db
    .selectFrom('logEntries as l')
    .leftJoin('tasks as t', (join) =>
      join.onRef('t.planningYearId', '=', 'l.planningYearId').on('t.taskKey', '=', about),
    )
    .innerJoin('planningYears as y', 'y.id', 'l.planningYearId')
    .select('l.entry')
    .where((eb) =>
      eb.or([
        whereCan(eb, actor, 'notes.write', {
          program: 'y.program',
          district: 'y.districtCode',
          school: 'y.organizationCode',
          role: 't.role',
        }),
        sql<boolean>`json_from(l.entry) #>> '{actor,id}' = ${actor.id}`,
      ]),
    )
    .where('l.planningYearId', '=', planningYear)
    .where('l.type', 'in', types)
    .orderBy('l.seq', 'desc')
    .limit(fetch);
  if (before !== null) rows = rows.where('l.seq', '<', before);
  if (task !== undefined) rows = rows.where('t.id', '=', task);
  return (await rows.execute()).map(({ entry }) => JSON.parse(entry) as LogEntry);
}
