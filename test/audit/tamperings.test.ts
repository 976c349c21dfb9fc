import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { sql } from 'kysely';
import { pino } from 'pino';
import { readSeals, type TellSeal, tellSeals } from '../../src/audit/outside.ts';
import { verifyDatabase, verifyWithin } from '../../src/audit/verify-database.ts';
import { backup } from '../../src/backup/backup.ts';
import { restore } from '../../src/backup/restore.ts';
import { fingerprintOf } from '../../src/backup/signing.ts';
import { trusting } from '../../src/backup/trust.ts';
import type { Db, DbOrTrx } from '../../src/context.ts';
import { openDatabase } from '../../src/db/database.ts';
import { rebuild } from '../../src/planning-years/rebuild.ts';
import { rebuildCounts } from '../../src/reports/rebuild.ts';
import { backupFolder, rewrite } from '../backup/support/backup-file.ts';
import { createTestDatabase } from '../support/database.ts';
import { canonical, chainOf } from './support/formulas.ts';
import { remakeSeals, type SealedDatabase, sealedDatabase } from './support/sealed-database.ts';

let made: SealedDatabase;
let db: Db;
let serving: Db;
/** The seals as they were written down outside of the database. */
let outside: TellSeal[];
let at: Date;

const figure = { refused: 0, detected: 0, unnoticed: 0 };

beforeAll(async () => {
  made = await sealedDatabase();
  db = made.api.ctx.db;
  at = made.api.clock.now();
  let told = '';
  await tellSeals({ ...made.api.ctx, config: { sealsFile: null } }, '2026-11-18', (line) => {
    told += line;
  });
  outside = readSeals(told);
  const { rows } = await sql<{ name: string }>`select current_database() as name`.execute(db);
  const url = new URL(process.env.TEST_SERVING_URL!);
  url.pathname = `/${rows[0]!.name}`;
  serving = openDatabase(url.href, pino({ level: 'silent' }));
});
afterAll(async () => {
  await serving.destroy();
  await made.api.close();
  process.stdout.write(
    `tamperings: ${figure.refused + figure.detected + figure.unnoticed}, refused ${figure.refused}, detected ${figure.detected}, unnoticed ${figure.unnoticed}\n`,
  );
});

class Back extends Error {}

/** What `npm run audit:verify -- --seals FILE` says after somebody was at the database; then all is as it was. */
async function faultsAfter(
  one: Db,
  tamper: (trx: DbOrTrx) => Promise<unknown>,
  asOwner: boolean,
  seals = outside,
): Promise<string[]> {
  let faults: string[] = [];
  await one
    .transaction()
    .execute(async (trx) => {
      // Whoever owns the tables can switch their triggers off.
      if (asOwner) await sql`set local session_replication_role = replica`.execute(trx);
      await tamper(trx);
      faults = (await verifyWithin(trx, at, seals)).faults;
      throw new Back();
    })
    .catch((error) => {
      if (!(error instanceof Back)) throw error;
    });
  if (faults.length > 0) figure.detected += 1;
  else figure.unnoticed += 1;
  return faults;
}

type Tampering = [what: string, statement: (year: string) => ReturnType<typeof sql>];

test('what nobody has been at is whole', async () => {
  expect(outside.map(({ seal }) => seal)).toEqual(['2026-11-18', '2026-11-19', '2026-11-20']);
  expect((await verifyDatabase(db, at, outside)).faults).toEqual([]);
  const { differences, broken } = await rebuild(made.api.ctx);
  expect([differences, broken]).toEqual([[], []]);
});

