import type { Config } from '../config.ts';
import { isLoopback } from '../config-rules.ts';
import { baseOf } from './base.ts';

/** `session`: who is signed in. `browser`: which browser began to sign in. */
export type CookieName = 'session' | 'browser';

/**
 * The value of a cookie of ours, 32 random bytes as base64url; null when there is none, or it can't
 * be ours, or there are several: then somebody else has set one.
 */
export function readCookie(
  config: Config,
  name: CookieName,
  header: string | undefined,
): string | null {
  const own = `${fullName(config, name)}=`;
  const values = (header ?? '')
    .split(';')
    .map((pair) => pair.trim())
    .filter((pair) => pair.startsWith(own))
    .map((pair) => pair.slice(own.length));
  const [value] = values;
  return values.length === 1 && value !== undefined && SECRET.test(value) ? value : null;
}

/** A `Set-Cookie` header that sets it until the browser is closed, or for so many seconds. */
export function cookieHeader(
  config: Config,
  name: CookieName,
  value: string,
  seconds?: number,
): string {
  return [
    `${fullName(config, name)}=${value}`,
    'Path=/',
    'HttpOnly',
    // A link in a mail, or the provider, leads here from elsewhere: strict would keep it back.
    'SameSite=Lax',
    ...(isPlainLocal(config) ? [] : ['Secure']),
    ...(seconds === undefined ? [] : [`Max-Age=${seconds}`]),
  ].join('; ');
}

/** A `Set-Cookie` header that makes the browser forget it. */
export const forgottenCookie = (config: Config, name: CookieName): string =>
  cookieHeader(config, name, '', 0);

/** Plain HTTP on this machine: browsers refuse the prefix and `Secure` there. */
export function isPlainLocal({ publicUrl }: Pick<Config, 'publicUrl'>): boolean {
  const { protocol, hostname } = new URL(publicUrl);
  return protocol === 'http:' && isLoopback(hostname);
}

const SECRET = /^[\w-]{43}$/;

/**
 * With the prefix no other host, not even a neighbouring one, can set it (RFC 6265bis); it needs the path
 * `/`. So the base is part of the name: two installations of one host keep theirs apart.
 */
export function fullName(config: Config, name: CookieName): string {
  const base = baseOf({ config }).replace(/[^\w]+/g, '-');
  return `${isPlainLocal(config) ? '' : '__Host-'}${name}${base}`;
}
