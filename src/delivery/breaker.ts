import { sql } from 'kysely';
import type { Context, DbOrTrx } from '../context.ts';
import type { MailBreakerTable } from '../db/tables.ts';
import type { Fault } from '../mail/fault.ts';

/**
 * While it stands all mail waits, of every process, and the mail server is asked with one mail a
 * minute: a refused sign-in that is repeated a thousand times gets the account locked.
 */
export interface Breaker {
  reason: MailBreakerTable['reason'];
  detail: string;
  since: Date;
  triedAt: Date;
}

export const findBreaker = (db: DbOrTrx): Promise<Breaker | undefined> =>
  db.selectFrom('mailBreaker').select(['reason', 'detail', 'since', 'triedAt']).executeTakeFirst();

/** Whether it concerns everybody's mail. */
export const stopsAll = ({ kind }: Fault): boolean => kind === 'signIn' || kind === 'server';

/** Stops all mail; an alarm is logged when it begins. */
export async function trip({ db, clock, log }: Ctx, fault: Fault): Promise<void> {
  const reason = fault.kind === 'signIn' ? 'signIn' : 'server';
  const now = clock.now();
  const { rows } = await sql<{ begins: boolean }>`
    insert into mail_breaker (reason, detail, since, tried_at)
    values (${reason}, ${fault.detail}, ${now}, ${now})
    on conflict (single) do update set reason = excluded.reason, detail = excluded.detail,
      tried_at = greatest(mail_breaker.tried_at, excluded.tried_at)
    returning xmax = 0 as begins`.execute(db);
  if (!rows[0]?.begins) return;
  const line = { alarm: 'mail', reason: fault.detail };
  if (reason === 'signIn')
    log.error(line, 'The mail server refuses our sign-in: correct SMTP_URL. All mail waits.');
  else log.warn(line, 'The mail server takes no mail. All mail waits; it is asked every minute.');
}

/** The server has answered a mail: what waits may go. */
export async function mend({ db, log }: Ctx): Promise<void> {
  const mended = await db.deleteFrom('mailBreaker').returning('since').executeTakeFirst();
  if (mended) log.warn({ since: mended.since }, 'The mail server takes mail again.');
}

/** Whether the last try lies far enough back, or where none can lie. */
export const isFree = ({ triedAt }: Breaker, now: Date): boolean =>
  !(triedAt.valueOf() > now.getTime() - MINUTE_MS) || triedAt.valueOf() > now.getTime() + MINUTE_MS;

/**
 * Takes the next try, if the server may be asked now; a minute passes from one to the next, whoever
 * tries.
 */
export async function mayTry(trx: DbOrTrx, now: Date): Promise<boolean> {
  const asked = await trx
    .updateTable('mailBreaker')
    .set({ triedAt: now })
    .where((eb) =>
      eb.or([
        eb('triedAt', '<=', new Date(now.getTime() - MINUTE_MS)),
        // A clock that was ahead has said so.
        eb('triedAt', '>', new Date(now.getTime() + MINUTE_MS)),
      ]),
    )
    .returning('since')
    .executeTakeFirst();
  return asked !== undefined;
}

const MINUTE_MS = 60_000;

type Ctx = Pick<Context, 'db' | 'clock' | 'log'>;