/** The fields that a head's leaf, a fact's leaf and a seal cover, each changed. */
const COVERED: Tampering[] = [
  ...['program', 'year', 'organizationKind', 'organizationCode', 'districtCode'].map(
    (name): Tampering => [
      `${name} of a sealed head`,
      () => sql`update sealed_heads set belongs_to = jsonb_set(belongs_to, array[${name}], '"x"')
        where sealed_on = '2026-11-19'`,
    ],
  ),
  ['that a sealed head tells whose it is', () => sql`update sealed_heads set belongs_to = null`],
  [
    'hash of a sealed head',
    (year) =>
      sql`update sealed_heads set hash = sha256('x') where planning_year_id = ${year} and sealed_on = '2026-11-19'`,
  ],
  [
    'seq of a sealed head',
    (year) =>
      sql`update sealed_heads set seq = seq - 1 where planning_year_id = ${year} and sealed_on = '2026-11-19'`,
  ],
  [
    'planning year of a sealed head',
    (year) =>
      sql`update sealed_heads set planning_year_id = gen_random_uuid() where planning_year_id = ${year} and sealed_on = '2026-11-19'`,
  ],
  [
    'day of a sealed head',
    (year) =>
      sql`update sealed_heads set sealed_on = '2026-11-30' where planning_year_id = ${year} and sealed_on = '2026-11-19'`,
  ],
  [
    'a sealed head, taken away',
    (year) =>
      sql`delete from sealed_heads where planning_year_id = ${year} and sealed_on = '2026-11-19'`,
  ],
  [
    'id of a fact',
    (year) => sql`update audit_entries set id = gen_random_uuid() where planning_year_id = ${year}`,
  ],
  [
    'instant of a fact',
    (year) =>
      sql`update audit_entries set at = at + interval '1 ms' where planning_year_id = ${year}`,
  ],
  [
    'kind of a fact',
    (year) => sql`update audit_entries set kind = 'exported' where planning_year_id = ${year}`,
  ],
  [
    'actor of a fact',
    (year) => sql`update audit_entries set actor = 'key:another' where planning_year_id = ${year}`,
  ],
  [
    'request of a fact',
    (year) => sql`update audit_entries set request_id = null where planning_year_id = ${year}`,
  ],
  [
    'planning year of a fact',
    (year) =>
      sql`update audit_entries set planning_year_id = null where planning_year_id = ${year}`,
  ],
  [
    'detail of a fact',
    (year) => sql`update audit_entries set detail = '{}' where planning_year_id = ${year}`,
  ],
  ['a fact, taken away', (year) => sql`delete from audit_entries where planning_year_id = ${year}`],
  [
    'that facts are sealed',
    (year) => sql`update audit_entries set sealed_on = null where planning_year_id = ${year}`,
  ],
  [
    'day of a fact',
    (year) =>
      sql`update audit_entries set sealed_on = '2026-11-18' where planning_year_id = ${year}`,
  ],
  [
    'a fact put in',
    () => sql`insert into audit_entries (id, at, kind, actor, detail, sealed_on)
      values (gen_random_uuid(), '2026-11-18T12:00Z', 'forced', 'key:x', '{}', '2026-11-18')`,
  ],
  [
    'instant of a seal',
    () =>
      sql`update seals set sealed_at = sealed_at + interval '1 ms' where sealed_on = '2026-11-19'`,
  ],
  [
    'day of a seal',
    () => sql`
    with s as (update seals set sealed_on = '2026-11-21' where sealed_on = '2026-11-20'),
      h as (update sealed_heads set sealed_on = '2026-11-21' where sealed_on = '2026-11-20')
    update audit_entries set sealed_on = '2026-11-21' where sealed_on = '2026-11-20'`,
  ],
];

