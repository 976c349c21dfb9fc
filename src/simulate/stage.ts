import { randomBytes } from 'node:crypto';
import type { Logger } from 'pino';
import { buildApp } from '../app.ts';
import type { Config } from '../config.ts';
import type { Context } from '../context.ts';
import { openDatabase } from '../db/database.ts';
import type { App } from '../http/app.ts';
import { createMailer } from '../mail/create.ts';
import { prepareDatabase } from '../prepare-database.ts';
import { bounded } from '../process/bounded.ts';
import { loadPrograms } from '../programs/load.ts';
import { createQueue } from '../queue/pg-boss.ts';
import { takeUpJobs } from '../work.ts';
import { type MailServer, startMailServer } from './mail-server.ts';
import { scratchDatabase } from './scratch-database.ts';
import { type VirtualClock, virtualClock } from './virtual-clock.ts';
import { type WatchedQueue, watched } from './watched-queue.ts';

/** The whole program on a clock that we set, with a database and a mail server of its own. */
export interface Stage {
  ctx: Context;
  clock: VirtualClock;
  queue: WatchedQueue;
  app: App;
  /** A key of an administrator. */
  adminKey: string;
  mail: MailServer;
  close(): Promise<void>;
}

export interface StageOptions {
  /** The server on which to make the database; null: an embedded one. */
  databaseUrl: string | null;
  log: Logger;
  /** Is handed every mail that the mail server gets. */
  keepMail?: (raw: string) => void;
}

/** Everything as `boot.ts` and `work.ts` set it up, but for the alarm clock: the play calls the scan. */
export async function openStage({ databaseUrl, log, keepMail }: StageOptions): Promise<Stage> {
  const begun: (() => Promise<void>)[] = [];
  const close = async () => {
    for (const stop of begun.splice(0).reverse()) await bounded(stop, STEP, log);
  };
  try {
    const programs = await loadPrograms();
    const database = await scratchDatabase(databaseUrl, log);
    begun.push(database.drop);
    await prepareDatabase({ owner: database.url }, log);
    const db = openDatabase(database.url, log);
    begun.push(() => db.destroy());
    const mail = await startMailServer(keepMail);
    begun.push(mail.stop);
    const config = configOf(mail.url);
    const mailer = createMailer(config, log);
    begun.push(() => mailer.close());
    const queue = watched(await createQueue({ url: database.url, log }));
    begun.push(() => queue.stop());
    const clock = virtualClock();
    const ctx: Context = { config, db, clock, programs, queue, mailer, log };
    await takeUpJobs(ctx);
    const app = await buildApp(ctx, { limits: { perKey: 1e9, perAddress: 1e9 } });
    begun.push(() => app.close());
    return { ctx, clock, queue, app, adminKey: config.bootstrapKey!, mail, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** How long one step of closing may take, in milliseconds. */
const STEP = 40_000;

/** Nothing of the settings but the database's server reaches the simulation. */
const configOf = (smtpUrl: string): Config => ({
  port: 0,
  host: '127.0.0.1',
  databaseUrl: null,
  migrationUrl: null,
  sealsFile: null,
  dataDir: '/nonexistent',
  smtpUrl,
  mailFrom: 'Planning year <planning-year@simulation.example.invalid>',
  publicUrl: 'https://simulation.example.invalid',
  trustProxy: [],
  corsOrigins: [],
  bootstrapKey: randomBytes(24).toString('base64url'),
  provider: null,
  explorerOpen: true,
  metricsOpen: true,
  demo: false,
  now: null,
  production: false,
});
