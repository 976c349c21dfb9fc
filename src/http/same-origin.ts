import type { FastifyRequest } from 'fastify';
import type { Config } from '../config.ts';
import { ForbiddenError } from '../errors.ts';
import { isPlainLocal } from './cookies.ts';

/**
 * Lets a request that changes something pass only when one of our own pages made it: a browser sends
 * its cookies along with whatever another site makes it ask for, and says where that came from.
 *
 * @throws ForbiddenError
 */
export function requireSameOrigin(
  config: Config,
  { method, headers }: Pick<FastifyRequest, 'method' | 'headers'>,
): void {
  if (['GET', 'HEAD', 'OPTIONS'].includes(method)) return;
  const site = headers['sec-fetch-site'];
  const { origin } = headers;
  const told = site !== undefined || origin !== undefined;
  const same = site === undefined || site === 'same-origin';
  if (told && same && (origin === undefined || ownOrigins(config).includes(origin))) return;
  throw new ForbiddenError(
    `This came from another page than ours. Open ${config.publicUrl} in your browser and do it there; a program uses an API key.`,
  );
}

/** On this machine the two names of it are one. */
function ownOrigins(config: Config): string[] {
  const { origin, port } = new URL(config.publicUrl);
  if (!isPlainLocal(config)) return [origin];
  const suffix = port && `:${port}`;
  return [origin, `http://localhost${suffix}`, `http://127.0.0.1${suffix}`];
}
