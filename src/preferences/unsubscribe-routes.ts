import formbody from '@fastify/formbody';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import type { Context } from '../context.ts';
import { messagesFor } from '../digests/languages.ts';
import { readToken, unsubscribeSecret } from '../digests/unsubscribe.ts';
import { NotFoundError } from '../errors.ts';
import type { App } from '../http/app.ts';
import { baseOf } from '../http/base.ts';
import { PREFERENCES_PATH } from '../layout/way-back.ts';
import { allOptionalKinds } from '../programs/optional-kinds.ts';
import { changePreferences } from './change.ts';
import { preferencesOf } from './store.ts';
import { ACTS, type Act, type UnsubscribePage, unsubscribePage } from './unsubscribe-page.ts';

/**
 * The address in the headers of an optional mail. Whoever opens it changes nothing, since many
 * programs open every link; a POST, from the page's button or from a mail program, switches off, and
 * another on again. A link may name kinds that can't be switched off any more: they are left alone.
 */
export function unsubscribeRoutes(app: App, ctx: Context): void {
  // The token is all that is needed: a mail program has no key.
  const config = { policy: 'public' as const };
  const params = z.strictObject({ token: z.string() });
  const response = { 200: z.string() };
  const optional = allOptionalKinds(ctx.programs);

  app.get(
    '/unsubscribe/:token',
    { config, schema: { hide: true, params, response } },
    async (request, reply) => sendPage(reply, await pageFor(await tokenIn(request.params.token))),
  );

  // A scope of its own, since only here bodies are forms.
  app.register(async (scope: App) => {
    scope.removeAllContentTypeParsers();
    await scope.register(formbody, { bodyLimit: FORM_LIMIT });
    // RFC 8058 lets a mail program send the one field in either encoding; some call it plain text.
    for (const [type, field] of [
      ['multipart/form-data', ONE_PART],
      ['text/plain', ONE_LINE],
    ] as const)
      scope.addContentTypeParser<string>(
        type,
        { parseAs: 'string', bodyLimit: FORM_LIMIT },
        (_request, body, done) =>
          done(null, field.test(body) ? { 'List-Unsubscribe': 'One-Click' } : { body }),
      );
    scope.post(
      '/unsubscribe/:token',
      { config, schema: { hide: true, params, body: asked, response } },
      async (request, reply) => {
        const act = request.body['List-Unsubscribe'];
        const link = await tokenIn(request.params.token);
        await ctx.db.transaction().execute((trx) =>
          changePreferences(ctx, trx, link.personId, (before) => {
            const switchedOff = switched(before.switchedOff, link, act);
            return switchedOff && { ...before, switchedOff };
          }),
        );
        return sendPage(reply, await pageFor(link, act));
      },
    );
  });

  async function tokenIn(token: string): Promise<Link> {
    const read = readToken(await unsubscribeSecret(ctx.db, ctx.clock.now()), token);
    if (!read) throw invalid();
    const kinds = optional.filter(({ kind }) => read.kinds.includes(kind));
    return { personId: read.personId, kinds, others: kinds.length < read.kinds.length };
  }

  /** Null: it is so already. */
  function switched(before: readonly string[], { kinds }: Link, act: Act): string[] | null {
    const named = kinds.map(({ kind }) => kind);
    const isSo = named.every((kind) => before.includes(kind) === (act === 'One-Click'));
    if (isSo) return null;
    const others = optional.flatMap(({ kind }) =>
      before.includes(kind) && !named.includes(kind) ? [kind] : [],
    );
    return act === 'One-Click' ? [...others, ...named] : others;
  }

  async function pageFor({ personId, kinds, others }: Link, done: Act | null = null) {
    const { language, switchedOff } = await preferencesOf(ctx.db, personId);
    return unsubscribePage({
      ...{ messages: messagesFor(language), kinds, others, done },
      stopped: kinds.every(({ kind }) => switchedOff.includes(kind)),
      preferencesUrl: baseOf(ctx) + PREFERENCES_PATH,
    });
  }
}

/** What a token comes to today. */
interface Link extends Pick<UnsubscribePage, 'kinds' | 'others'> {
  personId: string;
}

/** Some mail programs send the request alone, and leave its one field out. */
const asked = z.strictObject({ 'List-Unsubscribe': z.enum(ACTS).default('One-Click') });
const ONE_LINE = /^\s*(List-Unsubscribe=One-Click\s*)?$/;
const ONE_PART = /name="List-Unsubscribe"\r?\n(?:[^\r\n]+\r?\n)*\r?\nOne-Click\r?\n/;
const FORM_LIMIT = 10_000;

const invalid = () =>
  new NotFoundError('This address is not valid. Take it from a mail as it stands there.');

/** Nothing is loaded, nothing runs, and the address is told to nobody. */
const sendPage = (reply: FastifyReply, page: string): FastifyReply =>
  reply
    .header(
      'content-security-policy',
      "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'",
    )
    .header('referrer-policy', 'no-referrer')
    .header('cache-control', 'no-store')
    .type('text/html; charset=utf-8')
    .send(page);
