import { isIPv6 } from 'node:net';
import type { FastifyRequest } from 'fastify';
import { TooManyRequestsError } from './http-errors.ts';

/** Counts one request in a bucket. @throws TooManyRequestsError when there are too many */
export type Count = (bucket: string) => Promise<void>;

/** Counts requests in buckets, and refuses those beyond `max` of one in a window of milliseconds. */
export function limiter(max: number, timeWindow: number): Count {
  const buckets = new Buckets(max, timeWindow);
  return async (bucket) => buckets.take(bucket);
}

/**
 * Requests by bucket, each bucket with a window of its own that begins with its first request. Of more
 * buckets than are kept the oldest is forgotten, so that nobody fills the memory with addresses.
 */
export class Buckets {
  readonly #max: number;
  readonly #window: number;
  readonly #buckets = new Map<string, { count: number; until: number }>();

  /** @param timeWindow in milliseconds */
  constructor(max: number, timeWindow: number) {
    this.#max = max;
    this.#window = timeWindow;
  }

  /** Counts one more. @throws TooManyRequestsError when there are too many */
  take(bucket: string): void {
    const now = performance.now();
    const known = this.#buckets.get(bucket);
    if (known === undefined || known.until <= now) {
      this.#buckets.delete(bucket);
      this.#buckets.set(bucket, { count: 1, until: now + this.#window });
      if (this.#buckets.size > MOST_BUCKETS)
        this.#buckets.delete(this.#buckets.keys().next().value!);
    } else if (known.count < this.#max) known.count += 1;
    else throw new TooManyRequestsError(Math.ceil((known.until - now) / 1000));
  }

  /** Takes back one that turned out not to count. */
  giveBack(bucket: string): void {
    const known = this.#buckets.get(bucket);
    if (known !== undefined && known.count > 0) known.count -= 1;
  }
}

const MOST_BUCKETS = 20_000;

/**
 * The caller's address, as far as it is one caller's: whoever has one IPv6 address has the 2^64 that
 * begin alike.
 */
export function addressOf({ ip }: Pick<FastifyRequest, 'ip'>): string {
  if (!isIPv6(ip) || ip.startsWith('::ffff:')) return ip;
  const [head = '', tail] = ip.split('%')[0]!.split('::');
  const groups = head === '' ? [] : head.split(':');
  const behind = tail ? tail.split(':').length : 0;
  const zeros = tail === undefined ? 0 : 8 - groups.length - behind;
  const whole = [...groups, ...Array<string>(zeros).fill('0'), ...(tail ? tail.split(':') : [])];
  return whole
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':');
}
