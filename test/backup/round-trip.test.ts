import { readdirSync, readFileSync, statSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Kysely, sql } from 'kysely';
import type { Migration } from 'kysely/migration';
import { migrations } from '../../migrations/index.ts';
import { backup } from '../../src/backup/backup.ts';
import { restore } from '../../src/backup/restore.ts';
import type { Db } from '../../src/context.ts';
import { migrate } from '../../src/db/migrate.ts';
import { loadDemoIfEmpty } from '../../src/demo/load.ts';
import { rebuild } from '../../src/planning-years/rebuild.ts';
import { type TestContext, testContext } from '../support/app.ts';
import type { TestDatabase } from '../support/database.ts';
import { someoneWaits } from '../support/locks.ts';
import { until } from '../support/until.ts';
import { backupFolder, linesOf } from './support/backup-file.ts';
import { bareDatabase, contents, tableNames } from './support/databases.ts';
import { schoolsThroughTheYear } from './support/schools.ts';

const NOW = new Date('2027-02-10T15:00:00Z');
const files = backupFolder();
const begun: { drop(): Promise<void> }[] = [];

async function source(): Promise<TestContext> {
  const made = await testContext({ now: NOW.toISOString() });
  begun.push(made);
  return made;
}

async function target(): Promise<TestDatabase> {
  const made = await bareDatabase();
  begun.push(made);
  return made;
}

afterAll(async () => {
  for (const { drop } of begun) await drop();
  files.remove();
});

describe('what was backed up and restored', () => {
  let from: TestContext;
  const file = files.file('demo.backup');
  beforeAll(async () => {
    from = await source();
    await loadDemoIfEmpty(from.ctx);
    await awkwardRows(from.ctx.db);
    await backup(from.ctx.db, file, { at: NOW });
  });

  test('is the same to the last character, in every table', async () => {
    const { db } = await target();
    const { rows, planningYears } = await restore(db, file, { at: NOW });
    const was = await contents(from.ctx.db);
    const is = await contents(db);
    expect(Object.keys(is)).toEqual(Object.keys(was));
    expect(Object.keys(is)).toEqual(expect.arrayContaining(['log_entries', 'tasks', 'schools']));
    for (const name of Object.keys(was)) expect([name, is[name]]).toEqual([name, was[name]]);
    expect(planningYears).toBe(rows.planning_years);
    expect(rows).toMatchObject({ people: 44, api_keys: 1, suppressions: 1, mail_troubles: 1 });
  });

  test('goes on as it was: the log gives the same states again', async () => {
    const { db } = await target();
    await restore(db, file, { at: NOW });
    const rebuilt = await rebuild({ ...from.ctx, db });
    expect(rebuilt.planningYears).toBeGreaterThan(10);
    expect(rebuilt.differences).toEqual([]);
    expect(rebuilt.broken).toEqual([]);
  });

  test('is backed up to the same counts and heads again', async () => {
    const { db } = await target();
    await restore(db, file, { at: NOW });
    await db.deleteFrom('mailSettings').execute();
    await db.deleteFrom('mailSettingsChanges').execute();
    const again = files.file('again.backup');
    await backup(db, again, { at: NOW });
    const [trailer, was] = [again, file].map((one) => JSON.parse(linesOf(one).at(-2)!));
    // The audit tells of the restore.
    trailer.rows.audit_entries -= 1;
    expect(trailer).toEqual(was);
    expect(linesOf(again)[0]).toEqual(linesOf(file)[0]);
  });

  test('tells readers of changes that everything changed now', async () => {
    const { db } = await target();
    const { rows } = await sql<{ mark: string }>`select pg_current_xact_id()::text as mark`.execute(
      db,
    );
    await restore(db, file, { at: NOW });
    const { rows: older } = await sql`
      select id from planning_years where changed_in <= ${rows[0]!.mark}::xid8
        or changed_in <> (select max(changed_in) from planning_years)`.execute(db);
    expect(older).toEqual([]);
  });
});

