import { expressionBuilder, type RawBuilder, sql } from 'kysely';
import type { Actor } from '../actor.ts';
import type { DbOrTrx } from '../context.ts';
import type { Tables, YearStatus } from '../db/tables.ts';
import { type Fault, InvalidInputError } from '../errors.ts';
import type { Command } from '../planning-years/decide.ts';
import type { PolicyRow } from '../policy/table.ts';
import { whereCan } from '../policy/where.ts';
import type { WideAct } from './wide-act.ts';

export interface CoveredYear {
  id: string;
  organizationCode: string;
  districtCode: string;
}

/** A query of the active years, or of the withdrawn that it reinstates, that an act covers and that the actor may act on. */
export function covered(act: WideAct, actor: Actor): RawBuilder<CoveredYear> {
  const { program, year } = act;
  const [district, schools, except] = [
    act.district ?? null,
    act.schools ?? null,
    act.except ?? null,
  ];
  const years = expressionBuilder<{ y: Tables['planningYears'] }, 'y'>();
  const allowed = whereCan(years, actor, policyOf(act.command), {
    program: 'y.program',
    district: 'y.districtCode',
    school: 'y.organizationCode',
    ...(act.role !== undefined && { role: sql`${act.role}::text` }),
  });
  return sql<CoveredYear>`
    select y.id, y.organization_code, y.district_code from planning_years y
    where y.program = ${program} and y.year = ${year} and y.status = ${statusFor(act.command)} and ${allowed}
      and (${district}::text is null or y.district_code = ${district})
      and (${schools}::text[] is null or y.organization_code = any(${schools}::text[]))
      and (${except}::uuid is null or y.id <> ${except}::uuid)
    order by y.id`;
}

const statusFor = (command: Command): YearStatus =>
  command.kind === 'correct' && command.correction.type === 'reinstate' ? 'withdrawn' : 'active';

/** The years of that query. */
export const coveredYears = async (
  db: DbOrTrx,
  act: WideAct,
  actor: Actor,
): Promise<CoveredYear[]> => (await covered(act, actor).execute(db)).rows;

/** The row of the policy table that a wide act falls under. */
export function policyOf({ kind }: Command): PolicyRow {
  if (kind === 'complete') return 'tasks.settle';
  return kind === 'reopen' ? 'tasks.reopen' : 'planningYears.act';
}

/**
 * The same, if the act reaches all that it names. What lies out of reach is told like what is not
 * there.
 * @throws InvalidInputError that names each code
 */
export async function requireCovered(
  trx: DbOrTrx,
  { district, schools, ...act }: WideAct,
  actor: Actor,
): Promise<CoveredYear[]> {
  const all = await coveredYears(trx, act, actor);
  const active = `${statusFor(act.command)} planning year ${act.year} within the reach of your key`;
  if (all.length === 0)
    throw new InvalidInputError(`There is no ${active}.`, [
      {
        pointer: ':year',
        detail: 'is no year that schools have; GET /v1/planning-years lists them',
      },
    ]);
  const faults: Fault[] = [];
  if (district !== undefined && !all.some((year) => year.districtCode === district))
    faults.push({ pointer: '/district', detail: `names ${district}, which has no ${active}` });
  const districtOf = new Map(all.map((year) => [year.organizationCode, year.districtCode]));
  for (const [at, code] of (schools ?? []).entries()) {
    const own = districtOf.get(code);
    const pointer = `/schools/${at}`;
    if (own === undefined)
      faults.push({ pointer, detail: `names ${code}, which has no ${active}` });
    else if (district !== undefined && own !== district)
      faults.push({
        pointer,
        detail: `names ${code}, which belongs to the district ${own}, not to ${district}`,
      });
  }
  if (faults.length > 0)
    throw new InvalidInputError('Not all that is named can be reached; see errors.', faults);
  return all.filter(
    (year) =>
      (district === undefined || year.districtCode === district) &&
      (schools === undefined || schools.includes(year.organizationCode)),
  );
}
