import type { FastifyRequest } from 'fastify';
import { DateTime } from 'luxon';
import { z } from 'zod';
import type { Actor } from '../actor.ts';
import type { Context } from '../context.ts';
import { refusedPage } from '../delivery/refused-addresses.ts';
import type { App } from '../http/app.ts';
import { baseOf } from '../http/base.ts';
import { forgottenCookie } from '../http/cookies.ts';
import { UnauthenticatedError } from '../http/http-errors.ts';
import { idParams } from '../http/schemas.ts';
import { pageScope } from '../layout/page-scope.ts';
import { proofOf, requireProof } from '../layout/proof.ts';
import { personById } from '../people/person-store.ts';
import { caughtUp } from '../planning-years/clock-scan.ts';
import { listYears } from '../planning-years/find.ts';
import { can } from '../policy/can.ts';
import { sessionOf } from '../sign-in/session.ts';
import {
  endSessionOf,
  endSessions,
  openSessions,
  type SessionView,
} from '../sign-in/session-store.ts';
import { witness } from '../sign-in/witness.ts';
import { browserName } from './browser-name.ts';
import { type MePage, mePage } from './me-page.ts';
import { type OpenTask, openTasks } from './open-tasks.ts';
import { ADDRESSES_PATH, taskPath, yearPath } from './paths.ts';
import { rolesOf } from './roles.ts';

/** The page of whoever is signed in, and signing out. */
export function meRoutes(app: App, ctx: Context): void {
  pageScope(app, ctx, (scope) => {
    const response = { 200: z.string() };
    const body = z.strictObject({ proof: z.string().max(100) });
    // Not for everyone: the hook asks who it is, and shows the way in to whoever is nobody yet.
    const shared = { config: { policy: 'public' as const }, onRequest: requireSession(ctx) };

    scope.get('/me', { ...shared, schema: { hide: true, response } }, async (request, reply) => {
      await caughtUp(ctx);
      return reply.send(mePage(await sightOf(ctx, request)));
    });

    scope.post(
      '/me/sessions/:id/end',
      { ...shared, schema: { hide: true, params: idParams, body, response } },
      async (request, reply) => {
        const { person, session } = signedIn(request, request.body.proof);
        const { id } = request.params;
        if (id !== session.id && (await endSessions(ctx.db, person, ctx.clock.now(), id)) > 0)
          await witness(ctx, ctx.db, { type: 'sessionsEnded', person, requestId: request.id });
        return reply.redirect(`${baseOf(ctx)}/me`, 303);
      },
    );

    scope.post(
      '/sign-out',
      { ...shared, schema: { hide: true, body, response } },
      async (request, reply) => {
        const { person, session } = signedIn(request, request.body.proof);
        await ctx.db.transaction().execute(async (trx) => {
          await endSessionOf(trx, session.token, ctx.clock.now());
          await witness(ctx, trx, { type: 'signedOut', person, requestId: request.id });
        });
        return reply
          .header('set-cookie', forgottenCookie(ctx.config, 'session'))
          .redirect(`${baseOf(ctx)}/sign-in`, 303);
      },
    );
  });
}

const requireSession = (ctx: Context) => async (request: FastifyRequest) => {
  request.session = await sessionOf(ctx, request);
  if (!request.session) throw new UnauthenticatedError('Sign in at /sign-in.');
  request.actor = request.session.actor;
};

function signedIn({ session, actor }: FastifyRequest, proof: string) {
  requireProof(session!.token, proof);
  return { session: session!, person: actor.person! };
}

async function sightOf(ctx: Context, { actor, session }: FastifyRequest): Promise<MePage> {
  const now = ctx.clock.now();
  const person = (await personById(ctx.db, actor.person!))!;
  const { tasks, more } = await openTasks(ctx, actor);
  const under = { status: 'active' as const, limit: MOST_YEARS };
  const years = await listYears(ctx, actor, under, null, MOST_YEARS + 1);
  const sessions = await openSessions(ctx.db, person.id, now);
  const zone = ctx.programs.all[0]!.pack.program.zone;
  return {
    base: baseOf(ctx),
    proof: proofOf(session!.token),
    name: person.name,
    email: person.email,
    roles: await rolesOf(ctx, actor),
    tasks: byDay(tasks, baseOf(ctx)),
    moreTasks: more,
    addressesUrl: (await hasAddresses(ctx, actor)) ? baseOf(ctx) + ADDRESSES_PATH : null,
    years: years.slice(0, MOST_YEARS).map(({ id, organizationName, year }) => ({
      ...{ title: `${organizationName}, ${year}`, url: baseOf(ctx) + yearPath(id) },
    })),
    moreYears: years.length > MOST_YEARS,
    sessions: sessions.map((each) => ({
      id: each.id,
      about: aboutSession(each, zone),
      current: each.id === session!.id,
    })),
  };
}

const hasAddresses = async (ctx: Context, actor: Actor): Promise<boolean> =>
  can(actor, 'addresses.mend', null) === 'yes' &&
  (await refusedPage(ctx, actor, { after: null, fetch: 1 })).length > 0;

const MOST_YEARS = 100;

const byDay = (tasks: OpenTask[], base: string): MePage['tasks'] =>
  [...Map.groupBy(tasks, whenOf)].map(([when, items]) => ({
    when,
    late: items[0]!.late,
    items: items.map(({ id, title, where, waits }) => ({
      ...{ title, where, waits, url: base + taskPath(id) },
    })),
  }));

const whenOf = ({ dueOn, late, over }: OpenTask): string =>
  dueOn === null
    ? 'Date to be announced'
    : `${late ? 'Late: ' : over ? 'Was on ' : ''}${day(dueOn)}`;

const day = (iso: string): string =>
  DateTime.fromISO(iso, { zone: 'utc', locale: 'en-US' }).toLocaleString(DateTime.DATE_HUGE);

function aboutSession({ way, browser, createdAt }: SessionView, zone: string): string {
  const since = DateTime.fromJSDate(createdAt, { zone }).setLocale('en-US');
  const how = way === 'link' ? 'by a link' : 'with the state account';
  return `Since ${since.toLocaleString(DateTime.DATETIME_MED)}, ${how}, ${browserName(browser)}`;
}
