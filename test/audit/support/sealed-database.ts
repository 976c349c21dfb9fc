import { sql } from 'kysely';
import { sealYesterday } from '../../../src/audit/seal.ts';
import type { DbOrTrx } from '../../../src/context.ts';
import { recordFacts } from '../../../src/http/witnessed.ts';
import { type TestApp, testApp } from '../../support/app.ts';
import { openTestYears } from '../../support/years.ts';
import { factLeaf, headLeaf, type Json, sealOf, ZEROS } from './formulas.ts';

export interface SealedDatabase {
  api: TestApp;
  /** Of three schools. */
  years: string[];
}

/** Three schools, three days with a note and a fact each, all sealed; and a note since. */
export async function sealedDatabase(): Promise<SealedDatabase> {
  const api = await testApp({ now: '2026-11-18T15:00:00Z' });
  const years = await openTestYears(api.ctx, 3);
  for (const day of ['18', '19', '20']) {
    for (const [at, id] of years.entries()) {
      await note(api, id, `A note of November ${day}.`);
      await recordFacts(api.ctx.db, api.clock.now(), [
        {
          ...{ kind: 'forced', actor: 'key:somebody', requestId: `request-${day}-${at}` },
          ...{ planningYear: id, detail: { type: 'withdraw', day } },
        },
      ]);
    }
    api.clock.set(`2026-11-${Number(day) + 1}T06:30:00Z`);
    await sealYesterday(api.ctx);
    api.clock.set(`2026-11-${Number(day) + 1}T15:00:00Z`);
  }
  await note(api, years[0]!, 'Since the last seal.');
  return { api, years };
}

async function note({ admin }: TestApp, id: string, text: string): Promise<void> {
  const { statusCode, body } = await admin.post(`/v1/planning-years/${id}/notes`, { text });
  if (statusCode !== 201) throw new Error(body);
}

/** Makes every seal anew over what stands in the database, as its owner could. */
export async function remakeSeals(db: DbOrTrx): Promise<void> {
  let previous = ZEROS;
  for (const { day, sealedAt, leaves } of await sealedThings(db)) {
    const digest = sealOf(previous, day, sealedAt, leaves);
    await sql`
      update seals set previous = decode(${previous}, 'hex'), digest = decode(${digest}, 'hex')
      where sealed_on = ${day}::date`.execute(db);
    previous = digest;
  }
}

/** What each seal is made over, by docs/evidence.md. */
export async function sealedThings(db: DbOrTrx) {
  const { rows: days } = await sql<{ day: string; sealedAt: Date; digest: Buffer }>`
    select sealed_on::text as day, sealed_at, digest from seals order by sealed_on`.execute(db);
  const things = [];
  for (const { day, sealedAt, digest } of days) {
    const { rows: heads } = await sql<{ leaf: { [key: string]: Json } }>`
      select jsonb_strip_nulls(jsonb_build_object('planningYear', planning_year_id, 'seq', seq,
        'hash', encode(hash, 'hex'), 'belongsTo', belongs_to)) as leaf
      from sealed_heads where sealed_on = ${day}::date`.execute(db);
    const { rows: facts } = await sql<{ leaf: { [key: string]: Json } }>`
      select jsonb_build_object('id', id, 'kind', kind, 'actor', actor, 'requestId', request_id,
        'planningYear', planning_year_id, 'detail', detail,
        'at', to_char(at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')) as leaf
      from audit_entries where sealed_on = ${day}::date`.execute(db);
    const leaves = [
      ...heads.map(({ leaf }) => headLeaf(leaf)),
      ...facts.map(({ leaf }) => factLeaf(leaf)),
    ];
    things.push({
      ...{ day, sealedAt: sealedAt.toISOString(), digest: digest.toString('hex'), leaves },
      ...{ heads: heads.length, facts: facts.length },
    });
  }
  return things;
}
