import { todayIn } from '../../calendar/dates.ts';
import type { Warning } from '../../machines/region.ts';
import type { Actor } from '../actor.ts';
import type { Context, Trx } from '../context.ts';
import { ConflictError, InvalidInputError } from '../errors.ts';
import type { Subject } from '../policy/can.ts';
import { closedInWords } from '../schools/closed.ts';
import type { YearModel } from './model.ts';
import { currentModel } from './models.ts';
import { checkDesignation, checkRegions, checkRelease, conditionsOf, openYears } from './open.ts';
import { givenFields } from './schemas.ts';
import { remarksOn, type TakenOver, warningOf } from './take-over.ts';

/** `POST /v1/planning-years`, checked in shape. */
export interface OpenRequest {
  program: string;
  year: string;
  school: string;
  designation: string;
  releasedOn: string | null;
  regions?: Record<string, string> | undefined;
  [given: string]: unknown;
}

/**
 * Opens one school's year.
 * @returns its id, and what is to be said of where its regions stand already
 * @throws InvalidInputError for an unknown program, school or label, ConflictError when it has the year
 */
export async function openOne(
  ctx: Context,
  trx: Trx,
  body: OpenRequest,
  actor: Actor,
  reaches: (subject: Subject) => boolean,
): Promise<{ id: string; warnings: Warning[] }> {
  const { program, year, school, designation, releasedOn, regions } = body;
  if (!ctx.programs.get(program))
    throw new InvalidInputError('There is no such program.', [
      {
        pointer: '/program',
        detail: `must be one of ${ctx.programs.all.map(({ id }) => id).join(', ')}`,
      },
    ]);
  const model = currentModel(ctx.programs, program, year);
  const found = await trx
    .selectFrom('schools')
    .select(['districtCode', 'demo', 'closedOn', 'successor'])
    .where('code', '=', school)
    .executeTakeFirst();
  if (!found || !reaches({ program, district: found.districtCode, school }))
    throw new InvalidInputError('The school is not in the directory.', [
      {
        pointer: '/school',
        detail: `must be the code of a school that GET /v1/schools lists, such as ${model.pack.program.directory.codeExample}`,
      },
    ]);
  const { closedOn, successor } = found;
  if (closedOn !== null)
    throw new InvalidInputError('No planning year is opened for a school that has closed.', [
      {
        pointer: '/school',
        detail: `names a school that has closed: ${closedInWords(school, { closedOn, successor })}`,
      },
    ]);
  const today = todayIn(model.pack.program.zone, ctx.clock.now());
  if (releasedOn !== null) checkRelease(model, releasedOn, today);
  checkDesignation(model, designation, releasedOn ?? today);
  checkRegions(model, regions ?? {});
  const given = Object.fromEntries(
    givenFields(ctx.programs).map(({ id, field }) => [id, (body[field] ?? null) as boolean | null]),
  );
  const warnings = checkTakenOver(model, {
    regions: regions ?? {},
    conditions: conditionsOf(model, school, given),
    releasedOn,
    today,
  });
  const organization = {
    kind: 'school' as const,
    code: school,
    districtCode: found.districtCode,
    demo: found.demo,
  };
  const [id] = await openYears(
    ctx,
    trx,
    [{ program, year, organization, designation, releasedOn, given, regions }],
    actor,
  );
  if (id) return { id, warnings };
  const existing = await existingYear(trx, program, year, school);
  const withdrawn =
    existing?.status === 'withdrawn' ? '; it is withdrawn and can be reinstated' : '';
  throw new ConflictError(
    'year-exists',
    `School ${school} has its planning year ${year} already${withdrawn}.`,
    { planningYear: existing?.id },
  );
}

/** @returns warnings */
function checkTakenOver(model: YearModel, year: TakenOver): Warning[] {
  const { faults, warnings } = remarksOn(model, year);
  if (faults.length > 0)
    throw new InvalidInputError(
      'Some regions cannot stand there; see errors.',
      faults.map(({ region, detail }) => ({ pointer: `/regions/${region}`, detail })),
    );
  return warnings.map(warningOf);
}

const existingYear = (trx: Trx, program: string, year: string, code: string) =>
  trx
    .selectFrom('planningYears')
    .select(['id', 'status'])
    .where('program', '=', program)
    .where('year', '=', year)
    .where('organizationCode', '=', code)
    .executeTakeFirst();