describe('the owner of the database, with triggers switched off,', () => {
  test.each<Tampering>(COVERED)('changes: %s', async (_, statement) => {
    expect(
      await faultsAfter(db, (trx) => statement(made.years[0]!).execute(trx), true, []),
    ).not.toEqual([]);
  });

  test.each<Tampering>(COVERED)('changes, and makes every seal anew: %s', async (_, statement) => {
    const faults = await faultsAfter(
      db,
      async (trx) => {
        await statement(made.years[0]!).execute(trx);
        await remakeSeals(trx);
      },
      true,
    );
    expect(faults).not.toEqual([]);
  });

  test.each<Tampering>([
    [
      'previous of a seal',
      () => sql`update seals set previous = sha256('x') where sealed_on = '2026-11-19'`,
    ],
    [
      'digest of a seal',
      () => sql`update seals set digest = sha256('x') where sealed_on = '2026-11-19'`,
    ],
    [
      'digest of the last seal',
      () => sql`update seals set digest = sha256('x') where sealed_on = '2026-11-20'`,
    ],
    ['the last seal, taken away with all that it holds', () => dropSeals('2026-11-20')],
    [
      'the first seal, taken away with all that it holds',
      () => sql`
      with h as (delete from sealed_heads where sealed_on = '2026-11-18'),
        f as (update audit_entries set sealed_on = null where sealed_on = '2026-11-18')
      delete from seals where sealed_on = '2026-11-18'`,
    ],
    ['every seal, taken away', () => dropSeals('2026-01-01')],
    [
      'program of a year',
      (year) => sql`update planning_years set program = 'another' where id = ${year}`,
    ],
    [
      'school year of a year',
      (year) => sql`update planning_years set year = '2027-28' where id = ${year}`,
    ],
    [
      'kind of a year’s organization',
      (year) => sql`update planning_years set organization_kind = 'district' where id = ${year}`,
    ],
    [
      'school of a year',
      (year) =>
        sql`update planning_years set organization_code = '98-901-0010-26-0099' where id = ${year}`,
    ],
    [
      'district of a year',
      (year) => sql`update planning_years set district_code = '98-901-0010-27' where id = ${year}`,
    ],
    [
      'that a year is real',
      (year) => sql`update planning_years set demo = true where id = ${year}`,
    ],
    [
      'id of a year, everywhere',
      (year) => sql`
      with l as (update log_entries set planning_year_id = ${OTHER} where planning_year_id = ${year})
      update planning_years set id = ${OTHER} where id = ${year}`,
    ],
    ['id of a year', (year) => sql`update planning_years set id = ${OTHER} where id = ${year}`],
    [
      'head number of a year',
      (year) => sql`update planning_years set head_seq = head_seq - 1 where id = ${year}`,
    ],
    [
      'head hash of a year',
      (year) => sql`update planning_years set head_hash = sha256('x') where id = ${year}`,
    ],
    ['a year, taken away', (year) => sql`delete from planning_years where id = ${year}`],
    [
      'a year, taken away with its log',
      (year) => sql`
      with l as (delete from log_entries where planning_year_id = ${year})
      delete from planning_years where id = ${year}`,
    ],
    [
      'text of an entry',
      (year) =>
        sql`update log_entries set entry = replace(entry, 'November 19', 'November 11') where planning_year_id = ${year}`,
    ],
    [
      'hash of an entry',
      (year) =>
        sql`update log_entries set hash = sha256('x') where planning_year_id = ${year} and seq = 2`,
    ],
    [
      'number of the last entry',
      (year) => sql`update log_entries set seq = seq + 1 where planning_year_id = ${year}
      and seq = (select head_seq from planning_years where id = ${year})`,
    ],
    [
      'year of an entry',
      (year) =>
        sql`update log_entries set planning_year_id = ${OTHER} where planning_year_id = ${year} and seq = 2`,
    ],
    [
      'type that an entry is filed under',
      (year) =>
        sql`update log_entries set type = 'withdraw' where planning_year_id = ${year} and seq = 2`,
    ],
    [
      'instant that an entry is filed under',
      (year) =>
        sql`update log_entries set recorded_at = recorded_at - interval '1 s' where planning_year_id = ${year} and seq = 2`,
    ],
    [
      'date that an entry is filed under',
      (year) =>
        sql`update log_entries set effective_on = effective_on - 1 where planning_year_id = ${year} and seq = 2`,
    ],
    [
      'an entry, taken away',
      (year) => sql`delete from log_entries where planning_year_id = ${year} and seq = 2`,
    ],
    [
      'a whole log, taken away',
      (year) => sql`delete from log_entries where planning_year_id = ${year}`,
    ],
    [
      'no JSON for an entry',
      (year) =>
        sql`update log_entries set entry = 'x' where planning_year_id = ${year} and seq = 2`,
    ],
  ])('changes: %s', async (_, statement) => {
    expect(
      await faultsAfter(db, (trx) => statement(made.years[0]!).execute(trx), true),
    ).not.toEqual([]);
  });

  test.each<[string, (texts: string[]) => string[]]>([
    ['changes a sealed entry', (l) => l.map((x) => x.replace('November 19', 'November 11'))],
    ['changes who did it', (l) => l.map((x) => x.replaceAll('administrator', 'coordinator'))],
    [
      'changes whose it is',
      (l) => l.map((x) => x.replace('98-901-0010-26-0000', '98-901-0010-26-0099')),
    ],
    [
      'keeps silent whose it is',
      (l) =>
        l.map((x) =>
          canonical(JSON.parse(x, (name, value) => (name === 'belongsTo' ? undefined : value))),
        ),
    ],
    ['cuts the tail', (l) => l.slice(0, 2)],
    ['cuts the beginning', (l) => l.slice(1)],
    ['takes an entry out', (l) => l.toSpliced(1, 1)],
    ['swaps two entries', (l) => [l[0]!, l[2]!, l[1]!, ...l.slice(3)]],
    ['puts an entry in', (l) => l.toSpliced(1, 0, l[1]!)],
    ['doubles the first entry', (l) => [l[0]!, ...l]],
  ])('makes a log anew and %s', async (_, change) => {
    const rewritten = (trx: DbOrTrx) => rewriteLog(trx, made.years[0]!, change);
    expect(await faultsAfter(db, rewritten, true)).not.toEqual([]);
    const withSeals = async (trx: DbOrTrx) => {
      await rewritten(trx);
      await sql`
        update sealed_heads s set hash = l.hash from log_entries l
        where l.planning_year_id = s.planning_year_id and l.seq = s.seq`.execute(trx);
      await remakeSeals(trx);
    };
    expect(await faultsAfter(db, withSeals, true)).not.toEqual([]);
  });

  test('changes: schools of two years, each the other’s', async () => {
    const set = (trx: DbOrTrx, year: string, code: string) =>
      sql`update planning_years set organization_code = ${code} where id = ${year}`.execute(trx);
    const swap = async (trx: DbOrTrx) => {
      await set(trx, made.years[0]!, 'between');
      await set(trx, made.years[1]!, '98-901-0010-26-0000');
      await set(trx, made.years[0]!, '98-901-0010-26-0001');
    };
    expect(await faultsAfter(db, swap, true, [])).not.toEqual([]);
  });

  test('gives the log of one school to another', async () => {
    const swap = (trx: DbOrTrx) =>
      sql`
      with y as (
        update planning_years y set head_seq = o.head_seq, head_hash = o.head_hash, state = o.state
        from planning_years o where y.id = ${made.years[1]} and o.id = ${made.years[2]})
      , gone as (delete from log_entries where planning_year_id = ${made.years[1]})
      select`
        .execute(trx)
        .then(() =>
          sql`
        insert into log_entries
        select (jsonb_populate_record(l, jsonb_build_object('planning_year_id', ${made.years[1]}::text))).*
        from log_entries l where planning_year_id = ${made.years[2]}`.execute(trx),
        );
    expect(await faultsAfter(db, swap, true, [])).not.toEqual([]);
  });
});

