import type { IncomingMessage, ServerResponse } from 'node:http';
import type { FastifyBaseLogger, FastifyInstance, FastifyRequest, RawServerDefault } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import type { Actor } from '../actor.ts';
import type { QuarantinedError } from '../errors.ts';
import type { Subject } from '../policy/can.ts';
import type { PolicyName } from '../policy/table.ts';
import type { Cursors } from './cursors.ts';

/** The server as the rooms see it: routes are typed by their zod schemas. */
export type App = FastifyInstance<
  RawServerDefault,
  IncomingMessage,
  ServerResponse,
  FastifyBaseLogger,
  ZodTypeProvider
>;

/** Finds what a request is about, before its body is read. Null: there is no such thing. */
export type SubjectOf = (request: FastifyRequest) => Promise<Subject | null>;

/** Somebody who has signed in, in one browser. */
export interface Session {
  id: string;
  actor: Actor;
  /** The secret in the cookie. */
  token: string;
}

/**
 * Whose session a request comes from; null when it carries none. Throws when it is over, or when
 * another site made the browser ask.
 */
export type SessionOf = (request: FastifyRequest) => Promise<Session | null>;

/** Undefined: it can't be told, or there is no such thing. */
export type VersionOf = (
  asked: Pick<FastifyRequest, 'params' | 'query'>,
) => Promise<string | undefined>;

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The row of the policy table that decides; a route without one stops the start. */
    policy?: PolicyName;
    /** For a route about one thing; left out where it is about many, or about something new. */
    subject?: SubjectOf;
    /** The subject is told by the address alone (`lookUp`), and asked for in one statement with the key. */
    subjectWithKey?: true;
    /** A page for people: only a session lets in, never a key. */
    signedIn?: true;
    /** Its query or body names things that may not be there: 404. */
    namesOthers?: true;
    /** A write to an existing resource, which has to call `requireMatch`. */
    ifMatch?: true;
    /** The reply carries an ETag; on a GET, `If-None-Match` is honoured (`conditional`). */
    etag?: true;
    /** Names the version of all rows that the reply to a GET is made from (`Answers`). */
    version?: VersionOf;
  }

  interface FastifyInstance {
    /** What stands in front of every address (`baseOf`). */
    base: string;
    /** For routes that take a cursor. */
    cursors: Cursors;
    /** Notes what could not be shown or used as it is stored. */
    setAside: (error: QuarantinedError) => void;
    /** Every route with the row of the policy table that decides. */
    keptRoutes: { methods: string[]; url: string; policy: PolicyName }[];
  }

  interface FastifyRequest {
    /** Who asks. Set before any handler of a route that is not public runs. */
    actor: Actor;
    /** Who was turned away, where that is known: an actor's id, for the audit alone. */
    turnedAway: string | null;
    /** What the audit is told of why a request was refused, beside its status. */
    refusal: Record<string, string> | null;
    /** By which session; null: by a key. */
    session: Session | null;
    /** The body as it came, for the fingerprint of a request; null without one. */
    rawBody: Buffer | null;
    /** Under which name and version the answer is kept; null: not at all. */
    keepAs: { name: string; version: string } | null;
  }
}
