import formbody from '@fastify/formbody';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import type { Context } from '../context.ts';
import { messagesFor } from '../digests/languages.ts';
import { holdSwitchedOff } from '../digests/switched-off.ts';
import { readToken, unsubscribeSecret } from '../digests/unsubscribe.ts';
import { NotFoundError } from '../errors.ts';
import type { App } from '../http/app.ts';
import { preferencesOf, switchOff } from './store.ts';
import { askingPage, donePage } from './unsubscribe-page.ts';

/**
 * The address in the headers of an optional mail. Whoever opens it changes nothing, since many
 * programs open every link; a POST, from the page's button or from a mail program, switches off.
 */
export function unsubscribeRoutes(app: App, ctx: Context): void {
  // The token is all that is needed: a mail program has no key.
  const config = { policy: 'public' as const };
  const params = z.strictObject({ token: z.string() });
  const response = { 200: z.string() };

  app.get(
    '/unsubscribe/:token',
    { config, schema: { hide: true, params, response } },
    async (request, reply) => {
      const { personId } = await tokenIn(request.params.token);
      return sendPage(reply, askingPage(await wordsOf(personId)));
    },
  );

  // A scope of its own, since only here bodies are forms.
  app.register(async (scope: App) => {
    scope.removeAllContentTypeParsers();
    await scope.register(formbody, { bodyLimit: FORM_LIMIT });
    // RFC 8058 lets a mail program send the one field in either encoding.
    scope.addContentTypeParser<string>(
      'multipart/form-data',
      { parseAs: 'string', bodyLimit: FORM_LIMIT },
      (_request, body, done) =>
        done(null, ONE_CLICK.test(body) ? { 'List-Unsubscribe': 'One-Click' } : {}),
    );
    scope.post(
      '/unsubscribe/:token',
      { config, schema: { hide: true, params, body: oneClick, response } },
      async (request, reply) => {
        const { personId, kinds } = await tokenIn(request.params.token);
        await ctx.db.transaction().execute(async (trx) => {
          if (!(await switchOff(trx, personId, kinds, ctx.clock.now()))) throw invalid();
          await holdSwitchedOff(trx, ctx.programs);
        });
        return sendPage(reply, donePage(await wordsOf(personId)));
      },
    );
  });

  async function tokenIn(token: string) {
    const read = readToken(await unsubscribeSecret(ctx.db, ctx.clock.now()), token);
    if (read) return read;
    throw invalid();
  }
  const wordsOf = async (personId: string) =>
    messagesFor((await preferencesOf(ctx.db, personId)).language);
}

const oneClick = z.strictObject({ 'List-Unsubscribe': z.literal('One-Click') });
const ONE_CLICK = /name="List-Unsubscribe"\r?\n(?:[^\r\n]+\r?\n)*\r?\nOne-Click\r?\n/;
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
