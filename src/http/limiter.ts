import { isIPv6 } from 'node:net';
import type { FastifyRequest } from 'fastify';
import type { App } from './app.ts';
import { TooManyRequestsError } from './http-errors.ts';

/**
 * Counts requests, each in the bucket that `by` names, and refuses those beyond `max` in a window of
 * so many milliseconds. The server must have the rate-limit plugin.
 */
export function limiter(
  app: App,
  max: number,
  timeWindow: number,
  by: (request: FastifyRequest) => string,
): (request: FastifyRequest) => Promise<void> {
  const count = app.createRateLimit({ max, timeWindow, keyGenerator: by });
  return async (request) => {
    const limit = await count(request);
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
