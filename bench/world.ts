import { join } from 'node:path';
import { pino } from 'pino';
import type { Clock } from '../src/clock.ts';
import { readConfig } from '../src/config.ts';
import type { Context } from '../src/context.ts';
import { openDatabase } from '../src/db/database.ts';
import { createMailer } from '../src/mail/create.ts';
import { prepareDatabase } from '../src/prepare-database.ts';
import { logLines } from '../src/process/log-lines.ts';
import { loadPrograms } from '../src/programs/load.ts';
import { createQueue } from '../src/queue/pg-boss.ts';
import type { Bench } from './figure.ts';

/** What a process of the program has, over a database of its own and a clock that stands still. */
export interface World {
  ctx: Context;
  url: string;
  /** Moves the clock. `iso`: an instant with its offset. */
  at(iso: string): void;
  stop(): Promise<void>;
}

export interface WorldOptions {
  /** An instant with its offset. */
  now: string;
  /** The database to copy; without one it is a new one, migrated. */
  template?: string;
  smtpUrl?: string;
}

/** Logs what `npm start` logs, to a file: that costs something, too. */
export async function openWorld(
  { server }: Bench,
  database: string,
  { now, template, smtpUrl }: WorldOptions,
): Promise<World> {
  const url = await server.database(database, template);
  const log = pino({ level: 'info' }, logLines(join(server.folder, 'log')));
  await prepareDatabase({ owner: url }, log);
  const db = openDatabase(url, log);
  const queue = await createQueue({ url, log });
  const config = readConfig({
    DATA_DIR: server.folder,
    DATABASE_URL: url,
    DEMO: '0',
    MAIL_FROM: 'Planning year <planning-year@example.org>',
    ...(smtpUrl !== undefined && { SMTP_URL: smtpUrl }),
  });
  const mailer = createMailer(config, log);
  let instant = new Date(now);
  const clock: Clock = { now: () => new Date(instant) };
  return {
    ctx: { config, db, clock, programs: await loadPrograms(), queue, mailer, log },
    url,
    at: (iso) => {
      instant = new Date(iso);
    },
    stop: async () => {
      await queue.stop();
      await mailer.close();
      await db.destroy();
      await server.drop(database);
    },
  };
}
