import { sql } from 'kysely';
import type { Trx } from '../context.ts';
import type { MailSettings } from './settings.ts';

/**
 * Looks anew at what waits. A mail that was held was never one: when its reason is gone it goes, and
 * its reminders wait for the person's next digest. And a digest that has certainly not left gives
 * way to a newer one of the same person: nobody gets two on the day on which mail flows again.
 */
export async function reconsider(trx: Trx, settings: MailSettings): Promise<void> {
  await giveBackHeld(trx, settings);
  await joinNewer(trx);
}

async function giveBackHeld(trx: Trx, { trialAddresses }: MailSettings): Promise<void> {
  await sql`
    with free as (
      select m.id from messages m join people p on p.id = m.person_id
      where m.status = 'held' and case m.reason
        when 'suppressed' then not exists (select from suppressions s where s.address = lower(p.email))
        else ${trialAddresses === null} or lower(p.email) = any(${trialAddresses ?? []}::text[]) end
    ), back as (
      -- Whatever else names one of these mails lets go of it, or it would keep everybody's from going.
      update reminders set message_id = null,
        status = case status when 'held' then 'scheduled' else status end,
        reason = case status when 'held' then null else reason end
      where message_id in (select id from free)
    )
    delete from messages where id in (select id from free)`.execute(trx);
}

/** Both rows are locked, so that nobody claims the one or writes the other meanwhile. */
async function joinNewer(trx: Trx): Promise<void> {
  await sql`
    with old as materialized (
      select o.id, n.id as newer
      from messages o
      join messages n on n.person_id = o.person_id and n.kind = 'digest' and n.status = 'queued'
        and n.attempts = 0 and n.local_date > o.local_date
        and n.local_date = (
          select max(x.local_date) from messages x
          where x.person_id = o.person_id and x.kind = 'digest')
      where o.kind = 'digest' and o.status in ('queued', 'retrying')
        and (o.attempts = 0 or o.last_fault in ('later', 'server', 'signIn'))
      for update of o, n skip locked
    ), moved as (
      update reminders r set message_id = old.newer, status = 'scheduled' from old
      where r.message_id = old.id and r.status in ('scheduled', 'retrying')
    )
    update messages set status = 'dropped', reason = 'inNewerDigest', next_attempt_at = null
    where id in (select id from old)`.execute(trx);
}
