import { type Booted, boot } from '../boot.ts';
import { readConfig } from '../config.ts';
import { processLogger } from '../process/logger.ts';
import { plainly } from '../process/start-fault.ts';

/**
 * Runs a command against the database that the settings name, and leaves nothing running. What it
 * returns is the exit code; a fault is one plain message.
 *
 * @param as whether it does what no server may: see `boot`
 */
export async function command(
  run: (booted: Booted) => Promise<number>,
  as: 'server' | 'owner' = 'server',
): Promise<void> {
  let booted: Booted | undefined;
  try {
    booted = await boot(readConfig(), processLogger(), as);
    process.exitCode = await run(booted);
  } catch (error) {
    process.stderr.write(`${plainly(error)}\n`);
    process.exitCode = 1;
  } finally {
    await booted?.stop();
  }
}