const OTHER = '01890000-0000-7000-8000-000000000000';

const dropSeals = (from: string) => sql`
  with h as (delete from sealed_heads where sealed_on >= ${from}::date),
    f as (update audit_entries set sealed_on = null where sealed_on >= ${from}::date)
  delete from seals where sealed_on >= ${from}::date`;

/** A log with other entries, whose chain and head hold. */
async function rewriteLog(
  trx: DbOrTrx,
  year: string,
  change: (texts: string[]) => string[],
): Promise<void> {
  const { rows } = await sql<{ entry: string }>`
    select entry from log_entries where planning_year_id = ${year} order by seq`.execute(trx);
  const texts = change(rows.map(({ entry }) => entry)).map((text, at) =>
    canonical({ ...JSON.parse(text), seq: at + 1 }),
  );
  await sql`delete from log_entries where planning_year_id = ${year}`.execute(trx);
  for (const [at, hash] of chainOf(texts).entries())
    await sql`
      insert into log_entries (planning_year_id, seq, type, recorded_at, effective_on, entry, hash)
      select ${year}, ${at + 1}, e ->> 'type', (e ->> 'recordedAt')::timestamptz,
        (e ->> 'effectiveOn')::date, ${texts[at]}, ${hash}
      from (select ${texts[at]}::jsonb as e) t`.execute(trx);
  await sql`
    update planning_years y set head_seq = l.seq, head_hash = l.hash from log_entries l
    where y.id = ${year} and l.planning_year_id = y.id and l.seq = ${texts.length}`.execute(trx);
}

