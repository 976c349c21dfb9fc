import { isIP } from 'node:net';

/** An address or a host name. */
export const isHost = (text: string): boolean => isIP(text) !== 0 || isHostName(text);

/** `a@b` or `Name <a@b>`, on one line. A comma would name further senders. */
export const isMailbox = (text: string): boolean =>
  /^(?:(?:[^<>,;@"\p{Cc}]*|"(?:[^"\\\p{Cc}]|\\[^\p{Cc}])*"\s*)<[^<>,;@"\s]+@[^<>,;@"\s]+>|[^<>,;@"\s]+@[^<>,;@"\s]+)$/u.test(
    text.trim(),
  );

/** An address, a range such as `10.0.0.0/8`, or a range that has a name. */
export function isAddressRange(text: string): boolean {
  if (NAMED_RANGES.includes(text)) return true;
  const [address = '', bits, ...rest] = text.split('/');
  const family = isIP(address);
  if (family === 0 || rest.length > 0) return false;
  if (bits === undefined) return true;
  return /^\d{1,3}$/.test(bits) && Number(bits) <= (family === 4 ? 32 : 128);
}

/** Scheme, host and port of sites, as browsers send them; or `*` alone. */
export const areOrigins = (texts: readonly string[]): boolean =>
  texts.every((text) => text === '*' || URL.parse(text)?.origin === text) &&
  (texts.length === 1 || !texts.includes('*'));

/** An issuer over HTTPS; plain HTTP only on this machine. */
export const isSafeIssuer = (text: string): boolean => {
  const url = URL.parse(text);
  return url !== null && (url.protocol === 'https:' || isLoopback(url.hostname));
};

/** Whether a host name stands for this very machine, whatever a name server says. */
export const isLoopback = (hostname: string): boolean =>
  /^(localhost|.+\.localhost|127(\.\d{1,3}){3}|\[::1\])$/.test(hostname);

/** Those of Express and Fastify. */
const NAMED_RANGES = ['loopback', 'linklocal', 'uniquelocal'];

const isHostName = (text: string): boolean =>
  text.length <= 253 &&
  text.split('.').every((label) => /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/i.test(label));
