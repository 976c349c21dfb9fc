import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { sql } from 'kysely';
import { sealYesterday } from '../../src/audit/seal.ts';
import { verifyDatabase } from '../../src/audit/verify-database.ts';
import { clearDemo } from '../../src/demo/clear.ts';
import { loadDemoIfEmpty } from '../../src/demo/load.ts';
import { testContext } from '../support/app.ts';
import { canonical, chainOf, factLeaf, headLeaf, sealOf, ZEROS } from './support/formulas.ts';
import {
  remakeSeals,
  type SealedDatabase,
  sealedDatabase,
  sealedThings,
} from './support/sealed-database.ts';

let made: SealedDatabase;
beforeAll(async () => {
  made = await sealedDatabase();
});
afterAll(() => made.api.close());

test('the chain of every log follows from the document alone', async () => {
  const { db } = made.api.ctx;
  for (const id of made.years) {
    const rows = await db
      .selectFrom('logEntries')
      .select(['entry', 'hash'])
      .where('planningYearId', '=', id)
      .orderBy('seq')
      .execute();
    expect(rows.length).toBeGreaterThan(3);
    for (const { entry } of rows) expect(canonical(JSON.parse(entry))).toBe(entry);
    expect(chainOf(rows.map(({ entry }) => entry))).toEqual(rows.map(({ hash }) => hash));
    const { organizationCode } = await db
      .selectFrom('planningYears')
      .select('organizationCode')
      .where('id', '=', id)
      .executeTakeFirstOrThrow();
    expect(JSON.parse(rows[0]!.entry).belongsTo).toEqual({
      ...{ program: 'isbe-comprehensive', year: '2026-27', organizationKind: 'school' },
      ...{ organizationCode, districtCode: '98-901-0010-26' },
    });
    for (const { entry } of rows.slice(1)) expect(JSON.parse(entry).belongsTo).toBeUndefined();
  }
});

test('so does every seal, over every head that moved and every fact', async () => {
  const things = await sealedThings(made.api.ctx.db);
  expect(things.map(({ day }) => day)).toEqual(['2026-11-18', '2026-11-19', '2026-11-20']);
  let previous = ZEROS;
  for (const { day, sealedAt, digest, leaves, heads, facts } of things) {
    expect([heads, facts]).toEqual([3, 3]);
    expect(sealOf(previous, day, sealedAt, leaves)).toBe(digest);
    previous = digest;
  }
});

test('and the digests of an example stay what they are', () => {
  const belongsTo = {
    ...{ program: 'p', year: '2026-27', organizationKind: 'school' },
    ...{ organizationCode: '98-901-0010-26-0001', districtCode: '98-901-0010-26' },
  };
  const planningYear = '01890000-0000-7000-8000-000000000000';
  const hash = 'ab'.repeat(32);
  const fact = {
    ...{ id: planningYear, at: '2026-11-18T15:00:00.000Z', kind: 'forced', actor: 'key:a' },
    ...{ requestId: null, planningYear, detail: { type: 'withdraw' } },
  };
  const leaves = [
    headLeaf({ planningYear, seq: 3, hash, belongsTo }),
    headLeaf({ planningYear, seq: 3, hash }),
    factLeaf(fact),
  ];
  expect([...leaves, sealOf(ZEROS, '2026-11-18', '2026-11-19T06:30:00.000Z', leaves)]).toEqual(
    EXAMPLE,
  );
});

const EXAMPLE = [
  '1ef56812a24aceb8c8ba8a7e290caad501634f83053c6d71e35540b54e9ff120',
  '9dfb23e390e509af3cd8a0015a42a18243d541479a8a35e2480bdabda490911e',
  '0d7659479064cd02d61aab904fe0815356bc6433662673006cd25102cd8357e3',
  '668fd78c1f48038b43b439e234127284721d741a407df6f27a561ad042723dca',
];

