import { sql } from 'kysely';
import type { Context, Db } from '../context.ts';
import type { StoredFault } from '../errors.ts';

/** Mails that wait for a moment that never comes. */
export async function faultsOfMails({ db }: Pick<Context, 'db'>): Promise<StoredFault[]> {
  const rows = await db
    .selectFrom('messages')
    .select('id')
    .where('status', 'in', WAITING)
    .where(sql<boolean>`(next_attempt_at is null or next_attempt_at = 'infinity')`)
    .execute();
  return rows.map(({ id }) => ({
    kind: 'mail',
    subject: id,
    reason: 'It waits for a moment that never comes.',
  }));
}

const WAITING = ['queued', 'sending', 'retrying'] as const;

/** Whether a mail that was set aside still waits, or has failed for how it is stored. */
export async function isStillBroken(db: Db, id: string): Promise<boolean> {
  const row = await db
    .selectFrom('messages')
    .select(['status', 'reason'])
    .where('id', '=', id)
    .executeTakeFirst();
  if (!row) return false;
  return (
    (WAITING as readonly string[]).includes(row.status) ||
    (row.status === 'failed' && row.reason === 'mailRefused')
  );
}

/** Gives a mail's reminders back, so that they go with the person's next one. @returns what was done */
export async function mendMail(db: Db, id: string): Promise<string | null> {
  const { rows } = await sql`
    with given as (
      update reminders set status = 'scheduled', reason = null, message_id = null
      where message_id = ${id} and status in ('scheduled', 'retrying', 'failed')
    )
    update messages set status = 'dropped', reason = 'mended', next_attempt_at = null
    where id = ${id} and status <> 'sent' returning id`.execute(db);
  return rows.length > 0 ? 'what it was to say goes with the next mail' : null;
}