describe('the role that serves', () => {
  test.each<Tampering>([
    ['change an entry', () => sql`update log_entries set entry = '{}'`],
    ['delete an entry', () => sql`delete from log_entries`],
    ['truncate the log', () => sql`truncate log_entries`],
    ['switch the log’s triggers off', () => sql`alter table log_entries disable trigger all`],
    ['drop the log’s trigger', () => sql`drop trigger log_is_append_only on log_entries`],
    [
      'replace the trigger’s function',
      () =>
        sql`create or replace function log_is_append_only() returns trigger language plpgsql as 'begin return new; end'`,
    ],
    ['work without triggers', () => sql`set session_replication_role = replica`],
    ['drop the log', () => sql`drop table log_entries`],
    ['change a fact', () => sql`update audit_entries set actor = 'x'`],
    [
      'unseal a fact',
      () => sql`update audit_entries set sealed_on = null where sealed_on is not null`,
    ],
    ['delete a fact', () => sql`delete from audit_entries`],
    ['change a seal', () => sql`update seals set digest = sha256('x')`],
    ['delete a seal', () => sql`delete from seals`],
    ['truncate the seals', () => sql`truncate seals cascade`],
    ['change a sealed head', () => sql`update sealed_heads set hash = sha256('x')`],
    ['delete a sealed head', () => sql`delete from sealed_heads`],
    ['take a planning year away', (year) => sql`delete from planning_years where id = ${year}`],
    [
      'call a year a demonstration',
      (year) => sql`update planning_years set demo = true where id = ${year}`,
    ],
    [
      'give a year another program',
      (year) => sql`update planning_years set program = 'x' where id = ${year}`,
    ],
    [
      'give a year another school year',
      (year) => sql`update planning_years set year = '2027-28' where id = ${year}`,
    ],
    ['become the owner', () => sql`set role planning_year`],
    ['give itself the owner’s rights', () => sql`grant planning_year to current_user`],
    ['change the history of settings', () => sql`update year_parameter_changes set actor = '{}'`],
    ['forget that a migration was applied', () => sql`delete from kysely_migration`],
  ])('is refused to %s', async (_, statement) => {
    await expect(statement(made.years[0]!).execute(serving)).rejects.toMatchObject({
      code: expect.stringMatching(/^(42501|23001)$/),
    });
    figure.refused += 1;
  });

  test.each<Tampering>([
    [
      'school of a year',
      (year) =>
        sql`update planning_years set organization_code = '98-901-0010-26-0099' where id = ${year}`,
    ],
    [
      'head of a year',
      (year) => sql`update planning_years set head_seq = 2, head_hash = (
      select hash from log_entries l where l.planning_year_id = ${year} and l.seq = 2) where id = ${year}`,
    ],
    [
      'hash of the head',
      (year) => sql`update planning_years set head_hash = sha256('x') where id = ${year}`,
    ],
    [
      'an entry put in at the end',
      (year) => sql`
      insert into log_entries (planning_year_id, seq, type, recorded_at, effective_on, entry, hash)
      select planning_year_id, seq + 1, type, recorded_at, effective_on, entry, sha256(hash || entry::bytea)
      from log_entries where planning_year_id = ${year} order by seq desc limit 1`,
    ],
    [
      'a seal put in',
      () => sql`insert into seals values ('2026-11-25', now(), sha256('x'), sha256('y'))`,
    ],
    [
      'a head put into a seal',
      () => sql`
      insert into sealed_heads (sealed_on, planning_year_id, seq, hash) values ('2026-11-19', ${OTHER}, 1, sha256('x'))`,
    ],
    [
      'a fact put into a sealed day',
      () => sql`
      insert into audit_entries (id, at, kind, actor, detail, sealed_on)
      values (gen_random_uuid(), '2026-11-18T12:00Z', 'forced', 'key:x', '{}', '2026-11-18')`,
    ],
  ])('can change, and it shows: %s', async (_, statement) => {
    expect(
      await faultsAfter(serving, (trx) => statement(made.years[0]!).execute(trx), false),
    ).not.toEqual([]);
  });

  test.each<Tampering>([
    [
      'state of a year',
      (year) =>
        sql`update planning_years set state = jsonb_set(state, '{designation}', '"Targeted"') where id = ${year}`,
    ],
    [
      'status of a year',
      (year) => sql`update planning_years set status = 'done' where id = ${year}`,
    ],
    [
      'status of a task',
      (year) =>
        sql`update tasks set status = 'done' where planning_year_id = ${year} and position < 50`,
    ],
    [
      'due date of a task',
      (year) => sql`update tasks set due_on = due_on + 30 where planning_year_id = ${year}`,
    ],
    [
      'hash of the head, that of an earlier entry',
      (year) => sql`update planning_years set head_hash = (
        select hash from log_entries l where l.planning_year_id = ${year} and l.seq = 1) where id = ${year}`,
    ],
    ['district of a year', () => sql`update planning_years set district_code = '98-901-0010-99'`],
  ])('can change, and npm run rebuild mends it and says so: %s', async (_, statement) => {
    await sql`insert into districts (code, name) values ('98-901-0010-99', 'Another') on conflict do nothing`.execute(
      db,
    );
    await statement(made.years[0]!).execute(serving);
    const { differences, broken } = await rebuild(made.api.ctx);
    expect(broken).toEqual([]);
    expect(differences).not.toEqual([]);
    figure.detected += 1;
    expect((await rebuild(made.api.ctx)).differences).toEqual([]);
    expect((await verifyDatabase(db, at, outside)).faults).toEqual([]);
  });

  test('can change what is counted, and npm run rebuild mends it and says so', async () => {
    await db.transaction().execute(rebuildCounts);
    await sql`update kept_counts set counts = '{}'`.execute(serving);
    expect(await db.transaction().execute(rebuildCounts)).not.toEqual([]);
    figure.detected += 1;
  });
});

