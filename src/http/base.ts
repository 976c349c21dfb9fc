import { type Config, ConfigError } from '../config.ts';
import type { App } from './app.ts';

/**
 * What stands in front of every address of ours where a proxy serves us below a path, such as
 * `/planning`; empty at the root of a host.
 */
export const baseOf = ({ config }: { config: Pick<Config, 'publicUrl'> }): string =>
  new URL(config.publicUrl).pathname.replace(/\/$/, '');

/** An address as our routes know it, whether a proxy has taken the base away or left it there. */
export function belowBase(base: string, url: string): string {
  if (base === '' || !url.startsWith(base)) return url;
  const rest = url.slice(base.length);
  if (rest.startsWith('/')) return rest;
  return rest === '' || rest.startsWith('?') ? `/${rest}` : url;
}

/**
 * Serves below the base: our routes know nothing of it, and every `Location` that leaves leads there.
 *
 * @throws ConfigError on start, when the base is that of an address of ours: then nobody could tell which is meant
 */
export function serveBelow(app: App, base: string): void {
  app.decorate('base', base);
  if (base === '') return;
  const urls: string[] = [];
  app.addHook('onRoute', ({ url }) => void urls.push(url));
  app.addHook('onReady', async () => {
    const own = urls.find((url) => url === base || url.startsWith(`${base}/`));
    if (own !== undefined)
      throw new ConfigError([`PUBLIC_URL must not end in ${base}, which is an address of ours.`]);
  });
  app.addHook('onSend', async (_request, reply) => {
    const location = reply.getHeader('location');
    if (typeof location === 'string' && location.startsWith('/'))
      reply.header('location', base + belowBase(base, location));
  });
}
