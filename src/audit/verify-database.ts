import { sql } from 'kysely';
import type { Db, Trx } from '../context.ts';
import { sealedAndGone } from '../planning-years/sealed.ts';
import { exportWithin } from './export.ts';
import type { TellSeal } from './outside.ts';
import { type Verified, verifyExport } from './verify.ts';

/**
 * Checks what a database holds, as an export of everything is checked, and besides what an export does
 * not show: years that were sealed and are gone or called invented, and what stands beside an entry
 * for searching. As of one moment.
 */
export const verifyDatabase = (db: Db, at: Date, outside?: TellSeal[]): Promise<Verified> =>
  db
    .transaction()
    .setIsolationLevel('repeatable read')
    .setAccessMode('read only')
    .execute((trx) => verifyWithin(trx, at, outside));

/** The same as a transaction sees it. */
export async function verifyWithin(trx: Trx, at: Date, outside?: TellSeal[]): Promise<Verified> {
  await sql`set local statement_timeout = 0`.execute(trx);
  const verified = await verifyExport(linesOf(exportWithin(trx, at)), outside);
  for (const { planningYear, sealedOn } of await sealedAndGone(trx))
    verified.faults.push(`${planningYear}: it is gone, and was sealed on ${sealedOn}`);
  for (const { planningYear } of await sealedDemos(trx))
    verified.faults.push(`${planningYear}: it is called a demonstration, and was sealed`);
  for (const { planningYear, seq } of await orphans(trx))
    verified.faults.push(`${planningYear}: entry ${seq} is of no planning year`);
  for (const { planningYear, seq } of await misfiled(trx))
    verified.faults.push(`${planningYear}: entry ${seq} is filed under what it does not tell`);
  return verified;
}

async function* linesOf(lines: AsyncIterable<string>): AsyncGenerator<string> {
  for await (const line of lines) yield line.trimEnd();
}

interface Place {
  planningYear: string;
  seq: number;
}

const sealedDemos = (trx: Trx): Promise<{ planningYear: string }[]> =>
  trx
    .selectFrom('planningYears as y')
    .select('y.id as planningYear')
    .where('y.demo', '=', true)
    .where('y.id', 'in', (eb) => eb.selectFrom('sealedHeads').select('planningYearId'))
    .orderBy('y.id')
    .execute();

async function orphans(trx: Trx): Promise<Place[]> {
  const { rows } = await sql<Place>`
    select l.planning_year_id as "planningYear", min(l.seq) as seq from log_entries l
    where not exists (select from planning_years y where y.id = l.planning_year_id)
    group by 1 order by 1`.execute(trx);
  return rows;
}

/** Lists are asked for by these columns; an entry that is no JSON has been told of already. */
async function misfiled(trx: Trx): Promise<Place[]> {
  const { rows } = await sql<Place>`
    select l.planning_year_id as "planningYear", l.seq
    from log_entries l, lateral (select json_from(l.entry) as told) e
    where told is not null and (l.type, l.seq, l.effective_on::text) is distinct from
        (told ->> 'type', (told ->> 'seq')::int, told ->> 'effectiveOn')
      or told is not null and to_char(l.recorded_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')
        is distinct from told ->> 'recordedAt'
    order by 1, 2`.execute(trx);
  return rows;
}