describe('npm run rebuild', () => {
  test.each<Tampering>([
    [
      'whose tail was cut',
      (year) => sql`
      with gone as (delete from log_entries where planning_year_id = ${year} and seq > 2)
      update planning_years y set head_seq = 2, head_hash = l.hash from log_entries l
      where y.id = ${year} and l.planning_year_id = ${year} and l.seq = 2`,
    ],
    [
      'that is gone',
      (year) => sql`
      with gone as (delete from log_entries where planning_year_id = ${year}),
        t as (delete from tasks where planning_year_id = ${year})
      delete from planning_years where id = ${year}`,
    ],
  ])('tells of a log %s, and leaves it as it is', async (_, statement) => {
    const other = await sealedDatabase();
    try {
      const [year] = other.years;
      await other.api.ctx.db.transaction().execute(async (trx) => {
        await sql`set local session_replication_role = replica`.execute(trx);
        await statement(year!).execute(trx);
      });
      const { broken, differences } = await rebuild(other.api.ctx);
      expect(broken).toEqual([
        { planningYear: year, what: expect.stringMatching(/sealed on 2026-11-\d\d$/) },
      ]);
      expect(differences).toEqual([]);
      figure.detected += 1;
    } finally {
      await other.api.close();
    }
  });

  test('tells of a log that was rewritten, and mends nothing by it', async () => {
    const other = await sealedDatabase();
    try {
      const [year] = other.years;
      await other.api.ctx.db.transaction().execute(async (trx) => {
        await sql`set local session_replication_role = replica`.execute(trx);
        await rewriteLog(trx, year!, (l) => l.map((x) => x.replace('November 18', 'May 18')));
      });
      const { broken } = await rebuild(other.api.ctx);
      expect(broken).toEqual([
        { planningYear: year, what: expect.stringMatching(/is not the one that was sealed on/) },
      ]);
      figure.detected += 1;
    } finally {
      await other.api.close();
    }
  });
});

