import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { Context } from '../context.ts';
import type { App } from '../http/app.ts';
import { baseOf } from '../http/base.ts';
import { isPlainLocal, readCookie } from '../http/cookies.ts';
import { addressOf, limiter } from '../http/limiter.ts';
import { pageScope } from '../layout/page-scope.ts';
import { proofOf, requireProof } from '../layout/proof.ts';
import { wayBack } from '../layout/way-back.ts';
import { personById } from '../people/person-store.ts';
import { beginWithLink, redeem } from './attempts.ts';
import { browserOf } from './browser-cookie.ts';
import { leadOn, letIn, type Outcome } from './let-in.ts';
import { askerOf } from './link-secret.ts';
import { linkPage, otherBrowserPage, sentPage, signInPage } from './pages.ts';
import { SIGN_IN_WINDOW, usualPerSignIn } from './rate.ts';
import { mayUseLink } from './who-may.ts';

/** Signing in by a link in a mail: pages and forms. */
export function linkRoutes(app: App, ctx: Context, perSignIn = usualPerSignIn): void {
  if (ctx.config.publicUrl.startsWith('http:') && !isPlainLocal(ctx.config))
    ctx.log.warn(
      'PUBLIC_URL is plain HTTP: browsers keep no cookie of ours there, so nobody can sign in. Put HTTPS in front.',
    );
  pageScope(app, ctx, (scope) => {
    const config = { policy: 'public' as const };
    const response = { 200: z.string() };
    const count = limiter(perSignIn, SIGN_IN_WINDOW);
    const onRequest = (request: FastifyRequest) => count(addressOf(request));
    const proof = z.string().max(100);
    const params = z.strictObject({ secret: z.string().max(100) });

    // Whoever types the address alone wants their own page, or the way in to it.
    scope.get('/', { config, schema: { hide: true, response } }, async (_, reply) =>
      reply.redirect(`${baseOf(ctx)}/me`, 303),
    );

    const querystring = z.object({ to: wayBack.optional() });
    scope.get(
      '/sign-in',
      { config, schema: { hide: true, querystring, response } },
      async (request, reply) => {
        const browser = browserOf(ctx, request, reply);
        const place = { base: baseOf(ctx), proof: proofOf(browser) };
        const back = request.query.to ?? null;
        return reply.send(signInPage(place, ctx.config.provider !== null, back));
      },
    );

    scope.post(
      '/sign-in',
      {
        config,
        onRequest,
        schema: {
          hide: true,
          body: z.strictObject({
            proof,
            email: z.string().trim().min(3).max(254),
            to: wayBack.optional(),
          }),
          response,
        },
      },
      async (request, reply) => {
        const browser = readCookie(ctx.config, 'browser', request.headers.cookie);
        requireProof(browser, request.body.proof);
        const { email, to: back = null } = request.body;
        const now = ctx.clock.now();
        const asker = await askerOf(ctx.db, addressOf(request), now);
        // Whose address it is, if anybody's, is found out in the background: no reply tells.
        await ctx.db.transaction().execute(async (trx) => {
          const begun = { email, browser: browser!, asker, back };
          const attemptId = await beginWithLink(trx, begun, now);
          await ctx.queue.send(trx, 'mail-sign-in-link', [{ attemptId }]);
        });
        return reply.redirect(`${baseOf(ctx)}/sign-in/sent`, 303);
      },
    );

    scope.get('/sign-in/sent', { config, schema: { hide: true, response } }, async (_, reply) =>
      reply.send(sentPage(baseOf(ctx))),
    );

    // Scanners open every link, and some run its scripts: they are nobody, for whom nothing is looked up,
    // and nothing changes.
    scope.get(
      '/sign-in/links/:secret',
      { config, schema: { hide: true, params, response } },
      async (request, reply) => {
        const browser = readCookie(ctx.config, 'browser', request.headers.cookie);
        if (await leadOn(ctx, request, reply, 'link', request.params.secret)) return reply;
        if (browser === null) return reply.send(otherBrowserPage(ctx.config));
        const place = { base: baseOf(ctx), proof: proofOf(browser) };
        return reply.send(linkPage(place, request.params.secret));
      },
    );

    scope.post(
      '/sign-in/links/:secret',
      {
        config,
        onRequest,
        schema: { hide: true, params, body: z.strictObject({ proof }), response },
      },
      async (request, reply) => {
        const browser = readCookie(ctx.config, 'browser', request.headers.cookie);
        if (await leadOn(ctx, request, reply, 'link', request.params.secret)) return reply;
        requireProof(browser, request.body.proof);
        return letIn(ctx, request, reply, 'link', async (trx): Promise<Outcome> => {
          const now = ctx.clock.now();
          const used = await redeem(trx, 'link', request.params.secret, browser, now);
          if (typeof used === 'string') return { refused: used };
          const person = await personById(trx, used.person!);
          // The mail went to an address that may be somebody else's by now.
          if (person?.email.toLowerCase() !== used.email?.toLowerCase())
            return { refused: 'addressChanged', person: used.person };
          const actor = await mayUseLink(ctx, trx, used.person!);
          if (typeof actor === 'string') return { refused: actor, person: used.person };
          return { actor, back: used.back };
        });
      },
    );
  });
}
