import { expect, test } from '@jest/globals';
import { sql } from 'kysely';
import { makeMails } from '../../src/digests/make-mails.ts';
import { testContext } from '../support/app.ts';
import { openTestYears } from '../support/years.ts';

test('a day on which 9,000 people are due a digest makes each of them one', async () => {
  const { ctx, drop } = await testContext({ now: '2027-01-19T15:00:00Z' });
  const [year] = await openTestYears(ctx, 1);
  const now = ctx.clock.now();
  await sql`
    insert into people (id, name, email, created_at)
    select gen_random_uuid(), 'P ' || n, 'p' || n || '@example.invalid', ${now}
    from generate_series(1, 9000) n`.execute(ctx.db);
  await sql`
    insert into reminders (id, planning_year_id, role, person_id, rule, occasion, due_on, status, created_at)
    select gen_random_uuid(), ${year}, 'principal', p.id, 'month', 'month:2027-01', '2027-01-17',
      'scheduled', ${now}
    from people p`.execute(ctx.db);
  const make = () =>
    ctx.db.transaction().execute((trx) => makeMails(trx, ctx.programs, now, 'example.invalid'));
  expect(await make()).toBe(9_000);
  expect(await make()).toBe(0);
  await drop();
});
