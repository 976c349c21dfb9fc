import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { sql } from 'kysely';
import { pino } from 'pino';
import type { Db } from '../../src/context.ts';
import { openDatabase } from '../../src/db/database.ts';
import { APPEND_ONLY, FIXED, grantServing, NEVER_DELETED } from '../../src/db/grants.ts';
import { loginOf, ownsTables } from '../../src/db/serving-role.ts';
import { prepareDatabase } from '../../src/prepare-database.ts';
import { createQueue } from '../../src/queue/pg-boss.ts';
import { bareDatabase } from '../backup/support/databases.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';

const log = pino({ level: 'silent' });
let database: TestDatabase;
let serving: Db;
let tables: string[];

const at = (url: string, { pathname }: URL): string => {
  const moved = new URL(url);
  moved.pathname = pathname;
  return moved.href;
};
const servingUrl = (url: string): string => at(process.env.TEST_SERVING_URL!, new URL(url));

beforeAll(async () => {
  database = await createTestDatabase();
  serving = openDatabase(servingUrl(database.url), log);
  const { rows } = await sql<{ name: string }>`
    select c.relname as name from pg_class c
    where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' order by 1`.execute(
    database.db,
  );
  tables = rows.map(({ name }) => name);
});
afterAll(async () => {
  await serving.destroy();
  await database.drop();
});

/** What the server answers; null: it did it. Nothing is left of it. */
async function refusal(db: Db, statement: string): Promise<string | null> {
  let answer: string | null = null;
  await db
    .transaction()
    .execute(async (trx) => {
      await sql.raw(statement).execute(trx);
      throw new Done();
    })
    .catch((error) => {
      if (!(error instanceof Done)) answer = (error as { code: string }).code;
    });
  return answer;
}

class Done extends Error {}

const DENIED = '42501';

describe('the role that serves', () => {
  test('is refused whatever would change the schema, a log, or what protects it', async () => {
    const first = (table: string): string => (table === 'kysely_migration' ? 'name' : 'ctid');
    const statements = [
      ...tables.flatMap((table) => [
        `truncate ${table} cascade`,
        `drop table ${table} cascade`,
        `alter table ${table} disable trigger all`,
        `alter table ${table} add column more int`,
        `alter table ${table} owner to current_user`,
        `create trigger t before update on ${table} for each row execute function audit_is_append_only()`,
        `create rule r as on delete to ${table} do instead nothing`,
      ]),
      ...Object.keys(APPEND_ONLY).map((table) => `delete from ${table}`),
      ...NEVER_DELETED.map((table) => `delete from ${table}`),
      ...Object.entries(FIXED).flatMap(([table, columns]) =>
        columns.map((column) => `update ${table} set ${column} = ${column}`),
      ),
      ...tables
        .filter((table) => table in APPEND_ONLY && table !== 'audit_entries')
        .map((table) =>
          `update ${table} set ${first(table)} = ${first(table)}`.replace(
            /ctid/g,
            firstColumn(table),
          ),
        ),
      `update audit_entries set actor = actor`,
      `delete from kysely_migration`,
      `update kysely_migration set name = name`,
      `insert into kysely_migration values ('x', 'x')`,
      `select * from kysely_migration_lock for update`,
      `create table public.more (id int)`,
      `create schema more`,
      `create function public.more() returns int language sql as 'select 1'`,
      `create or replace function audit_is_append_only() returns trigger language plpgsql as 'begin return new; end'`,
      `drop function log_is_append_only() cascade`,
      `drop trigger log_is_append_only on log_entries`,
      `alter trigger log_is_append_only on log_entries rename to x`,
      `drop schema public cascade`,
      `drop schema queue cascade`,
      `truncate queue.job`,
      `drop table queue.job cascade`,
      `alter table queue.job add column more int`,
      `set session_replication_role = replica`,
      `set role planning_year`,
      `set session authorization planning_year`,
      `grant planning_year to planning_year_server`,
      `alter role planning_year_server superuser`,
      `create role more`,
      `alter database ${new URL(database.url).pathname.slice(1)} owner to planning_year_server`,
      `copy (select 1) to program 'true'`,
      `select pg_read_file('PG_VERSION')`,
    ];
    const allowed: string[] = [];
    for (const statement of statements)
      if ((await refusal(serving, statement)) !== DENIED) allowed.push(statement);
    expect(allowed).toEqual([]);
    process.stdout.write(
      `roles: ${statements.length} statements refused to the role that serves\n`,
    );
    expect(statements.length).toBeGreaterThan(41);
  });

  test('may read and write every table that is not the owner’s alone', async () => {
    const { rows } = await sql<{ name: string }>`
      select t.name from unnest(${tables}::text[]) t (name)
      where not has_table_privilege(t.name, 'select') or not has_table_privilege(t.name, 'insert')
      order by 1`.execute(serving);
    expect(rows.map(({ name }) => name)).toEqual([
      ...['kysely_migration', 'kysely_migration_lock', 'writers'],
    ]);
  });

  test('has fewer rights on every table whose trigger refuses changes', async () => {
    const { rows } = await sql<{ name: string }>`
      select distinct c.relname as name from pg_trigger t join pg_class c on c.oid = t.tgrelid
      where t.tgname like '%append_only'`.execute(database.db);
    expect(rows.length).toBeGreaterThan(4);
    for (const { name } of rows) expect(Object.keys(APPEND_ONLY)).toContain(name);
    for (const name of [...Object.keys(APPEND_ONLY), ...NEVER_DELETED, ...Object.keys(FIXED)])
      expect(tables).toContain(name);
  });

  test('is given its rights on a table and a column that a migration has just made', async () => {
    await sql`create table later (id int); alter table planning_years add later int`.execute(
      database.db,
    );
    expect(await refusal(serving, 'select from later')).toBe(DENIED);
    // What an earlier release, or a hand, has given it is taken from it.
    await sql`
      grant delete, truncate on log_entries to planning_year_server;
      grant update (year) on planning_years to planning_year_server`.execute(database.db);
    expect(await refusal(serving, 'truncate log_entries')).not.toBe(DENIED);
    await grantServing(database.db, loginOf(process.env.TEST_SERVING_URL!).role);
    expect(await refusal(serving, 'truncate log_entries')).toBe(DENIED);
    expect(await refusal(serving, 'insert into later values (1)')).toBeNull();
    expect(await refusal(serving, 'delete from later')).toBeNull();
    expect(await refusal(serving, 'truncate later')).toBe(DENIED);
    expect(await refusal(serving, 'update planning_years set later = 1')).toBeNull();
    expect(await refusal(serving, `update planning_years set year = 'x'`)).toBe(DENIED);
  });

  test('works with the queue, whose tables the owner has made', async () => {
    const queue = await createQueue({ url: servingUrl(database.url), log });
    const ended = new Promise<string[]>((resolve) => {
      void queue.work('send-mails', async ({ messageIds }) => resolve(messageIds));
    });
    const messageIds = ['01890000-0000-7000-8000-000000000000'];
    await serving.transaction().execute((trx) => queue.send(trx, 'send-mails', [{ messageIds }]));
    expect(await ended).toEqual(messageIds);
    await queue.stop();
  });

  test('is not the owner, which the owner is', async () => {
    expect(await ownsTables(serving)).toBe(false);
    expect(await ownsTables(database.db)).toBe(true);
  });
});

