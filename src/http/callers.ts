import type { FastifyRequest } from 'fastify';
import type { Actor } from '../actor.ts';
import { bootstrap } from './authenticate.ts';
import { isDatabaseGone } from './database-gone.ts';
import { UnauthenticatedError } from './http-errors.ts';
import { addressOf, Buckets } from './limiter.ts';
import { hashOfSecret } from './secrets.ts';

/** Requests that one key or person, or one address without either, may make within {@link WINDOW}. */
export interface Limits {
  perKey: number;
  perAddress: number;
  /** Acts of signing in that one address may make within ten minutes. */
  perSignIn?: number;
}

const WINDOW = 10_000;
/** 200 a second for a key or a person, 50 for whoever has none, each spread over ten seconds. */
export const usualLimits: Limits = { perKey: 2000, perAddress: 500 };

/**
 * Who is let in, and how often. A stranger costs others nothing: the address is counted first, then
 * nothing but the credential is looked up, and all else is asked only once that was good.
 *
 * A credential that was good a moment ago is known. Its holder is not put off by strangers at the same
 * address, and what a request needs may be asked for together with it. It is looked up anew on every
 * request all the same, and is known no more as soon as it is refused.
 */
export class Callers {
  readonly #addresses: Buckets;
  readonly #callers: Buckets;
  readonly #isExempt: (credential: string) => boolean;
  /** Digests of credentials, with the time up to which they are known; the oldest first. */
  readonly #known = new Map<string, number>();

  /** @param isExempt tells, without asking anybody, whose credential is good whatever is counted */
  constructor(
    { perKey, perAddress }: Limits,
    isExempt: (credential: string) => boolean = () => false,
  ) {
    this.#isExempt = isExempt;
    this.#addresses = new Buckets(perAddress, WINDOW);
    this.#callers = new Buckets(perKey, WINDOW);
  }

  isKnown(credential: string | undefined): boolean {
    return credential !== undefined && this.#knows(credential, nameOf(credential));
  }

  /** @throws TooManyRequestsError when too many strangers come from there */
  countAddress(request: Pick<FastifyRequest, 'ip'>): void {
    this.#addresses.take(addressOf(request));
  }

  /** @throws TooManyRequestsError when the caller asks too often */
  countCaller(actor: Actor): void {
    if (actor !== bootstrap) this.#callers.take(actor.id);
  }

  /**
   * @param credential the text that stands for the caller; undefined: there is none
   * @param whoAsks finds out whose it is, and throws when it is nobody's
   * @returns who it is, and whether the credential was known before that is certain
   * @throws TooManyRequestsError when too many strangers come from there
   */
  letIn(
    request: Pick<FastifyRequest, 'ip'>,
    credential: string | undefined,
    whoAsks: () => Promise<Actor>,
  ): { known: boolean; actor: Promise<Actor> } {
    const name = credential === undefined ? '' : nameOf(credential);
    const known = credential !== undefined && this.#knows(credential, name);
    if (!known) this.countAddress(request);
    const actor = whoAsks().then(
      (actor) => {
        if (!known) this.#addresses.giveBack(addressOf(request));
        this.#remember(name);
        return actor;
      },
      (error) => {
        this.#refused(request, name, known, error);
        throw error;
      },
    );
    return { known, actor };
  }

  #knows(credential: string, name: string): boolean {
    return (this.#known.get(name) ?? 0) > performance.now() || this.#isExempt(credential);
  }

  #refused(
    request: Pick<FastifyRequest, 'ip'>,
    name: string,
    known: boolean,
    error: unknown,
  ): void {
    // Nobody is a stranger because the database is away.
    if (isDatabaseGone(error)) {
      if (!known) this.#addresses.giveBack(addressOf(request));
    } else if (known && error instanceof UnauthenticatedError) {
      this.#known.delete(name);
      this.countAddress(request);
    }
  }

  #remember(name: string): void {
    const now = performance.now();
    const until = this.#known.get(name) ?? 0;
    if (until - now > KNOWN_FOR / 2) return;
    this.#known.delete(name);
    this.#known.set(name, now + KNOWN_FOR);
    const [oldest] = this.#known.keys();
    if (this.#known.size > MOST_KNOWN && oldest !== undefined) this.#known.delete(oldest);
  }
}

/** In milliseconds. */
const KNOWN_FOR = 60_000;
const MOST_KNOWN = 20_000;

const nameOf = (credential: string): string => hashOfSecret(credential).toString('base64');
