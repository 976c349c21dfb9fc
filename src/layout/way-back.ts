import { z } from 'zod';

/** Below what stands in front of every address: named by mails, too. */
export const PREFERENCES_PATH = '/me/preferences';

/**
 * The pages that signing in leads back to, by their paths: these and no other address, whoever asks
 * for it, so that a link to the way in can lead nobody astray.
 */
const PAGE =
  /^\/(?:me\/preferences|refused-addresses|(?:tasks|planning-years|refused-addresses)\/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/;

export const wayBack = z.string().regex(PAGE, 'must be a page of ours');

/** The page that a request is for, or whose form it is; null when signing in does not lead there. */
export function pageAsked(url: string): string | null {
  const [path = ''] = url.split('?');
  return [path, path.replace(/\/[a-z]+$/, '')].find((each) => PAGE.test(each)) ?? null;
}

/** The way in, and from there back to a page. */
export const wayIn = (base: string, back: string | null): string =>
  `${base}/sign-in${wayBackQuery(back)}`;

export const wayBackQuery = (back: string | null): string =>
  back === null ? '' : `?to=${encodeURIComponent(back)}`;
