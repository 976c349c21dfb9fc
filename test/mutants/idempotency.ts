import { inFile, type Mistake } from './mistake.ts';

const KEYED = 'test/http/keyed-requests.test.ts';
const KEYS = 'test/http/idempotency.test.ts';
const TOGETHER = 'test/planning-years/together.test.ts';
const of = inFile('src/http/idempotency.ts', KEYED, KEYS);

/** Answers that are kept for a key. */
export default [
  of(
    'An answer is kept for a year that was never written',
    '${only ? sql`join ${only} on ${only}.id = g."of"` : sql``}',
    '',
  ),
  of(
    'The same body at another address gets the first one’s answer',
    '.update(`${request.method} ${request.url}\\n`)',
    '.update(`${request.method}\\n`)',
  ),
  of(
    'Another body under the same key gets the first one’s answer',
    ".update(request.rawBody ?? '')",
    '',
  ),
  of(
    'Answers are forgotten after 24 minutes',
    'now.getTime() - 24 * 3_600_000',
    'now.getTime() - 24 * 60_000',
  ),
  of(
    'Answers are forgotten after 23 hours',
    'now.getTime() - 24 * 3_600_000',
    'now.getTime() - 23 * 3_600_000',
  ),
  of(
    'Answers are kept for ever',
    'now.getTime() - 24 * 3_600_000',
    'now.getTime() - 240 * 3_600_000',
  ),
  of(
    'An answer that is too old is given',
    '!kept || kept.createdAt <= forgottenBefore(claim.now).getTime()',
    '!kept',
  ),
  of(
    'A key that was used for another request answers with that',
    "if (kept.requestHash !== claim.requestHash.toString('hex'))",
    'if (kept.requestHash.length !== 64)',
  ),
  of(
    'A key of somebody else’s answers',
    "on i.credential = split_part(n, ' ', 1) and i.key = split_part(n, ' ', 2)",
    "on i.key = split_part(n, ' ', 2)",
  ),
  of(
    'A twin is told that something went wrong',
    'if (earlier) return again(earlier);',
    'if (earlier && error === null) return again(earlier);',
    { tests: [KEYS, TOGETHER] },
  ),
  of(
    'Whoever is refused is answered as if nobody had asked before',
    'const earlier = claim && (await earlierAnswer(db, claim));',
    'const earlier = null;',
  ),
  of(
    'Old answers are dropped one day too late',
    "where('createdAt', '<=', forgottenBefore(now))",
    "where('createdAt', '<', forgottenBefore(forgottenBefore(now)))",
  ),
  of('Keys with blanks are taken', '/^[\\x21-\\x7e]{1,255}$/', '/^[\\x20-\\x7e]{1,255}$/'),
  of('Keys of any length are taken', '{1,255}$/.test(key)', '{1,}$/.test(key)'),
  of(
    'A twin in flight fails',
    "constraint === 'idempotency_keys_pkey'",
    "constraint === 'idempotency_keys'",
    { tests: [KEYS, TOGETHER] },
  ),
  of(
    'The status of an answer is lost',
    'return { status: kept.status, headers: kept.headers, body: kept.body };',
    'return { status: 200, headers: kept.headers, body: kept.body };',
  ),
  of(
    'The headers of an answer are lost',
    'return { status: kept.status, headers: kept.headers, body: kept.body };',
    'return { status: kept.status, headers: {}, body: kept.body };',
  ),
  of(
    'A session’s keys are those of any of its person’s roles',
    'session ? `session:${session.id}` : actor.id',
    'actor.id',
    {
      unnoticed:
        'It changes for whom a key counts twice in one person’s hands, and nothing that anybody is told wrongly: a person’s two sessions ask as one.',
    },
  ),
] satisfies Mistake[];
