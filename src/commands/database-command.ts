import { type Clock, systemClock } from '../clock.ts';
import { type Config, readConfig } from '../config.ts';
import type { Db } from '../context.ts';
import { openDatabase } from '../db/database.ts';
import { type Embedded, startEmbedded } from '../db/embedded.ts';
import { explained } from '../db/unreachable.ts';
import { processLogger } from '../process/logger.ts';
import { plainly } from '../process/start-fault.ts';

/**
 * Runs a command, as the owner, on the bare database that the settings name, at whatever schema it stands, and
 * leaves nothing running. A fault is one plain message and an exit code.
 *
 * @param read the command's arguments; what is wrong with them is told before anything is started
 * @param failed the exit code of a fault
 */
export async function databaseCommand<T>(
  read: () => T,
  run: (args: T, db: Db, clock: Clock, config: Config) => Promise<void>,
  failed = 1,
): Promise<void> {
  let embedded: Embedded | undefined;
  let db: Db | undefined;
  let url = '';
  try {
    const args = read();
    const config = readConfig();
    const log = processLogger();
    if (config.databaseUrl === null) embedded = await startEmbedded(config.dataDir, log);
    url = config.migrationUrl ?? config.databaseUrl ?? embedded!.url;
    db = openDatabase(url, log);
    await run(args, db, systemClock(config.now ?? undefined), config);
  } catch (error) {
    process.stderr.write(`${plainly(url ? explained(error, url) : error)}\n`);
    process.exitCode = failed;
  } finally {
    await db?.destroy();
    await embedded?.stop();
  }
}
