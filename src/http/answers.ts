import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Actor } from '../actor.ts';
import type { Context } from '../context.ts';
import { datesOf } from '../programs/today.ts';
import type { App } from './app.ts';
import { isKnown } from './etag.ts';

/**
 * Answers that are given again, byte for byte, as long as all that they were made from stands.
 *
 * A route whose reply follows from rows that it can name says in `config.version` how to ask for
 * their version. Beside these a reply may depend on who asks, on the address and on the date, and on
 * nothing else. The version is asked for before the reply is made, so one that is kept is never
 * newer in name than in content; and it is asked for on every request, in the statement that looks
 * up the key, so that what another process has changed is never told as it was.
 */
export interface Answers {
  /** Gives what was answered to the same request at this version. @returns whether it did */
  again(request: FastifyRequest, reply: FastifyReply, version: string): boolean;
  /** How to ask for the version of what an address was answered with; undefined: nothing is kept. */
  versionOf(url: string): (() => Promise<string | undefined>) | undefined;
  /** What the actor was answered at this version. */
  standing(actor: Actor, url: string, version: string | undefined): Kept | undefined;
}

/** @param most bytes to keep; what was not asked for the longest is forgotten first */
export function installAnswers(app: App, ctx: Context, most = MOST): Answers {
  const kept = new Map<string, Kept>();
  const versions = new Map<string, Kept['ask']>();
  let bytes = 0;
  app.decorateRequest('keepAs', null);

  app.addHook('onSend', (request, reply, payload, done) => {
    const { keepAs } = request;
    const { statusCode } = reply;
    if (keepAs !== null && (statusCode === 200 || statusCode === 304)) {
      const body = statusCode === 200 ? bytesOf(payload) : null;
      if (body !== undefined) {
        keep(keepAs.name, { ...keepAs, ...answer(reply, body), ...aboutRoute(request) });
      }
    }
    done(null, payload);
  });

  function keep(name: string, entry: Kept): void {
    forget(name);
    kept.set(name, entry);
    versions.set(entry.url, entry.ask);
    bytes += sizeOf(name, entry);
    for (const oldest of kept.keys()) {
      if (bytes <= most) break;
      forget(oldest);
    }
  }

  function forget(name: string): void {
    const entry = kept.get(name);
    if (!entry || !kept.delete(name)) return;
    // Others may have been answered at the same address; they are found without it.
    versions.delete(entry.url);
    bytes -= sizeOf(name, entry);
  }

  return {
    again(request, reply, version) {
      if (request.method !== 'GET') return false;
      const name = nameOf(ctx, request.actor, request.url);
      const entry = kept.get(name);
      const known = entry?.version === version && isKnown(request.headers, entry.headers.etag);
      if (entry?.version !== version || (entry.body === null && !known)) {
        request.keepAs = { name, version };
        return false;
      }
      kept.delete(name);
      kept.set(name, entry);
      reply.headers(entry.headers);
      if (known) reply.code(304).send();
      else reply.send(entry.body);
      return true;
    },
    versionOf: (url) => versions.get(url),
    standing(actor, url, version) {
      const entry = kept.get(nameOf(ctx, actor, url));
      return version !== undefined && entry?.version === version ? entry : undefined;
    },
  };
}

const MOST = 64 * 1024 * 1024;

interface Kept {
  version: string;
  url: string;
  /** Its route's pattern. */
  route: string;
  /** Asks for the version of today. */
  ask: () => Promise<string | undefined>;
  headers: { etag?: string; link?: string; 'content-type'?: string };
  /** Null: only that it is unchanged was told. */
  body: Buffer | null;
}

/** Who asks for what on which date. */
const nameOf = ({ programs, clock }: Context, actor: Actor, url: string): string =>
  `${datesOf(programs, clock.now())} ${nameOfActor(actor)} ${url}`;

function nameOfActor(actor: Actor): string {
  const name = actorNames.get(actor) ?? JSON.stringify(actor);
  actorNames.set(actor, name);
  return name;
}

const actorNames = new WeakMap<Actor, string>();

function aboutRoute({ url, params, query, routeOptions }: FastifyRequest) {
  const { version } = routeOptions.config;
  return { url, route: routeOptions.url ?? '', ask: async () => version?.({ params, query }) };
}

function answer(reply: FastifyReply, body: Buffer | null): Pick<Kept, 'headers' | 'body'> {
  const { etag, link, 'content-type': type } = reply.getHeaders();
  return {
    headers: {
      ...(typeof etag === 'string' && { etag }),
      ...(typeof link === 'string' && { link }),
      ...(body !== null && typeof type === 'string' && { 'content-type': type }),
    },
    body,
  };
}

function bytesOf(payload: unknown): Buffer | undefined {
  if (typeof payload === 'string') return Buffer.from(payload);
  return Buffer.isBuffer(payload) ? payload : undefined;
}

/** With what a map and small objects take beside. */
const sizeOf = (name: string, { body }: Kept): number => (body?.length ?? 0) + name.length + 500;
