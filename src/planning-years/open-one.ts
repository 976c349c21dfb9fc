import { todayIn } from '../../calendar/dates.ts';
import type { Actor } from '../actor.ts';
import type { Context, Trx } from '../context.ts';
import { ConflictError, InvalidInputError } from '../errors.ts';
import type { Subject } from '../policy/can.ts';
import { currentModel } from './models.ts';
import { checkDesignation, checkRegions, checkRelease, openYears } from './open.ts';
import { givenFields } from './schemas.ts';

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
 * @returns its id
 * @throws InvalidInputError for an unknown program, school or label, ConflictError when it has the year
 */
export async function openOne(
  ctx: Context,
  trx: Trx,
  body: OpenRequest,
  actor: Actor,
  reaches: (subject: Subject) => boolean,
): Promise<string> {
  const { program, year, school, designation, releasedOn, regions } = body;
  if (!ctx.programs.get(program))
    throw new InvalidInputError('There is no such program.', [
      { pointer: '/program', detail: `Use one of: ${ctx.programs.all.map(({ id }) => id)}.` },
    ]);
  const model = currentModel(ctx.programs, program, year);
  const found = await trx
    .selectFrom('schools')
    .select(['districtCode', 'demo'])
    .where('code', '=', school)
    .where('closedOn', 'is', null)
    .executeTakeFirst();
  if (!found || !reaches({ program, district: found.districtCode, school }))
    throw new InvalidInputError('The school is not in the directory.', [
      {
        pointer: '/school',
        detail: `Send the code of a school as GET /v1/schools lists it, such as ${model.pack.program.directory.codeExample}.`,
      },
    ]);
  const today = todayIn(model.pack.program.zone, ctx.clock.now());
  if (releasedOn !== null) checkRelease(model, releasedOn, today);
  checkDesignation(model, designation, releasedOn ?? today);
  checkRegions(model, regions ?? {});
  const given = Object.fromEntries(
    givenFields(ctx.programs).map(({ id, field }) => [id, (body[field] ?? null) as boolean | null]),
  );
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
  if (id) return id;
  throw new ConflictError(
    'year-exists',
    `School ${school} has its planning year ${year} already.`,
    {
      planningYear: await yearIdOf(trx, program, year, school),
    },
  );
}

async function yearIdOf(trx: Trx, program: string, year: string, code: string) {
  const row = await trx
    .selectFrom('planningYears')
    .select('id')
    .where('program', '=', program)
    .where('year', '=', year)
    .where('organizationCode', '=', code)
    .executeTakeFirst();
  return row?.id;
}
