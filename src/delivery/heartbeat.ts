import type { Context, Db } from '../context.ts';
import type { Check } from '../http/health.ts';
import type { Gauge } from '../http/metrics.ts';
import { findBreaker } from './breaker.ts';
import { undeliveredSince } from './troubles.ts';

const SCAN = 'scan';
/** Stands while mail is undelivered at many addresses. */
const UNDELIVERED = 'undelivered';
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

/**
 * Tells that mail does not arrive at many addresses at once, which is about us: a wrong DNS record, a
 * block list, a policy of providers. What is ever undelivered at some few is told to those concerned.
 */
export const undeliveredCheck = ({ db, clock }: Pick<Context, 'db' | 'clock'>): Check => ({
  name: 'mailUndelivered',
  warnsOnly: true,
  run: async () => {
    const { undelivered, mailed } = await undeliveredSince(db, dayBefore(clock.now()));
    if (isMany(undelivered, mailed))
      throw new Error(
        `mail did not arrive at ${undelivered} of ${mailed} addresses within a day. Look at the reasons in GET /v1/mail/refused-addresses, and check the SPF, DKIM and DMARC records of the domain of MAIL_FROM.`,
      );
  },
});

/** Logs an alarm when there come to be many: one, however many processes watch, and however often. */
export async function watchUndelivered({
  db,
  clock,
  log,
}: Pick<Context, 'db' | 'clock' | 'log'>): Promise<void> {
  const at = clock.now();
  const { undelivered, mailed } = await undeliveredSince(db, dayBefore(at));
  if (!isMany(undelivered, mailed)) {
    await db.deleteFrom('heartbeats').where('name', '=', UNDELIVERED).execute();
    return;
  }
  const begun = await db
    .insertInto('heartbeats')
    .values({ name: UNDELIVERED, at })
    .onConflict((conflict) => conflict.doNothing())
    .returning('name')
    .executeTakeFirst();
  if (!begun) return;
  log.error(
    { alarm: 'mail', undelivered, mailed },
    'Mail does not arrive at many addresses: check the SPF, DKIM and DMARC records of the domain of MAIL_FROM.',
  );
}

/** Ten at least, and one in fifty: some mailbox is always full. */
const isMany = (undelivered: number, mailed: number): boolean =>
  undelivered >= Math.max(10, mailed / 50);

const dayBefore = (now: Date): Date => new Date(now.getTime() - 24 * 60 * MINUTE_MS);
const MINUTE_MS = 60_000;

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
    name: 'planning_year_addresses_undelivered',
    help: 'Addresses at which mail did not arrive within a day, though they may live.',
    read: async () => (await undeliveredSince(db, dayBefore(clock.now()))).undelivered,
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