function firstColumn(table: string): string {
  return (
    {
      calendar_versions: 'version',
      log_entries: 'entry',
      mail_settings_changes: 'actor',
      school_acts: 'actor',
      sealed_heads: 'hash',
      seals: 'digest',
      secrets: 'value',
      year_parameter_changes: 'actor',
    }[table] ?? 'id'
  );
}

describe('a database whose owner is no superuser', () => {
  let bare: TestDatabase;
  const suffix = randomBytes(6).toString('hex');
  const [owner, server] = [`owner_${suffix}`, `server_${suffix}`];
  const by = (role: string): string => {
    const url = new URL(bare.url);
    [url.username, url.password] = [role, 'secret'];
    return url.href;
  };

  beforeAll(async () => {
    bare = await bareDatabase();
    const name = new URL(bare.url).pathname.slice(1);
    await sql`create role ${sql.id(owner)} login password 'secret'`.execute(bare.db);
    await sql`alter database ${sql.id(name)} owner to ${sql.id(owner)}`.execute(bare.db);
  });
  afterAll(async () => {
    await sql`drop owned by ${sql.id(owner)} cascade`.execute(bare.db);
    await bare.drop();
    for (const role of [owner, server])
      await sql`drop role if exists ${sql.id(role)}`.execute(database.db);
  });

  test('is told which role to make where its owner may make none', async () => {
    await expect(prepareDatabase({ owner: by(owner), serving: by(server) }, log)).rejects.toThrow(
      new RegExp(`create role "${server}" login`),
    );
  });

  test('is prepared by it, by many at once, and served by another', async () => {
    await sql`create role ${sql.id(server)} login password 'secret'`.execute(bare.db);
    const addresses = { owner: by(owner), serving: by(server) };
    await Promise.all([1, 2, 3].map(() => prepareDatabase(addresses, log)));
    const db = openDatabase(by(server), log);
    try {
      expect(await ownsTables(db)).toBe(false);
      // Whoever can become the owner is no better than the owner.
      await sql`grant ${sql.id(owner)} to ${sql.id(server)}`.execute(bare.db);
      expect(await ownsTables(db)).toBe(true);
      await sql`revoke ${sql.id(owner)} from ${sql.id(server)}`.execute(bare.db);
      expect(await ownsTables(db)).toBe(false);
      expect(await refusal(db, 'delete from log_entries')).toBe(DENIED);
      expect(await refusal(db, 'truncate log_entries')).toBe(DENIED);
    } finally {
      await db.destroy();
    }
  });

  test('is served without its owner’s password once it is prepared, and can’t be prepared so', async () => {
    await prepareDatabase({ owner: by(server) }, log);
    await sql`delete from kysely_migration where name like '20261201%'`.execute(bare.db);
    await expect(prepareDatabase({ owner: by(server) }, log)).rejects.toThrow(
      /can't be used .*own it/,
    );
  });
});
