import type { Context, Db } from '../context.ts';
import type { Check } from '../http/health.ts';
import type { Gauge } from '../http/metrics.ts';
import { findBreaker } from './breaker.ts';

const SCAN = 'scan';
/** So long may pass without a scan before somebody has to look. */
const PATIENCE_MS = 15 * 60_000;

/** Notes that a scan has run to its end. */
export async function noteScan(db: Db, at: Date): Promise<void> {
  await db
    .insertInto('heartbeats')
    .values({ name: SCAN, at })
    .onConflict((conflict) => conflict.column('name').doUpdateSet({ at }))
    .execute();
}

const lastScan = async (db: Db): Promise<Date | null> => {
  const row = await db
    .selectFrom('heartbeats')
    .select('at')
    .where('name', '=', SCAN)
    .executeTakeFirst();
  return row?.at instanceof Date ? row.at : null;
};

/**
 * Fails when no process has scanned for a quarter of an hour: then nothing that is due goes out. A
 * server that was only just started waits as long for the first.
 */
export function scanCheck({ db, clock }: Pick<Context, 'db' | 'clock'>): Check {
  const started = clock.now();
  return {
    name: 'scan',
    run: async () => {
      const last = Math.max((await lastScan(db))?.getTime() ?? 0, started.getTime());
      if (clock.now().getTime() - last > PATIENCE_MS)
        throw new Error('No scan has run for 15 minutes. Start a worker.');
    },
  };
}

/** Tells that all mail waits for the mail server; requests are served all the same. */
export const mailServerCheck = ({ db }: Pick<Context, 'db'>): Check => ({
  name: 'mailServer',
  warnsOnly: true,
  run: async () => {
    const breaker = await findBreaker(db);
    if (breaker) throw new Error(breaker.reason);
  },
});

/** What an operator's alarms watch. */
export const deliveryGauges = ({ db, clock }: Pick<Context, 'db' | 'clock'>): Gauge[] => [
  {
    name: 'planning_year_last_scan_age_seconds',
    help: 'Since the last scan for what is due; -1 before the first.',
    read: async () => {
      const last = await lastScan(db);
      return last ? (clock.now().getTime() - last.getTime()) / 1000 : -1;
    },
  },
  {
    name: 'planning_year_mail_breaker',
    help: '0: mail goes out; 1: the mail server takes none; 2: it refuses our sign-in.',
    read: async () => {
      const breaker = await findBreaker(db);
      return breaker ? { server: 1, signIn: 2 }[breaker.reason] : 0;
    },
  },
  {
    name: 'planning_year_mails_waiting',
    help: 'Mails that are to go out and have not yet.',
    read: async () => {
      const { count } = await db
        .selectFrom('messages')
        .select((eb) => eb.fn.countAll<number>().as('count'))
        .where('status', 'in', ['queued', 'sending', 'retrying'])
        .executeTakeFirstOrThrow();
      return count;
    },
  },
];
