import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Context } from '../context.ts';
import { cookieHeader, readCookie } from '../http/cookies.ts';
import { newSecret } from '../http/secrets.ts';

/** The secret that binds what begins here to this browser; sets a new one where there is none. */
export function browserOf(ctx: Context, request: FastifyRequest, reply: FastifyReply): string {
  const browser = readCookie(ctx.config, 'browser', request.headers.cookie) ?? newSecret();
  reply.header('set-cookie', cookieHeader(ctx.config, 'browser', browser, BROWSER_SECONDS));
  return browser;
}

/** Longer than a page is left open before its form is sent. */
const BROWSER_SECONDS = 86_400;
