import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { Context, Trx } from '../context.ts';
import { ConflictError, InvalidInputError, NotFoundError } from '../errors.ts';
import type { App } from '../http/app.ts';
import { etagOf, fingerprint, requireMatch } from '../http/etag.ts';
import { openPage } from '../http/paging.ts';
import { id, nameOf } from '../http/schemas.ts';
import { write } from '../http/write.ts';
import { todayOf } from '../programs/today.ts';
import { lockedSchool, type School, schoolByCode } from '../schools/store.ts';
import { close, merge, type Outcome, type Particulars, recode } from './acts.ts';
import { historyOf } from './history.ts';
import { moveKeys } from './roles.ts';
import { actsQuery, closing, merging, recoding, reorganized, schoolActs } from './schemas.ts';
import { goingOn, underCode } from './successor.ts';

type Reorganizing = FastifyRequest<{ Params: { rcdts: string }; Body: Particulars }>;

/** Schools close, merge and get new codes; what was, stays on record. */
export function reorganizationRoutes(app: App, ctx: Context): void {
  const params = z.strictObject({ rcdts: z.string().describe('Code of a school') });
  const subject = async (request: FastifyRequest) => {
    const code = nameOf(request.params, 'rcdts');
    const school = code === null ? undefined : await schoolByCode(ctx.db, code);
    return school ? { school: school.rcdts, district: school.district.code } : null;
  };
  const config = { policy: 'schools.reorganize', subject, ifMatch: true, etag: true } as const;
  const shared = { tags: ['Schools'], params, response: { 200: reorganized } };

  app.post('/v1/schools/:rcdts/close', {
    config,
    schema: {
      ...shared,
      operationId: 'closeSchool',
      summary: 'Close a school',
      description:
        'Its planning years under way are withdrawn, the roles of its people end on the day before. Its history stays.',
      body: closing,
    },
    handler: (request, reply) =>
      answer(request, reply, async (trx, school) => ({
        successor: null,
        ...(await close(ctx, trx, school, request.body, request.actor)),
      })),
  });

  app.post('/v1/schools/:rcdts/merge', {
    config,
    schema: {
      ...shared,
      operationId: 'mergeSchool',
      summary: 'Merge a school into another',
      description:
        'A planning year under way that the other school does not have goes over to it, and so do the roles that nobody holds there; what is left is withdrawn, and ends on the day before.',
      body: merging,
    },
    handler: (request, reply) =>
      answer(request, reply, async (trx, school) => {
        const into = await goingOn(trx, school, request.body.into);
        return {
          successor: into,
          ...(await merge(ctx, trx, school, into, request.body, request.actor)),
        };
      }),
  });

  app.post('/v1/schools/:rcdts/recode', {
    config,
    schema: {
      ...shared,
      operationId: 'recodeSchool',
      summary: 'Give a school a new code',
      description:
        'All its planning years, the roles of its people and the reach of keys come along; the old code stays on record and names its successor.',
      body: recoding,
    },
    handler: (request, reply) =>
      answer(request, reply, async (trx, school) => {
        const { code } = request.body;
        const renewed = await underCode(trx, ctx.programs, school, code, ctx.clock.now());
        const outcome = await recode(ctx, trx, school, renewed, request.body, request.actor);
        await moveKeys(trx, school.rcdts, renewed.rcdts);
        return { successor: renewed, ...outcome };
      }),
  });

  app.get('/v1/schools/:rcdts/acts', {
    config: { policy: 'schools.read', subject },
    schema: {
      tags: ['Schools'],
      operationId: 'listSchoolActs',
      summary: 'What became of a school',
      description: 'Closings, mergers and new codes that it was a part of, the oldest first.',
      params,
      querystring: actsQuery,
      response: { 200: schoolActs },
    },
    handler: async (request, reply) => {
      const page = openPage(request, reply, request.query, id);
      const rows = await historyOf(ctx.db, request.params.rcdts, page);
      return page.close(
        rows,
        (act) => act.id,
        (act) => act,
      );
    },
  });

  const answer = (
    request: Reorganizing,
    reply: FastifyReply,
    act: (trx: Trx, school: School) => Promise<Outcome & { successor: School | null }>,
  ) =>
    write(ctx, request, reply, async (trx) => {
      const school = await lockedSchool(trx, request.params.rcdts);
      if (!school) throw new NotFoundError('There is no such school.');
      requireMatch(request, school.version);
      requirePast(request.body.on);
      if (school.closedOn !== null)
        throw new ConflictError('school-closed', `This school is closed since ${school.closedOn}.`);
      const { successor, ...outcome } = await act(trx, school);
      const after = (await schoolByCode(trx, school.rcdts))!;
      const body = { school: after, successor, ...outcome };
      return {
        status: 200,
        body,
        etag: etagOf(after.version, fingerprint(after.district.name)),
      };
    });

  function requirePast(on: string): void {
    const today = todayOf(ctx.programs, null, ctx.clock.now());
    if (on > today)
      throw new InvalidInputError('What lies ahead can’t be recorded yet.', [
        { pointer: '/on', detail: `must be ${today} or earlier` },
      ]);
  }
}