test('a table of a later migration is taken along, with counters, generated columns and a change mark', async () => {
  const more = { ...migrations, '20991231T0000_later': later };
  const from = await target();
  await migrate(from.db);
  await later.up(from.db as unknown as Kysely<unknown>);
  await sql`insert into kysely_migration values ('20991231T0000_later', '')`.execute(from.db);
  await fillLater(from.db as unknown as Kysely<unknown>);
  const file = files.file('later.backup');
  await backup(from.db, file, { at: NOW });

  const to = await target();
  // Ids of transactions are handed out by the server for all of its databases.
  const { rows: marks } = await sql<{ mark: string }>`
    select pg_current_xact_id()::text as mark`.execute(to.db);
  await restore(to.db, file, { at: NOW, migrations: more });
  const is = await contents(to.db);
  expect(is).toEqual(await contents(from.db));
  expect(is.later_things).toContain('"{""a b"",NULL,""c\\\\""d""}"');

  const { rows } = await sql<{ mark: string | null; name: string }>`
    select changed_in::text as mark, name from later_things order by id`.execute(to.db);
  expect(rows.map(({ mark }) => mark === null)).toEqual([false, false, true]);
  expect(BigInt(rows[0]!.mark!)).toBeGreaterThan(BigInt(marks[0]!.mark));
  expect(rows[1]!.mark).toBe(rows[0]!.mark);

  const { rows: next } = await sql<{ id: number; no: number }>`
    insert into later_things (name) values ('next') returning id, no`.execute(to.db);
  expect(next).toEqual([{ id: 43, no: 4 }]);
  // The keys that had to wait while rows were loaded hold at once again.
  await expect(
    sql`insert into later_things (name, parent) values ('lost', 999)`.execute(to.db),
  ).rejects.toMatchObject({ code: '23503' });
  const { rows: keys } = await sql<{ waiting: number }>`
    select count(*)::int as waiting from pg_constraint where condeferrable`.execute(to.db);
  expect(keys).toEqual([{ waiting: 0 }]);
});

test('a table that no migration makes is somebody else’s, and left out', async () => {
  const { ctx } = await source();
  await sql`create table somebodys_notes (note text)`.execute(ctx.db);
  await sql`insert into somebodys_notes values ('mine')`.execute(ctx.db);
  const file = files.file('notes.backup');
  await backup(ctx.db, file, { at: NOW });
  const { db } = await target();
  const { leftOut, rows } = await restore(db, file, { at: NOW });
  expect(leftOut).toEqual(['somebodys_notes']);
  expect(rows).not.toHaveProperty('somebodys_notes');
  expect(await tableNames(db)).not.toContain('somebodys_notes');
});

test('twenty schools through their year are verified entry by entry', async () => {
  const { ctx } = await source();
  await schoolsThroughTheYear(ctx, 20);
  const file = files.file('twenty.backup');
  const { rows } = await backup(ctx.db, file, { at: NOW });
  const { db } = await target();
  const { planningYears, entries } = await restore(db, file, { at: NOW });
  expect(planningYears).toBe(20);
  expect(entries).toBe(rows.log_entries);
  expect(entries).toBeGreaterThan(20 * 100);
  expect(rows.tasks).toBeGreaterThan(20 * 150);
});

test('the backup shows one moment, whatever is written meanwhile', async () => {
  const { ctx } = await source();
  await schoolsThroughTheYear(ctx, 1);
  const file = files.file('moment.backup');
  const { locked, go } = await lockSchools(ctx.db);
  await locked;
  const written = backup(ctx.db, file, { at: NOW });
  await until(() => someoneWaits(ctx.db));
  // It has read the districts by now, and not the schools.
  await go();
  expect((await written).rows).toMatchObject({ districts: 1, schools: 1 });
  const { db } = await target();
  await restore(db, file, { at: NOW });
  expect(await db.selectFrom('schools').select('code').execute()).toHaveLength(1);
});

describe('the file', () => {
  test('can be read by its owner alone, and nothing else is left beside it', async () => {
    const { ctx } = await source();
    await backup(ctx.db, files.file('own.backup'), { at: NOW });
    expect(statSync(files.file('own.backup')).mode & 0o777).toBe(0o600);
    expect(readdirSync(files.folder).filter((name) => name.endsWith('.part'))).toEqual([]);
  });

  test('is not overwritten unless that is asked for', async () => {
    const { ctx } = await source();
    const file = files.file('kept.backup');
    await backup(ctx.db, file, { at: NOW });
    const kept = readFileSync(file);
    await ctx.db.insertInto('districts').values({ code: 'D', name: 'D', demo: false }).execute();
    await expect(backup(ctx.db, file, { at: NOW })).rejects.toThrow(/exists already.*--force/);
    expect(readFileSync(file)).toEqual(kept);
    const { rows } = await backup(ctx.db, file, { at: NOW, overwrite: true });
    expect(rows.districts).toBe(1);
    expect(readFileSync(file)).not.toEqual(kept);
  });

  test('needs a folder and a database with something in it', async () => {
    const { ctx } = await source();
    await expect(backup(ctx.db, files.file('no/such'), { at: NOW })).rejects.toThrow(/no folder/);
    const { db } = await target();
    await expect(backup(db, files.file('none'), { at: NOW })).rejects.toThrow(/nothing to back up/);
    expect(readdirSync(files.folder).filter((name) => name.startsWith('none'))).toEqual([]);
  });

  test('does not stay half-written when the database fails', async () => {
    const { ctx } = await source();
    await sql`drop table planning_years cascade`.execute(ctx.db);
    await expect(backup(ctx.db, files.file('half'), { at: NOW })).rejects.toThrow();
    expect(readdirSync(files.folder).filter((name) => name.startsWith('half'))).toEqual([]);
  });
});

