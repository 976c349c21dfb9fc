import type { Kysely, Transaction } from 'kysely';
import type { Logger } from 'pino';
import type { Clock } from './clock.ts';
import type { Config } from './config.ts';
import type { Tables } from './db/tables.ts';
import type { Mailer } from './mail/mailer.ts';
import type { Programs } from './programs/programs.ts';
import type { Queue } from './queue/queue.ts';

export type Db = Kysely<Tables>;
/** The database or an open transaction. Inside a transaction only `trx` may be used. */
export type Trx = Transaction<Tables>;
export type DbOrTrx = Db | Trx;

/** What a process hands to the rooms. */
export interface Context {
  config: Config;
  db: Db;
  clock: Clock;
  programs: Programs;
  queue: Queue;
  mailer: Mailer;
  log: Logger;
}
