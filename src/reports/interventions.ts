import type { z } from 'zod';
import type { Actor } from '../actor.ts';
import type { Db } from '../context.ts';
import type { LogEntry } from '../planning-years/state.ts';
import { logView } from '../planning-years/view.ts';
import { whereCan } from '../policy/where.ts';
import type { interventionsQuery } from './intervention-schemas.ts';

/** Where a row stands: when it was recorded, the planning year, its place in the log. */
export type InterventionKey = [recordedAt: string, planningYear: string, seq: number];

export type Intervention = Awaited<ReturnType<typeof listInterventions>>[number];

/** What coordinators have waived, extended, forced or dated far back, the newest first. */
export async function listInterventions(
  db: Db,
  actor: Actor,
  query: z.infer<typeof interventionsQuery>,
  after: InterventionKey | null,
  fetch: number,
) {
  let rows = db
    .selectFrom('interventions as i')
    .innerJoin('planningYears as y', 'y.id', 'i.planningYearId')
    .innerJoin('logEntries as l', (join) =>
      join.onRef('l.planningYearId', '=', 'i.planningYearId').onRef('l.seq', '=', 'i.seq'),
    )
    .select(['y.id', 'y.program', 'y.year', 'y.organizationKind', 'y.organizationCode'])
    .select(['y.districtCode', 'l.entry'])
    .where((eb) =>
      whereCan(eb, actor, 'interventions.read', {
        program: 'y.program',
        district: 'y.districtCode',
        school: 'y.organizationCode',
      }),
    )
    .orderBy('l.recordedAt', 'desc')
    .orderBy('i.planningYearId', 'desc')
    .orderBy('i.seq', 'desc')
    .limit(fetch);
  if (after !== null)
    rows = rows.where(({ eb, refTuple, tuple }) =>
      eb(
        refTuple('l.recordedAt', 'i.planningYearId', 'i.seq'),
        '<',
        tuple(new Date(after[0]), after[1], after[2]),
      ),
    );
  if (query.program !== undefined) rows = rows.where('y.program', '=', query.program);
  if (query.year !== undefined) rows = rows.where('y.year', '=', query.year);
  if (query.district !== undefined) rows = rows.where('y.districtCode', '=', query.district);
  if (query.school !== undefined) rows = rows.where('y.organizationCode', '=', query.school);
  const found = await rows.execute();
  return found.map(({ entry, ...row }) => ({ ...row, entry: JSON.parse(entry) as LogEntry }));
}

export const interventionView = ({ entry, ...row }: Intervention) => ({
  planningYear: row.id,
  program: row.program,
  year: row.year,
  school: row.organizationKind === 'school' ? row.organizationCode : null,
  district: row.districtCode,
  reason: entry.note ?? String(entry.data?.reason ?? ''),
  event: logView(row.id, entry),
});
