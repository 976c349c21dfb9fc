import { inFile, type Mistake } from './mistake.ts';

const KEYS = 'test/keys/keys.test.ts';
const AUTH = 'test/http/authenticate.test.ts';
const CORPUS = 'test/delivery/corpus.test.ts';
const auth = inFile('src/http/authenticate.ts', AUTH, KEYS);
const store = inFile('src/keys/key-store.ts', KEYS);
const check = inFile('src/keys/check-grant.ts', KEYS);
const etag = inFile('src/http/etag.ts', 'test/http/etag.test.ts');

/** Keys of the API, and what they open. */
export default [
  auth('A revoked key opens', 'if (revoked || expiresOn < today', 'if (expiresOn < today'),
  auth('A key that has expired opens', 'if (revoked || expiresOn < today', 'if (revoked'),
  auth('A key ends the day before its last', 'expiresOn < today', 'expiresOn <= today'),
  auth(
    'A vendor’s key opens before its contract',
    'proposedOn !== null && proposedOn <= today &&',
    'proposedOn !== null &&',
  ),
  auth('A vendor’s key opens after its contract', '(toOn === null || toOn >= today)', 'true'),
  auth('A key with an odd scope opens', 'if (!isScope(scope)) return false;', ''),
  auth(
    'Any key may come as a password',
    "passwordIn(header) === undefined || role === 'webhook'",
    "role !== ''",
    { tests: [AUTH, CORPUS] },
  ),
  auth(
    'The key of the settings may come as a password',
    'passwordIn(header) === undefined &&',
    '',
    { tests: [AUTH, CORPUS] },
  ),
  auth(
    'The use of a key is never noted',
    'void noteUse(ctx.db, row.id, now)',
    'void Promise.resolve()',
  ),
  store('A key is stored as it is', 'hash: hashOfSecret(key),', 'hash: Buffer.from(key),'),
  store(
    'A revoked key is listed as good',
    'revokedAt: revokedAt && instantOf(revokedAt),',
    'revokedAt: null,',
  ),
  store(
    'Three keys are good at once',
    ".where('revokedAt', 'is', null)\n    .where('expiresOn', '>=', today)",
    ".where('revokedAt', 'is not', null)\n    .where('expiresOn', '>=', today)",
  ),
  store(
    'Whoever works for one program sees keys of all',
    "whereCan(eb, actor, 'keys.manage', { program: 'program' })",
    "whereCan(eb, actor, 'keys.manage', {})",
  ),
  check(
    'Administrators of one program make one for all',
    "if (homeOf(actor) !== null && wanted.role === 'administrator')",
    "if (homeOf(actor) === null && wanted.role === 'nobody')",
  ),
  check(
    'An administrator may have a part of the state',
    "WHOLE.has(wanted.role) && !('all' in wanted.scope)",
    "WHOLE.has(wanted.role) && !('all' in wanted.scope) && false",
  ),
  check(
    'Vendors get keys without a contract',
    "if (isVendor === 'contract' in wanted.scope) return [];",
    'return [];',
  ),
  check(
    'Codes that nobody knows are taken',
    'known.has(code)\n      ? []',
    'known.size >= 0\n      ? []',
  ),
  check(
    'A contract of another program is taken',
    "return [{ pointer: '/scope/contract', detail: 'names no contract of the program' }];",
    'return [];',
  ),
  inFile('src/keys/expiry.ts', KEYS)(
    'A key holds for two years',
    'const MOST_DAYS = 365;',
    'const MOST_DAYS = 730;',
  ),
  inFile('src/keys/expiry.ts', KEYS)(
    'A key holds for a year unless told',
    'const USUAL_DAYS = 90;',
    'const USUAL_DAYS = 365;',
  ),
  inFile('src/keys/expiry.ts', KEYS)(
    'A key can have ended already',
    'expiresOn >= today && expiresOn <= latest',
    'expiresOn <= latest',
  ),
  inFile('src/keys/successor.ts', KEYS)(
    'A key that has ended gets a successor',
    'if (key.revokedAt !== null || key.expiresOn < today)',
    'if (key.revokedAt !== null && key.expiresOn < today)',
  ),
  inFile('src/keys/successor.ts', KEYS)(
    'A third key takes the place of a second',
    'if (await hasTwin(trx, key, today))',
    'if (false)',
  ),
  etag(
    'A write without a version is taken',
    'if (header === undefined)\n    throw',
    'if (header === null)\n    throw',
  ),
  etag('Any version is the right one', 'if (!named)', 'if (!named && version < 0)'),
] satisfies Mistake[];
