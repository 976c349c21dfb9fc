import { sql } from 'kysely';
import type { Logger } from 'pino';
import type { Config } from './config.ts';
import type { Context, Db } from './context.ts';
import { openDatabase } from './db/database.ts';
import { type Embedded, startEmbedded } from './db/embedded.ts';
import { explained } from './db/unreachable.ts';
import { createMailer } from './mail/create.ts';
import { upgradeYears, upgrading } from './planning-years/upgrade.ts';
import { prepareDatabase } from './prepare-database.ts';
import { bounded } from './process/bounded.ts';
import { loadPrograms } from './programs/load.ts';
import { createQueue } from './queue/pg-boss.ts';
import { type Clocks, watchedClock } from './watched-clock.ts';

export interface Booted {
  ctx: Context;
  /** Null when DATABASE_URL names the database. */
  embedded: Embedded | null;
  /** Gives everything back; the embedded server stops with its last user. */
  stop(): Promise<void>;
}

/**
 * What every process of the program stands on: the programs' data, a migrated database, the queue
 * and the mailer. What was begun is given back when a later step fails.
 *
 * @param as a server works by the role that serves; what a server may not do, a command does as the owner
 */
export async function boot(
  config: Config,
  log: Logger,
  as: 'server' | 'owner' = 'server',
): Promise<Booted> {
  const begun: (() => Promise<void>)[] = [];
  const stop = () => giveBack(begun, log);
  try {
    // First of all: a fault in the data is told before anything is started.
    const programs = await loadPrograms();

    const embedded = config.databaseUrl === null ? await startEmbedded(config.dataDir, log) : null;
    if (embedded) begun.push(() => embedded.stop());
    const serving = config.databaseUrl ?? embedded!.servingUrl;
    const owner = config.migrationUrl ?? embedded?.url ?? serving;
    await prepareDatabase({ owner, serving }, log);

    const url = as === 'owner' ? owner : serving;
    const db = openDatabase(url, log);
    begun.push(() => db.destroy());
    await sql`select`.execute(db).catch((error) => {
      throw explained(error, url);
    });

    const clock = await watchedClock(clocksWith(db), log, config.now ?? undefined);
    await upgradeYears(db, upgrading({ programs, clock, log }));

    const mailer = createMailer(config, log);
    begun.push(() => mailer.close());

    // After the mailer, so that it stops before it: its last jobs may be mails.
    const queue = await createQueue({ url, log });
    begun.push(() => queue.stop());

    return { ctx: { config, db, clock, programs, queue, mailer, log }, embedded, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** The machine's clocks, and the database's as their witness. */
const clocksWith = (db: Db): Clocks => ({
  wall: () => Date.now(),
  steady: () => performance.now(),
  witness: async () => {
    const { rows } = await sql<{ at: Date }>`select clock_timestamp() as at`.execute(db);
    return rows[0]!.at.getTime();
  },
});

/** How long one step of stopping may take, in milliseconds: longer than the queue waits for a job. */
const STEP = 40_000;

/** Longest time that `Booted.stop` takes. */
export const STOP = 4 * STEP;

/** In reverse order, each whatever became of the others: PostgreSQL must not be left behind. */
async function giveBack(begun: (() => Promise<void>)[], log: Logger): Promise<void> {
  for (const stop of begun.splice(0).reverse()) {
    await bounded(stop, STEP, log);
  }
}
