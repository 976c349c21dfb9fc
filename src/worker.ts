import { boot, STOP } from './boot.ts';
import { readConfig } from './config.ts';
import { workerBanner } from './process/banner.ts';
import { live } from './process/lifetime.ts';
import { processLogger } from './process/logger.ts';
import { startWork } from './work.ts';

/** The alarm clock and the background work, apart from the web server. */
const log = processLogger();

live(log, async (atEnd) => {
  const config = readConfig();
  const { ctx, embedded, stop } = await boot(config, log);
  atEnd(stop, STOP);
  const work = await startWork(ctx);
  atEnd(() => work.stop(), 15_000);
  process.stdout.write(workerBanner(config, embedded));
});