/** Keeps the schools from every reader until `go`, which adds a district with a school. */
async function lockSchools(db: Db): Promise<{ locked: Promise<void>; go: () => Promise<void> }> {
  const locked = Promise.withResolvers<void>();
  const gone = Promise.withResolvers<void>();
  const done = db.transaction().execute(async (trx) => {
    await sql`lock table schools in access exclusive mode`.execute(trx);
    locked.resolve();
    await gone.promise;
    await sql`insert into districts (code, name) values ('later', 'Later')`.execute(trx);
    await sql`
      insert into schools (code, district_code, name, city, county, school_type, grades, updated_at)
      values ('later', 'later', 'L', 'L', 'L', 'L', 'L', ${NOW})`.execute(trx);
  });
  const go = async () => {
    gone.resolve();
    await done;
  };
  return { locked: locked.promise, go };
}

/** Texts, bytes, numbers and instants of the kind that a careless export changes. */
async function awkwardRows(db: Db): Promise<void> {
  const text =
    'tab\t feed\n return\r\n quote" back\\slash \\N \\. \u2028\u2029\u0085 NUL-like \\u0000 ' +
    '\u0001\u007f {"json":[1]} null é \u{1F3EB} \u202e end ';
  await sql`
    insert into people (id, name, email, created_at) values
      ('019ab3c4-5d6e-7f80-9a1b-2c3d4e5f6071', ${text}, 'x@example.org', '2026-03-08 08:30:00.123456+00'),
      ('019ab3c4-5d6e-7f80-9a1b-2c3d4e5f6072', '', ${`${text}@example.org`}, '1969-12-31 23:59:59.999999+00')`.execute(
    db,
  );
  await sql`
    insert into api_keys (id, prefix, hash, role, scope, label, expires_on, created_by, created_at)
    values ('019ab3c4-5d6e-7f80-9a1b-2c3d4e5f6073', 'p', '\\x00ff0a0d5c22'::bytea, 'r',
      '{"b": 1e400, "a": 12345678901234567890.10, "": [null, "\\u2028 \\ud83c\\udfeb"]}'::jsonb,
      'NULL', 'infinity', 'test', 'infinity')`.execute(db);
  await sql`
    insert into suppressions (id, address, reason, since, detail)
    values ('019ab3c4-5d6e-7f80-9a1b-2c3d4e5f6075', 'x@example.org', 'bounced', ${NOW}, ${text})`.execute(
    db,
  );
  await sql`
    insert into mail_troubles (id, address, reason, since, last_at, detail)
    values ('019ab3c4-5d6e-7f80-9a1b-2c3d4e5f6076', 'y@example.org', 'complained', ${NOW}, ${NOW}, ${text})`.execute(
    db,
  );
  await sql`
    insert into assignments (id, person_id, program, role, organization_kind, organization_code, from_on, to_on)
    values ('019ab3c4-5d6e-7f80-9a1b-2c3d4e5f6074', '019ab3c4-5d6e-7f80-9a1b-2c3d4e5f6072', '', '', 'state',
      '', '0044-03-15 BC', '9999-12-31')`.execute(db);
}

const later: Migration = {
  up: async (db) => {
    await sql`
      create table later_things (
        id integer generated always as identity primary key,
        no serial,
        parent integer references later_things,
        owner integer,
        name text not null,
        shout text generated always as (upper(name)) stored,
        changed_in xid8 default pg_current_xact_id(),
        at timestamp, amount numeric(30, 10), ratio double precision, span interval,
        words text[], bits bytea, yes boolean, big bigint
      );
      create table later_owners (id integer primary key, favourite integer references later_things);
      alter table later_things add foreign key (owner) references later_owners`.execute(db);
  },
  down: async (db) => {
    await sql`drop table later_things, later_owners cascade`.execute(db);
  },
};

/** A child before its parent, and two tables that point to each other. */
async function fillLater(db: Kysely<unknown>): Promise<void> {
  await sql`insert into later_owners values (1, null)`.execute(db);
  await sql`
    insert into later_things (id, parent, owner, name, changed_in, at, amount, ratio, span, words, bits, yes, big)
    overriding system value values
      (40, null, 1, 'a', pg_current_xact_id(), '2026-03-08 02:30:00.000001', 12345678901234567890.0123456789,
        0.1::float8 + 0.2, '1 year -2 mons 3 days 04:05:06.789', array['a b', null, 'c"d'], '\\x00', true, 9223372036854775807),
      (41, 40, null, 'b', pg_current_xact_id(), null, null, 'NaN', null, '{}', '\\x', false, -1),
      (42, 41, null, 'c', null, null, 'NaN', '-Infinity', null, null, null, null, null)`.execute(
    db,
  );
  await sql`update later_things set parent = 42 where id = 40`.execute(db);
  await sql`update later_owners set favourite = 41`.execute(db);
  await sql`select setval('later_things_id_seq', 42)`.execute(db);
}
