import { createHash } from 'node:crypto';
import type { Actor, Grant } from '../actor.ts';
import type { Context, Trx } from '../context.ts';
import { instantOf } from '../db/instant.ts';
import { asOfOneMoment } from '../db/one-moment.ts';
import { bootstrap } from '../http/authenticate.ts';
import type { BelongsTo } from '../planning-years/belongs-to.ts';
import { rightOf } from '../policy/table.ts';
import { whereCan } from '../policy/where.ts';
import { entryOf, selectEntries, selectReached } from './entries.ts';
import { auditLeaf, headLeaf, type SealedHead } from './leaves.ts';
import { FORMAT } from './lines.ts';

export interface ExportQuery {
  program?: string | undefined;
  year?: string | undefined;
}

/**
 * The logs within the actor's reach, what was witnessed, and the seals, as lines of JSON that
 * `verifyExport` can check without us: a header; each seal with the leaves of all that it holds; each
 * planning year with its entries, its head, and what was sealed of it; each witnessed fact; a trailer
 * with the counts and a SHA-256 over all before it. As of one moment.
 */
export async function* exportAudit(
  { db, clock }: Pick<Context, 'db' | 'clock'>,
  actor: Actor,
  query: ExportQuery,
): AsyncGenerator<string> {
  yield* asLines(
    asOfOneMoment(db, (trx) => things(trx, actor, query)),
    clock.now(),
  );
}

/** The same of everything, as a transaction sees it. */
export const exportWithin = (trx: Trx, at: Date): AsyncGenerator<string> =>
  asLines(things(trx, bootstrap, {}), at);

async function* asLines(all: AsyncIterable<Thing>, at: Date): AsyncGenerator<string> {
  const digest = createHash('sha256');
  const counts: Record<string, number> = {};
  for await (const { kind, ...rest } of all) {
    if (kind === 'header') Object.assign(rest, { exportedAt: at.toISOString() });
    else counts[kind] = (counts[kind] ?? 0) + 1;
    const line = `${JSON.stringify({ kind, ...rest })}\n`;
    digest.update(line);
    yield line;
  }
  yield `${JSON.stringify({ kind: 'trailer', counts, sha256: digest.digest('hex') })}\n`;
}

type Thing = { kind: string } & Record<string, unknown>;

async function* things(trx: Trx, actor: Actor, query: ExportQuery): AsyncGenerator<Thing> {
  const narrowed = query.program !== undefined || query.year !== undefined;
  const complete = !narrowed && actor.grants.some(seesAll);
  yield { kind: 'header', format: FORMAT, complete, by: actor.id };
  yield* seals(trx);
  yield* years(trx, actor, query);
  yield* facts(trx, actor, query);
}

/** Nothing is kept from a role for everything in every program. */
const seesAll = ({ kind, program, scope }: Grant): boolean =>
  program === null && 'all' in scope && rightOf('audit.export', kind) !== undefined;

async function* seals(trx: Trx): AsyncGenerator<Thing> {
  const rows = await trx.selectFrom('seals').selectAll().orderBy('sealedOn').execute();
  for (const { sealedOn, sealedAt, previous, digest } of rows) {
    const heads = await trx
      .selectFrom('sealedHeads')
      .select(['planningYearId as planningYear', 'seq', 'hash', 'belongsTo'])
      .where('sealedOn', '=', sealedOn)
      .execute();
    const entries = await selectEntries(trx).where('a.sealedOn', '=', sealedOn).execute();
    yield {
      kind: 'seal',
      sealedOn,
      sealedAt: instantOf(sealedAt),
      previous: previous.toString('hex'),
      digest: digest.toString('hex'),
      leaves: [
        ...heads.map((head) => headLeaf(leafOf(head))),
        ...entries.map((entry) => auditLeaf(entryOf(entry))),
      ].sort(),
    };
  }
}

interface HeadRow {
  planningYear: string;
  seq: number;
  hash: Buffer;
  belongsTo: unknown;
}

const leafOf = ({ hash, belongsTo, ...head }: HeadRow): SealedHead => ({
  ...head,
  hash: hash.toString('hex'),
  belongsTo: belongsTo as BelongsTo | null,
});

async function* years(trx: Trx, actor: Actor, query: ExportQuery): AsyncGenerator<Thing> {
  for (let after = ''; ; ) {
    const rows = await reached(trx, actor, query)
      .select(['y.id', 'y.program', 'y.year', 'y.organizationKind', 'y.organizationCode'])
      .select(['y.districtCode', 'y.headSeq', 'y.headHash'])
      .$if(after !== '', (some) => some.where('y.id', '>', after))
      .orderBy('y.id')
      .limit(BATCH)
      .execute();
    for (const { id, headSeq, headHash, ...named } of rows) {
      yield { kind: 'planningYear', planningYear: id, ...named };
      const entries = await trx
        .selectFrom('logEntries')
        .select(['seq', 'entry', 'hash'])
        .where('planningYearId', '=', id)
        .orderBy('seq')
        .execute();
      for (const { seq, entry, hash } of entries)
        yield { kind: 'entry', seq, hash: hash.toString('hex'), entry };
      yield { kind: 'head', seq: headSeq, hash: headHash.toString('hex') };
      const sealed = await trx
        .selectFrom('sealedHeads')
        .select(['sealedOn', 'seq', 'hash', 'belongsTo'])
        .where('planningYearId', '=', id)
        .orderBy('sealedOn')
        .execute();
      for (const { hash, ...rest } of sealed)
        yield { kind: 'sealedHead', ...rest, hash: hash.toString('hex') };
    }
    if (rows.length < BATCH) return;
    after = rows.at(-1)!.id;
  }
}

async function* facts(trx: Trx, actor: Actor, query: ExportQuery): AsyncGenerator<Thing> {
  for (let after = ''; ; ) {
    const rows = await selectReached(trx, actor, 'audit.export')
      .$if(after !== '', (some) => some.where('a.id', '>', after))
      .$if(query.program !== undefined, (some) => some.where('y.program', '=', query.program!))
      .$if(query.year !== undefined, (some) => some.where('y.year', '=', query.year!))
      .orderBy('a.id')
      .limit(FACTS)
      .execute();
    for (const { kind, ...rest } of rows.map(entryOf)) yield { ...rest, kind: 'fact', what: kind };
    if (rows.length < FACTS) return;
    after = rows.at(-1)!.id;
  }
}

const BATCH = 100;
const FACTS = 5000;

const reached = (trx: Trx, actor: Actor, { program, year }: ExportQuery) =>
  trx
    .selectFrom('planningYears as y')
    .where((eb) =>
      whereCan(eb, actor, 'audit.export', {
        program: 'y.program',
        district: 'y.districtCode',
        school: 'y.organizationCode',
      }),
    )
    .$if(program !== undefined, (some) => some.where('y.program', '=', program!))
    .$if(year !== undefined, (some) => some.where('y.year', '=', year!));
