import { parseArgs } from 'node:util';
import { buildApp } from './app.ts';
import { boot, STOP } from './boot.ts';
import { readConfig } from './config.ts';
import { loadDemoIfEmpty } from './demo/load.ts';
import { ensureAdminKey } from './keys/admin-key.ts';
import { serverBanner } from './process/banner.ts';
import { live } from './process/lifetime.ts';
import { processLogger } from './process/logger.ts';
import { withRealPort } from './process/real-port.ts';
import { startWork } from './work.ts';

/** The web server; with `--with-worker` also everything that `worker.ts` does, in one process. */
const { values } = parseArgs({ options: { 'with-worker': { type: 'boolean', default: false } } });
const log = processLogger();

live(log, async (atEnd) => {
  const config = await withRealPort(readConfig());
  const { ctx, embedded, stop } = await boot(config, log);
  atEnd(stop, STOP);
  if (config.demo) await loadDemoIfEmpty(ctx);
  const keyFile = await ensureAdminKey(ctx);

  if (values['with-worker']) {
    const work = await startWork(ctx);
    atEnd(() => work.stop(), 15_000);
  }
  const app = await buildApp(ctx);
  atEnd(() => app.close(), 15_000);
  await app.listen({ host: config.host, port: config.port });
  process.stdout.write(serverBanner(config, embedded, keyFile));
});
