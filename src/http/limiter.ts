import { isIPv6 } from 'node:net';
import type { FastifyRequest } from 'fastify';
import type { App } from './app.ts';
import { TooManyRequestsError } from './http-errors.ts';

/** Counts one request in a bucket. @throws TooManyRequestsError when there are too many */
export type Count = (bucket: string) => Promise<void>;

/**
 * Counts requests in buckets, and refuses those beyond `max` of one in a window of so many
 * milliseconds. The server must have the rate-limit plugin.
 */
export function limiter(app: App, max: number, timeWindow: number): Count {
  const keyGenerator = (request: object) => (request as { bucket: string }).bucket;
  const count = app.createRateLimit({ max, timeWindow, keyGenerator });
  return async (bucket) => {
    // The plugin asks a request for nothing but its bucket and a setting of its route.
    const counted = { bucket, routeOptions: { config: {} } } as unknown as FastifyRequest;
    const limit = await count(counted);
    if (!limit.isAllowed && limit.isExceeded) throw new TooManyRequestsError(limit.ttlInSeconds);
  };
}

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
