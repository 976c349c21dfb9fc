import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { Context } from '../context.ts';
import { InvalidInputError, StaleVersionError } from '../errors.ts';
import type { App } from '../http/app.ts';
import { baseOf } from '../http/base.ts';
import { answerTo } from '../http/problems.ts';
import { derived, newSecret } from '../http/secrets.ts';
import { administered, recordFacts } from '../http/witnessed.ts';
import { answeredOnce, sendAnswer } from '../http/write.ts';
import { pageScope } from '../layout/page-scope.ts';
import { proofOf, requireProof } from '../layout/proof.ts';
import { personById } from '../people/person-store.ts';
import { changePreferences } from '../preferences/change.ts';
import { preferencesOf } from '../preferences/store.ts';
import type { Typed } from './fields.ts';
import { claimOf } from './once.ts';
import { PREFERENCES_PATH } from './paths.ts';
import { faultsByField, formFor, preferencesTyped, typedOf } from './preferences-form.ts';
import { type PreferencesPage, preferencesPage } from './preferences-page.ts';
import { isTellable, refused } from './refused.ts';

/** The page on which people choose which emails they receive, and when. */
export function preferencesPageRoutes(app: App, ctx: Context): void {
  const config = {
    policy: 'preferences.set',
    subject: async ({ actor }: FastifyRequest) => ({ person: actor.person }),
    signedIn: true,
  } as const;
  const response = { 200: z.string() };
  pageScope(app, ctx, (scope) => {
    scope.get(PREFERENCES_PATH, {
      config,
      schema: { hide: true, querystring: asked, response },
      handler: async (request, reply) => {
        const saved = request.query.said === saidTo(request);
        return reply.send(await pageFor(request, { saved, failed: null }));
      },
    });

    scope.post(PREFERENCES_PATH, {
      config,
      schema: { hide: true, body: sent, response },
      handler: async (request, reply) => {
        const { proof, once, version, shown, ...rest } = request.body;
        requireProof(request.session!.token, proof);
        const typed = rest as Typed;
        try {
          const claim = claimOf(ctx, request, once, { version, shown, ...typed });
          const given = await answeredOnce(ctx.db, claim, async (trx) => {
            await changePreferences(ctx, trx, request.actor.person!, (before) => {
              if (before.version !== version)
                throw new StaleVersionError(
                  'The preferences have changed since the page was made.',
                );
              return preferencesTyped(ctx.programs, typed, { shown }, before);
            });
            const fact = administered(request);
            if (fact) await recordFacts(trx, ctx.clock.now(), [fact]);
            const location = `${baseOf(ctx)}${PREFERENCES_PATH}?said=${saidTo(request)}`;
            return { status: 303, headers: { location }, body: null };
          });
          return sendAnswer(reply, given);
        } catch (error) {
          return tellFailure(request, reply, typed, error);
        }
      },
    });
  });

  /** The page again, with why it came to nothing and all that was chosen. */
  async function tellFailure(
    request: FastifyRequest,
    reply: FastifyReply,
    typed: Typed,
    error: unknown,
  ) {
    if (!isTellable(error)) throw error;
    const faults = error instanceof InvalidInputError ? faultsByField(error) : {};
    const failed = { why: refused(error), faults };
    const page = await pageFor(request, { saved: false, failed }, typed);
    return reply.code(answerTo(error).status).send(page);
  }

  async function pageFor(
    { actor, session }: FastifyRequest,
    outcome: Pick<PreferencesPage, 'saved' | 'failed'>,
    typed?: Typed,
  ): Promise<string> {
    const { email } = (await personById(ctx.db, actor.person!))!;
    const now = await preferencesOf(ctx.db, actor.person!);
    const form = formFor(ctx.programs, actor, now);
    return preferencesPage({
      ...{ base: baseOf(ctx), proof: proofOf(session!.token), once: newSecret(), email, form },
      ...{ version: now.version, typed: typed ?? typedOf(now, form) },
      ...outcome,
    });
  }
}

/** Anybody can make up an address; this one tells only whoever has saved that they did. */
const saidTo = ({ session }: FastifyRequest): string => derived(session!.token, 'preferences');

/** Programs that look at mails, or forward them, add parameters of their own. */
const asked = z.object({ said: z.string().max(100).optional().catch(undefined) });

const sent = z
  .object({
    proof: z.string().max(100),
    once: z.string().min(20).max(100),
    version: z.coerce.number().int().min(0),
    shown: z.string().max(10_000),
  })
  .catchall(z.string());
