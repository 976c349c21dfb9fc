import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type RawBuilder, sql } from 'kysely';
import type { Trx } from '../../src/context.ts';
import { newId } from '../../src/ids.ts';
import { mailsOfYears } from '../../src/reminders/mails-of-years.ts';
import { scan } from '../../src/reminders/scan.ts';
import { type TestContext, testContext } from '../support/app.ts';
import { openTestYears } from '../support/years.ts';

/** What a play of one planning year reads does not grow with how many others there are. */
const NOW = '2026-11-10T15:00:00Z';
const begun: TestContext[] = [];
afterAll(async () => {
  for (const { drop } of begun) await drop();
});

async function stateOf(schools: number): Promise<{ made: TestContext; first: string }> {
  const made = await testContext({ now: NOW });
  begun.push(made);
  const { ctx } = made;
  const [first] = await openTestYears(ctx, schools);
  const codes = (await ctx.db.selectFrom('schools').select('code').orderBy('code').execute()).map(
    ({ code }) => code,
  );
  const people = codes.map((code) => ({ id: newId(ctx.clock.now()), code }));
  await ctx.db
    .insertInto('people')
    .values(
      people.map(({ id, code }) => ({
        ...{ id, name: code, email: `${code}@example.org`, demo: false, version: 1 },
        createdAt: ctx.clock.now(),
      })),
    )
    .execute();
  await ctx.db
    .insertInto('assignments')
    .values(
      people.map(({ id, code }) => ({
        ...{ id: newId(ctx.clock.now()), personId: id, role: 'principal' },
        ...{ program: 'isbe-comprehensive', organizationKind: 'school', organizationCode: code },
        ...{ fromOn: '2026-07-01', toOn: null, demo: false, version: 1 },
      })),
    )
    .execute();
  await scan(ctx);
  await sql`analyze`.execute(ctx.db);
  return { made, first: first! };
}

/** Rows that the transaction has read so far, of whatever table. */
const read: RawBuilder<{ rows: number }> = sql`
  select sum(seq_tup_read + coalesce(idx_tup_fetch, 0))::int as rows from pg_stat_xact_user_tables`;

const rowsRead = async (trx: Trx) => (await read.execute(trx)).rows[0]!.rows;

let small: Awaited<ReturnType<typeof costOf>>;
let large: typeof small;
beforeAll(async () => {
  small = await costOf(5);
  large = await costOf(120);
});

async function costOf(schools: number) {
  const { made, first } = await stateOf(schools);
  return made.ctx.db.transaction().execute(async (trx) => {
    // Of small tables PostgreSQL reads all; it shall show here what it does with large ones.
    await sql`set local enable_seqscan = off`.execute(trx);
    const before = await rowsRead(trx);
    const mails = await mailsOfYears(made.ctx, trx, 'isbe-comprehensive', [first]);
    return { mails, rows: (await rowsRead(trx)) - before };
  });
}

test('a play of one year finds its mails in a state of any size', () => {
  expect(small.mails.length).toBeGreaterThan(1);
  const told = ({ mails }: typeof small) =>
    mails.map(({ on, roles, tasks }) => ({ on, roles, tasks: tasks.length }));
  expect(told(large)).toEqual(told(small));
});

test('and reads the same number of rows there', () => {
  expect(small.rows).toBeGreaterThan(100);
  expect(large.rows).toBeLessThanOrEqual(small.rows * 1.02);
});
