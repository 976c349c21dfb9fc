import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Actor } from '../actor.ts';
import type { Context, Trx } from '../context.ts';
import type { SignInWay } from '../db/tables.ts';
import { baseOf } from '../http/base.ts';
import { cookieHeader, forgottenCookie, readCookie } from '../http/cookies.ts';
import { SignInRefusedError, UnauthenticatedError } from '../http/http-errors.ts';
import { wayBack } from '../layout/way-back.ts';
import { whereUsedLeads } from './attempts.ts';
import { sessionOf } from './session.ts';
import { endSessionOf, startSession } from './session-store.ts';
import { witness } from './witness.ts';

/** Who came in, and which page they asked for, if any; or why nobody did. */
export type Outcome = { actor: Actor; back?: string | null } | Refused;

interface Refused {
  refused: string;
  person?: string | null;
  /** Whom the provider named, where nobody here is known by that: for the administrator. */
  stranger?: { issuer: string; subject: string };
}

/**
 * Lets somebody in, or not: `decide` uses the attempt up and says who it is, in the transaction in
 * which the session begins. Whatever session the browser had ends with it, so that no cookie from
 * before is good for what comes after.
 *
 * @throws SignInRefusedError
 */
export async function letIn(
  ctx: Context,
  request: FastifyRequest,
  reply: FastifyReply,
  way: SignInWay,
  decide: (trx: Trx) => Promise<Outcome>,
): Promise<FastifyReply> {
  const { config, clock, db } = ctx;
  const now = clock.now();
  const before = readCookie(config, 'session', request.headers.cookie);
  const browser = (request.headers['user-agent'] ?? 'unknown').slice(0, 200);
  const { outcome, token } = await db.transaction().execute(async (trx) => {
    const outcome = await decide(trx);
    // Returned, not thrown: an attempt that is refused is used up all the same.
    if ('refused' in outcome) return { outcome, token: null };
    if (before !== null) await endSessionOf(trx, before, now);
    const person = outcome.actor.person!;
    await witness(ctx, trx, { type: 'signedIn', way, person, requestId: request.id });
    return { outcome, token: await startSession(trx, { person, way, browser }, now) };
  });
  if ('refused' in outcome) return refuse(ctx, request, way, outcome);

  request.actor = outcome.actor;
  return reply
    .header('set-cookie', cookieHeader(config, 'session', token!))
    .header('set-cookie', forgottenCookie(config, 'browser'))
    .redirect(`${baseOf(ctx)}${pageOf(outcome)}`, 303);
}

/**
 * Leads on whoever is signed in and comes once more by a link, or back to the provider's answer, that has
 * been used: to the page that it led to. @returns whether it did
 */
export async function leadOn(
  ctx: Context,
  request: FastifyRequest,
  reply: FastifyReply,
  way: SignInWay,
  secret: string,
): Promise<boolean> {
  const session = await sessionOf(ctx, request).catch((error) => {
    if (error instanceof UnauthenticatedError) return null;
    throw error;
  });
  if (session === null) return false;
  const { person } = session.actor;
  const back = await whereUsedLeads(ctx.db, way, secret, person!, ctx.clock.now());
  if (back === undefined) return false;
  await reply.redirect(`${baseOf(ctx)}${pageOf({ back })}`, 303);
  return true;
}

/** Looked at once more: an address that leads elsewhere would be a trap. */
const pageOf = ({ back }: { back?: string | null }): string =>
  wayBack.safeParse(back).data ?? '/me';

/** @throws SignInRefusedError always, having told the log why */
export async function refuse(
  ctx: Context,
  request: FastifyRequest,
  way: SignInWay,
  { refused, person = null, stranger }: Refused,
): Promise<never> {
  await witness(ctx, ctx.db, {
    type: 'refused',
    way,
    person,
    reason: refused,
    requestId: request.id,
  });
  if (person !== null) request.turnedAway = `person:${person}`;
  request.refusal = { reason: refused, ...stranger };
  throw new SignInRefusedError(TOLD[way]);
}

const TOLD: Record<SignInWay, string> = {
  link: 'This link does not let you in. It works once, for ten minutes, and in the browser in which you asked for it. Ask for a new one.',
  provider:
    'The state account does not let you in here. Begin again at the sign-in page; if that does not help, ask an administrator whether your account is known here.',
};
