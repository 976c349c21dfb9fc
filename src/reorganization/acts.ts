import { type Actor, witness } from '../actor.ts';
import type { Context, DbOrTrx, Trx } from '../context.ts';
import { newId } from '../ids.ts';
import { todayOf } from '../programs/today.ts';
import type { School } from '../schools/store.ts';
import { type Days, endRoles, moveRoles, type Roles } from './roles.ts';
import { activeYears, moveYears, withdrawYears } from './years.ts';

/** What is said of an act, whatever it is. */
export interface Particulars {
  on: string;
  reason: string;
}

export interface Outcome {
  planningYears: { moved: string[]; withdrawn: string[] };
  assignments: Roles;
}

type Ctx = Pick<Context, 'programs' | 'clock' | 'queue'>;

/** The school is no more: what is under way is withdrawn, and its people's roles end. */
export async function close(
  ctx: Ctx,
  trx: Trx,
  school: School,
  { on, reason }: Particulars,
  actor: Actor,
): Promise<Outcome> {
  const withdrawn = await activeYears(trx, school.rcdts);
  await withdrawYears(ctx, trx, withdrawn, `The school closed on ${on}. ${reason}`, actor);
  const ended = await endRoles(trx, school.rcdts, daysOf(ctx, on));
  await conclude(ctx, trx, 'closed', school, null, { on, reason }, actor);
  return { planningYears: { moved: [], withdrawn }, assignments: { moved: 0, ended } };
}

/**
 * The school goes on as a part of another. A planning year under way that the other does not have goes
 * over to it, with the roles that nobody holds there; the rest is withdrawn, and ends.
 */
export async function merge(
  ctx: Ctx,
  trx: Trx,
  school: School,
  into: School,
  { on, reason }: Particulars,
  actor: Actor,
): Promise<Outcome> {
  const missing = await activeYears(trx, school.rcdts, into.rcdts);
  const others = (await activeYears(trx, school.rcdts)).filter((id) => !missing.includes(id));
  const told = `The school merged into ${into.rcdts} on ${on}. ${reason}`;
  await withdrawYears(ctx, trx, others, told, actor);
  await moveYears(ctx, trx, missing, into, told, actor);
  const assignments = await moveRoles(trx, school.rcdts, into.rcdts, daysOf(ctx, on), 'vacant');
  await conclude(ctx, trx, 'merged', school, into, { on, reason }, actor);
  return { planningYears: { moved: missing, withdrawn: others }, assignments };
}

/** The same school under a new code: everything that is its own comes along, also its history. */
export async function recode(
  ctx: Ctx,
  trx: Trx,
  school: School,
  renewed: School,
  { on, reason }: Particulars,
  actor: Actor,
): Promise<Outcome> {
  const moved = await yearsOf(trx, school.rcdts);
  const told = `The school has the code ${renewed.rcdts} instead of ${school.rcdts} since ${on}. ${reason}`;
  await moveYears(ctx, trx, moved, renewed, told, actor);
  const assignments = await moveRoles(trx, school.rcdts, renewed.rcdts, daysOf(ctx, on), 'all');
  await conclude(ctx, trx, 'recoded', school, renewed, { on, reason }, actor);
  return { planningYears: { moved, withdrawn: [] }, assignments };
}

const daysOf = ({ programs, clock }: Ctx, on: string): Days => ({
  on,
  today: todayOf(programs, null, clock.now()),
});

async function yearsOf(db: DbOrTrx, code: string): Promise<string[]> {
  const rows = await db
    .selectFrom('planningYears')
    .select('id')
    .where('organizationKind', '=', 'school')
    .where('organizationCode', '=', code)
    .orderBy('id')
    .execute();
  return rows.map(({ id }) => id);
}

async function conclude(
  { clock }: Ctx,
  trx: Trx,
  kind: 'closed' | 'merged' | 'recoded',
  { rcdts, version }: School,
  successor: School | null,
  { on, reason }: Particulars,
  actor: Actor,
): Promise<void> {
  const now = clock.now();
  await trx
    .updateTable('schools')
    .set({
      closedOn: on,
      successor: successor?.rcdts ?? null,
      version: version + 1,
      updatedAt: now,
    })
    .where('code', '=', rcdts)
    .execute();
  await trx
    .insertInto('schoolActs')
    .values({
      ...{ id: newId(now), kind, school: rcdts, successor: successor?.rcdts ?? null },
      ...{ onDate: on, reason, actor: JSON.stringify(witness(actor)), recordedAt: now },
    })
    .execute();
}
