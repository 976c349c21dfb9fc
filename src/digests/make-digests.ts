import { sql } from 'kysely';
import type { Trx } from '../context.ts';
import { newId } from '../ids.ts';
import type { Programs } from '../programs/programs.ts';
import { holdSwitchedOff } from './switched-off.ts';
import { termsInUse } from './terms.ts';
import { mailMorning } from './timing.ts';

/**
 * Makes the digest of the day for everyone whose reminders wait for one, whose morning it is by their
 * own clock, and who has had none on that date; all that waits for them goes into it.
 *
 * They are due at once, as rows; whoever sends takes up what is due.
 *
 * @returns how many were made
 */
export async function makeDigests(
  trx: Trx,
  programs: Programs,
  now: Date,
  mailDomain: string,
): Promise<number> {
  await holdSwitchedOff(trx, programs);
  const mornings = (await termsInUse(trx, programs)).flatMap(({ program, own, terms }) => {
    const on = mailMorning(terms, now);
    return on === null ? [] : [{ program, ...own, on }];
  });
  if (mornings.length === 0) return 0;
  // Ids are UUIDv7 in the order of creation: the time of now, and PostgreSQL's own random bits.
  const time = newId(now).slice(0, 15);
  const { rows } = await sql<{ count: number }>`
    with mornings as materialized (
      select * from jsonb_to_recordset(${JSON.stringify(mornings)}::jsonb)
        as m (program text, zone text, "digestAt" text, "on" date)
    ), waiting as materialized (
      select r.person_id, min(y.program) as program
      from reminders r join planning_years y on y.id = r.planning_year_id
      where r.status = 'scheduled' and r.message_id is null
      group by r.person_id
    ), fresh as materialized (
      select overlay(gen_random_uuid()::text placing ${time} from 1 for 15)::uuid as id,
        w.person_id, m."on"
      from waiting w
      left join preferences p on p.person_id = w.person_id
      join mornings m on m.program = w.program
        and m.zone is not distinct from p.zone and m."digestAt" is not distinct from p.digest_at
      where not exists (
        select from messages g
        where g.person_id = w.person_id and g.local_date = m."on" and g.kind = 'digest')
      order by w.person_id
    ), made as (
      insert into messages
        (id, person_id, local_date, status, mail_id, attempts, next_attempt_at, created_at)
      select id, person_id, "on", 'queued', '<' || id || '@' || ${mailDomain}::text || '>', 0,
        ${now}, ${now}
      from fresh
      on conflict (person_id, local_date) where kind = 'digest' do nothing
      returning id, person_id
    ), taken as (
      update reminders r set message_id = made.id from made
      where r.person_id = made.person_id and r.status = 'scheduled' and r.message_id is null
    )
    select count(*)::int as count from made`.execute(trx);
  return rows[0]!.count;
}