describe('a backup file', () => {
  const files = backupFolder();
  afterAll(files.remove);
  const { privateKey: key } = generateKeyPairSync('ed25519');
  const own = fingerprintOf(createPublicKey(key));
  let file: string;
  beforeAll(async () => {
    file = files.file('whole.backup');
    await backup(db, file, { at, key });
  });

  const inLog = (change: (row: string[]) => string[] | null) => (lines: string[]) =>
    inTable(lines, 'log_entries', change);

  test.each<[string, (lines: string[]) => string[]]>([
    [
      'an entry is changed',
      inLog((row) => row.map((x) => x.replace('November 19', 'November 11'))),
    ],
    [
      'an entry is filed under another type',
      inLog((row) => row.map((x) => (x === 'note.added' ? 'withdraw' : x))),
    ],
    [
      'a year is another school’s',
      (l) =>
        inTable(l, 'planning_years', (row) =>
          row.map((x) => (x === '98-901-0010-26-0000' ? '98-901-0010-26-0099' : x)),
        ),
    ],
    [
      'a year is a demonstration',
      (l) =>
        inTable(l, 'planning_years', (row, columns) => row.with(columns.indexOf('demo'), 'true')),
    ],
    [
      'a fact is changed',
      (l) =>
        inTable(l, 'audit_entries', (row) =>
          row.map((x) => (x === 'key:somebody' ? 'key:nobody' : x)),
        ),
    ],
    [
      'a seal is changed',
      (l) =>
        inTable(l, 'seals', (row, columns) =>
          row.with(columns.indexOf('sealed_at'), '2026-11-19 06:30:01+00'),
        ),
    ],
    [
      'a sealed head is another school’s',
      (l) =>
        inTable(l, 'sealed_heads', (row) =>
          row.map((x) => x?.replace('98-901-0010-26-0000', '98-901-0010-26-0099') ?? x),
        ),
    ],
    [
      'a key is made an administrator’s',
      (l) => inTable(l, 'api_keys', (row, columns) => row.with(columns.indexOf('label'), 'Mine')),
    ],
  ])('in which %s is refused under its old signature, and without one', async (what, change) => {
    const [old, unsigned] = [files.file('old.backup'), files.file('unsigned.backup')];
    rewrite(file, old, change, 'old');
    rewrite(file, unsigned, change, 'new');
    const target = await createTestDatabase();
    const trusts = trusting({ own, fingerprint: undefined, unsigned: false });
    try {
      for (const path of [old, unsigned]) {
        await expect(restore(target.db, path, { at, trusts })).rejects.toThrow();
        figure.refused += 1;
      }
      // Nothing seals a key.
      if (what.startsWith('a key')) return;
      // Whoever takes it all the same is told, or refused.
      const taken = await restore(target.db, unsigned, { at }).catch(({ name }) => name);
      if (taken === 'BrokenBackupError') figure.refused += 1;
      else {
        expect(taken.faults).not.toEqual([]);
        figure.detected += 1;
      }
    } finally {
      await target.drop();
    }
  });
});

/** The lines of a backup with other rows in one table. */
function inTable(
  lines: string[],
  name: string,
  change: (row: string[], columns: string[]) => string[] | null,
): string[] {
  const { tables } = JSON.parse(lines[0]!) as { tables: { name: string; columns: string[] }[] };
  const { columns } = tables.find((table) => table.name === name)!;
  let within = false;
  return lines.flatMap((line) => {
    if (!line.startsWith('[')) {
      within = JSON.parse(line).table === name;
      return [line];
    }
    if (!within) return [line];
    const row = change(JSON.parse(line), columns);
    return row ? [JSON.stringify(row)] : [];
  });
}

test('none of them goes unnoticed, and there are enough of them', () => {
  expect(figure.unnoticed).toBe(0);
  expect(figure.refused + figure.detected).toBeGreaterThanOrEqual(114);
});