test('a seal holds only what has moved since the one before, and a clock that goes back makes none', async () => {
  const { ctx, clock } = made.api;
  for (const day of ['22', '23']) {
    clock.set(`2026-11-${day}T06:30:00Z`);
    expect(await sealYesterday(ctx)).toBe(`2026-11-${Number(day) - 1}`);
  }
  // Of one school something was noted since; nothing of the others, and nothing on the day after.
  const later = (await sealedThings(ctx.db)).slice(3);
  expect(later.map(({ heads }) => heads)).toEqual([1, 0]);
  expect(later.map(({ facts }) => facts)).toEqual([0, 0]);

  clock.set('2026-11-10T06:30:00Z');
  expect(await sealYesterday(ctx)).toBeNull();
  clock.set('2026-11-23T15:00:00Z');
  expect(await verifyDatabase(ctx.db, clock.now())).toMatchObject({ faults: [], seals: 5 });
});

test('a year that an earlier release began is bound by the next seal and by its next entry, and earlier seals still hold', async () => {
  const { db } = made.api.ctx;
  const [id] = made.years;
  const earlier = await db.transaction().execute(async (trx) => {
    // As an earlier release has written it: neither its log nor its seals tell whose it is.
    await sql`set local session_replication_role = replica`.execute(trx);
    const { rows } = await sql<{ seq: number; entry: string }>`
      select seq, entry from log_entries where planning_year_id = ${id} order by seq`.execute(trx);
    const texts = rows.map(({ entry }) => {
      const { belongsTo: _, ...rest } = JSON.parse(entry);
      return canonical(rest);
    });
    for (const [at, hash] of chainOf(texts).entries()) {
      const seq = at + 1;
      await sql`update log_entries set entry = ${texts[at]}, hash = ${hash}
        where planning_year_id = ${id} and seq = ${seq}`.execute(trx);
      await sql`update sealed_heads set hash = ${hash}, belongs_to = null
        where planning_year_id = ${id} and seq = ${seq}`.execute(trx);
      await sql`update planning_years set head_hash = ${hash}, state = state - 'belongsTo'
        where id = ${id} and head_seq = ${seq}`.execute(trx);
    }
    await remakeSeals(trx);
    return texts.length;
  });
  const verified = () => verifyDatabase(db, made.api.clock.now());
  expect((await verified()).faults).toEqual([]);

  const boundBy = async () => {
    const { rows } = await sql<{ told: unknown }>`
      select belongs_to ->> 'organizationCode' as told from sealed_heads
      where planning_year_id = ${id} order by sealed_on desc limit 1`.execute(db);
    return rows[0]!.told;
  };
  expect(await boundBy()).toBeNull();
  made.api.clock.set('2026-11-24T06:30:00Z');
  await sealYesterday(made.api.ctx);
  expect(await boundBy()).toBe('98-901-0010-26-0000');
  expect((await verified()).faults).toEqual([]);

  await made.api.admin.post(`/v1/planning-years/${id}/notes`, { text: 'By this release.' });
  const { rows } = await sql<{ entry: string }>`
    select entry from log_entries where planning_year_id = ${id} and seq = ${earlier + 1}`.execute(
    db,
  );
  expect(JSON.parse(rows[0]!.entry).belongsTo.organizationCode).toBe('98-901-0010-26-0000');
  expect((await verified()).faults).toEqual([]);
});

test('a demonstration that is cleared after a seal leaves nothing that the seals miss', async () => {
  const { ctx, clock, drop } = await testContext({ now: '2026-11-18T15:00:00Z' });
  try {
    await loadDemoIfEmpty(ctx);
    clock.set('2026-11-19T06:30:00Z');
    expect(await sealYesterday(ctx)).toBe('2026-11-18');
    const { planningYears } = await clearDemo(ctx.db);
    expect(planningYears).toBeGreaterThan(0);
    clock.set('2026-11-20T06:30:00Z');
    expect(await sealYesterday(ctx)).toBe('2026-11-19');
    expect(await verifyDatabase(ctx.db, clock.now())).toMatchObject({ faults: [], seals: 2 });
  } finally {
    await drop();
  }
});
