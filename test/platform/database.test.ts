import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Kysely, sql } from 'kysely';
import { pino } from 'pino';
import { migrations } from '../../migrations/index.ts';
import { openDatabase } from '../../src/db/database.ts';
import { DatabaseUnfitError, migrate, migrateTo, requireFit } from '../../src/db/migrate.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

describe('a connection', () => {
  test('gives dates as they are written, counts as numbers and JSON with its own keys', async () => {
    const { rows } = await sql`
      select date '2027-01-31' as due_on, array[date '2027-01-31'] as all_dates, count(*) as how_many,
        jsonb_build_object('snake_key', jsonb_build_object('inner_key', 1)) as some_json
      from schools`.execute(database.db);
    expect(rows).toEqual([
      {
        dueOn: '2027-01-31',
        allDates: ['2027-01-31'],
        howMany: 0,
        someJson: { snake_key: { inner_key: 1 } },
      },
    ]);
  });

  test('lives in UTC and has limits on how long anything may take', async () => {
    const { rows } = await sql`
      select current_setting('timezone') as zone, current_setting('statement_timeout') as statement,
        current_setting('lock_timeout') as lock,
        current_setting('idle_in_transaction_session_timeout') as idle`.execute(database.db);
    expect(rows).toEqual([{ zone: 'UTC', statement: '30s', lock: '10s', idle: '1min' }]);
  });

  test('prepares a statement with parameters once, under a name', async () => {
    const names = await database.db.connection().execute(async (connection) => {
      for (const code of ['a', 'b', 'c']) {
        await connection.selectFrom('schools').select('name').where('code', '=', code).execute();
      }
      const { rows } = await sql<{ calls: number }>`
        select generic_plans + custom_plans as calls from pg_prepared_statements
        where statement like '%"schools"%'`.execute(connection);
      return rows;
    });
    expect(names).toEqual([{ calls: 3 }]);
  });

  test('that is killed under a query fails that query and nothing else', async () => {
    const killed = database.db.connection().execute(async (connection) => {
      await sql`select pg_terminate_backend(pg_backend_pid())`.execute(connection);
    });
    await expect(killed).rejects.toMatchObject({ code: '57P01' });
    const { rows } = await sql`select 1 as one`.execute(database.db);
    expect(rows).toEqual([{ one: 1 }]);
  });
});

describe('migration', () => {
  test('is done once however many processes start together', async () => {
    await sql`drop schema public cascade; create schema public`.execute(database.db);
    const processes = [1, 2, 3].map(() => openDatabase(database.url, pino({ level: 'silent' })));
    await Promise.all(processes.map(migrate));
    await Promise.all(processes.map((db) => db.destroy()));

    const { rows } = await sql<{ times: number }>`
      select count(*) as times from kysely_migration where name like '%_initial'`.execute(
      database.db,
    );
    expect(rows).toEqual([{ times: 1 }]);
  });

  test('leaves the limits of its connection as they were', async () => {
    const one = database.db;
    await migrate(one);
    const { rows } = await sql`select current_setting('statement_timeout') as limit`.execute(one);
    expect(rows).toEqual([{ limit: '30s' }]);
  });

  test('refuses a server that is too old, and a database that is not UTF-8', () => {
    const server = { number: 150_000, version: '15.0', encoding: 'UTF8' };
    expect(() => requireFit(server)).not.toThrow();
    const old = { ...server, number: 140_019, version: '14.19' };
    expect(() => requireFit(old)).toThrow(/PostgreSQL 14\.19; version 15 or later/);
    expect(() => requireFit({ ...server, encoding: 'SQL_ASCII' })).toThrow(DatabaseUnfitError);
  });

  test('refuses a database that a newer version has written', async () => {
    await sql`
      insert into kysely_migration (name, timestamp) values ('29991231T0000_later', '2999-12-31')`.execute(
      database.db,
    );
    await expect(migrate(database.db)).rejects.toThrow(DatabaseUnfitError);
  });
});

test('of a migration that fails within a transaction, what it threw is told', async () => {
  const database = await createTestDatabase();
  const steps = {
    ...migrations,
    zzzz_broken: { up: (db: Kysely<unknown>) => sql`select no_such_column`.execute(db).then() },
  };
  await expect(
    database.db.transaction().execute((trx) => migrateTo(trx, 'zzzz_broken', steps as never)),
  ).rejects.toThrow('no_such_column');
  await database.drop();
});
