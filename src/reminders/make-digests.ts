import { sql } from 'kysely';
import type { DbOrTrx, Trx } from '../context.ts';
import { newId } from '../ids.ts';

/**
 * Makes the digest of the day for everyone in `programs` whose reminders wait for one and who has
 * had none today; all that waits for them goes into it.
 *
 * @returns the ids of the digests really made; their time has come
 */
export async function makeDigests(
  trx: Trx,
  programs: string[],
  today: string,
  now: Date,
  mailDomain: string,
): Promise<string[]> {
  const people = await peopleWaiting(trx, programs, today);
  if (people.length === 0) return [];
  const input = people.map((personId) => {
    const id = newId(now);
    return { id, personId, mailId: `<${id}@${mailDomain}>` };
  });
  // As one parameter: a statement takes no more than 65,535 of them.
  const { rows } = await sql<{ id: string }>`
    insert into messages (id, person_id, local_date, status, mail_id, attempts, next_attempt_at, created_at)
    select i.id, i."personId", ${today}::date, 'queued', i."mailId", 0, ${now}, ${now}
    from jsonb_to_recordset(${JSON.stringify(input)}::jsonb) as i (id uuid, "personId" uuid, "mailId" text)
    on conflict (person_id, local_date) where kind = 'digest' do nothing
    returning id`.execute(trx);
  const ids = rows.map(({ id }) => id);
  await sql`
    update reminders r set message_id = m.id from messages m
    where m.id = any(${ids}::uuid[]) and r.person_id = m.person_id
      and r.status = 'scheduled' and r.message_id is null`.execute(trx);
  return ids;
}

async function peopleWaiting(trx: DbOrTrx, programs: string[], today: string): Promise<string[]> {
  const rows = await trx
    .selectFrom('reminders as r')
    .innerJoin('planningYears as y', 'y.id', 'r.planningYearId')
    .select('r.personId')
    .distinct()
    .where('r.status', '=', 'scheduled')
    .where('r.personId', 'is not', null)
    .where('r.messageId', 'is', null)
    .where('y.program', 'in', programs)
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('messages as m')
            .select('m.id')
            .whereRef('m.personId', '=', 'r.personId')
            .where('m.kind', '=', 'digest')
            .where('m.localDate', '=', today),
        ),
      ),
    )
    .orderBy('r.personId')
    .execute();
  return rows.flatMap(({ personId }) => personId ?? []);
}
