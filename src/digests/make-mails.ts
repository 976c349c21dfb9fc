import { sql } from 'kysely';
import type { Trx } from '../context.ts';
import { newIds } from '../db/new-ids.ts';
import type { Programs } from '../programs/programs.ts';
import { holdSwitchedOff } from './switched-off.ts';
import { type OwnTerms, termsInUse } from './terms.ts';
import { type MailTerms, mailHour, mailMorning } from './timing.ts';

/**
 * Makes mails of the reminders that wait for one, as far as they may go out by now: what is to be told
 * at once, each in a mail of its own, and the digest of the day for everyone whose morning it is by
 * their own clock and who has had none on that date.
 *
 * They are due at once, as rows; whoever sends takes up what is due. One process at a time does this.
 * The others wait for it and look again: what they have just recorded it may not have seen.
 *
 * @returns how many were made
 */
export async function makeMails(
  trx: Trx,
  programs: Programs,
  now: Date,
  mailDomain: string,
): Promise<number> {
  await waitUntilAlone(trx);
  await holdSwitchedOff(trx, programs);
  const inUse = await termsInUse(trx, programs);
  const ready = (dateOf: (terms: MailTerms, now: Date) => string | null): Ready[] =>
    inUse.flatMap(({ program, own, terms }) => {
      const on = dateOf(terms, now);
      return on === null ? [] : [{ program, ...own, on }];
    });
  const [awake, mornings] = [ready(mailHour), ready(mailMorning)];
  const atOnce = awake.length > 0 ? await makeAtOnce(trx, awake, now, mailDomain) : 0;
  return atOnce + (mornings.length > 0 ? await makeDigests(trx, mornings, now, mailDomain) : 0);
}

/** The terms of people whose mail may go out now, with the date that it is for them. */
type Ready = OwnTerms & { program: string; on: string };

/** Until the transaction ends. */
async function waitUntilAlone(trx: Trx): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended('make mails', 0))`.execute(trx);
}

/** One for each reminder. */
async function makeAtOnce(trx: Trx, awake: Ready[], now: Date, mailDomain: string) {
  const { rows } = await sql<{ count: number }>`
    with fresh as materialized (
      select ${newIds(now)} as id, r.id as reminder, r.person_id, y.program, t."on"
      from reminders r
      join planning_years y on y.id = r.planning_year_id
      left join preferences p on p.person_id = r.person_id
      join ${termsFrom(awake)} on ${termsAre(sql`y.program`)}
      where r.status = 'scheduled' and r.message_id is null and r.delivery = 'atOnce'
    ), made as (
      insert into messages
        (id, kind, person_id, program, local_date, status, mail_id, attempts, next_attempt_at, created_at)
      select id, 'atOnce', person_id, program, "on", 'queued', ${mailIdIn(mailDomain)}, 0, ${now}, ${now}
      from fresh
    ), taken as (
      update reminders r set message_id = fresh.id from fresh where r.id = fresh.reminder
    )
    select count(*)::int as count from fresh`.execute(trx);
  return rows[0]!.count;
}

/**
 * All that waits for somebody goes into it. Their first program's terms hold for all of them. The
 * reminders are carried along: to find them again by person, PostgreSQL would compare each with each
 * where it has not counted the rows yet.
 */
async function makeDigests(trx: Trx, mornings: Ready[], now: Date, mailDomain: string) {
  const { rows } = await sql<{ count: number }>`
    with waiting as materialized (
      select r.person_id, min(y.program) as program, array_agg(r.id) as reminders
      from reminders r join planning_years y on y.id = r.planning_year_id
      where r.status = 'scheduled' and r.message_id is null and r.delivery = 'digest'
      group by r.person_id
    ), fresh as materialized (
      select ${newIds(now)} as id, w.person_id, w.program, w.reminders, t."on"
      from waiting w
      left join preferences p on p.person_id = w.person_id
      join ${termsFrom(mornings)} on ${termsAre(sql`w.program`)}
      where not exists (
        select from messages m
        where m.person_id = w.person_id and m.local_date = t."on" and m.kind = 'digest')
      order by w.person_id
    ), made as (
      insert into messages
        (id, kind, person_id, program, local_date, status, mail_id, attempts, next_attempt_at, created_at)
      select id, 'digest', person_id, program, "on", 'queued', ${mailIdIn(mailDomain)}, 0, ${now}, ${now}
      from fresh
    ), taken as (
      update reminders r set message_id = f.id
      from (select id, unnest(reminders) as reminder from fresh) f
      where r.id = f.reminder
    )
    select count(*)::int as count from fresh`.execute(trx);
  return rows[0]!.count;
}

const termsFrom = (ready: Ready[]) => sql`
  jsonb_to_recordset(${JSON.stringify(ready)}::jsonb)
    as t (program text, zone text, "digestAt" text, "on" date)`;

const termsAre = (program: ReturnType<typeof sql>) => sql`
  t.program = ${program} and t.zone is not distinct from p.zone
    and t."digestAt" is not distinct from p.digest_at`;

const mailIdIn = (mailDomain: string) => sql`'<' || id || '@' || ${mailDomain}::text || '>'`;
