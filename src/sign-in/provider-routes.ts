import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { Context } from '../context.ts';
import type { App } from '../http/app.ts';
import { readCookie } from '../http/cookies.ts';
import { addressOf, limiter } from '../http/limiter.ts';
import { newSecret } from '../http/secrets.ts';
import { pageScope } from '../layout/page-scope.ts';
import { wayBack } from '../layout/way-back.ts';
import { actorOfPerson } from '../people/actor-of-person.ts';
import { beginWithProvider, redeem } from './attempts.ts';
import { browserOf } from './browser-cookie.ts';
import { type Claims, personOfClaims } from './identity-store.ts';
import { leadOn, letIn, type Outcome, refuse } from './let-in.ts';
import { openIdProvider, ProviderRefusal } from './provider.ts';
import { SIGN_IN_WINDOW, usualPerSignIn } from './rate.ts';

const WAY = 'provider';

/** Signing in through the state's provider. Without one, its addresses do not exist. */
export function providerRoutes(app: App, ctx: Context, perSignIn = usualPerSignIn): void {
  if (ctx.config.provider === null) return;
  const redirect = `${ctx.config.publicUrl}/sign-in/callback`;
  const provider = openIdProvider(ctx.config.provider, redirect);
  pageScope(app, ctx, (scope) => {
    const config = { policy: 'public' as const };
    const response = { 200: z.string() };
    const count = limiter(perSignIn, SIGN_IN_WINDOW);
    const onRequest = (request: FastifyRequest) => count(addressOf(request));

    const querystring = z.object({ to: wayBack.optional() });
    // No form: its policy would have to name every host that the provider may lead on to.
    scope.get(
      '/sign-in/provider',
      { config, onRequest, schema: { hide: true, querystring, response } },
      async (request, reply) => {
        const browser = browserOf(ctx, request, reply);
        const secret = newSecret();
        const entrance = await provider.entrance(browser, secret);
        const back = request.query.to ?? null;
        await beginWithProvider(ctx.db, { browser, secret, back }, ctx.clock.now());
        return reply.redirect(entrance.href, 303);
      },
    );

    scope.get(
      '/sign-in/callback',
      {
        config,
        onRequest,
        // Providers add parameters of their own.
        schema: { hide: true, querystring: z.looseObject({}), response },
      },
      async (request, reply) => {
        const address = new URL(redirect + new URL(request.url, redirect).search);
        const state = address.searchParams.get('state') ?? '';
        const browser = readCookie(ctx.config, 'browser', request.headers.cookie);
        if (await leadOn(ctx, request, reply, WAY, state)) return reply;
        const used = await redeem(ctx.db, WAY, state, browser, ctx.clock.now());
        if (typeof used === 'string') return refuse(ctx, request, WAY, { refused: used });
        const claims = await provider.claims(address, browser!, state).catch((error) => {
          if (!(error instanceof ProviderRefusal)) throw error;
          return refuse(ctx, request, WAY, { refused: error.reason });
        });
        return letIn(ctx, request, reply, WAY, async (trx) => ({
          ...(await whoIs(trx, claims)),
          back: used.back,
        }));
      },
    );
  });

  async function whoIs(trx: Parameters<typeof personOfClaims>[0], claims: Claims) {
    const person = await personOfClaims(trx, claims, ctx.clock.now());
    if (person === null)
      return {
        refused: 'unknownSubject',
        stranger: { issuer: claims.issuer, subject: claims.subject },
      } satisfies Outcome;
    const actor = await actorOfPerson(trx, ctx, person);
    return (actor ? { actor } : { refused: 'holdsNoRole', person }) satisfies Outcome;
  }
}
