import { inFile, type Mistake } from './mistake.ts';

const SESSIONS = 'test/sign-in/sessions.test.ts';
const LINKS = 'test/sign-in/links.test.ts';
const MAILS = 'test/sign-in/link-mails.test.ts';
const PROVIDER = 'test/sign-in/provider.test.ts';
const TOKENS = 'test/sign-in/refused-tokens.test.ts';
const attempts = inFile('src/sign-in/attempts.ts', LINKS, MAILS, PROVIDER);
const store = inFile('src/sign-in/session-store.ts', SESSIONS);
const session = inFile(
  'src/sign-in/session.ts',
  SESSIONS,
  PROVIDER,
  'test/sign-in/headers.test.ts',
);
const letIn = inFile('src/sign-in/let-in.ts', LINKS, SESSIONS);
const who = inFile('src/sign-in/who-may.ts', PROVIDER, LINKS, SESSIONS);
const provider = inFile('src/sign-in/provider.ts', PROVIDER, TOKENS);
const origin = inFile('src/http/same-origin.ts', SESSIONS, 'test/sign-in/headers.test.ts');
const mail = inFile('src/sign-in/link-mail.ts', MAILS);

/** Who comes in, and for how long. */
export default [
  attempts(
    'A link holds for an hour',
    'export const HOLDS = 600_000;',
    'export const HOLDS = 3_600_000;',
  ),
  attempts(
    'A link works twice',
    ".where('usedAt', 'is', null)\n      .where('expiresAt', '>', now)\n      .returning(['id', 'personId as person'",
    ".where('expiresAt', '>', now)\n      .returning(['id', 'personId as person'",
  ),
  attempts('A link works in any browser', ".where('browserHash', '=', hashOfSecret(browser))", ''),
  attempts(
    'A link works after its ten minutes',
    ".where('expiresAt', '>', now)\n      .returning(['id', 'personId as person'",
    ".returning(['id', 'personId as person'",
  ),
  attempts('What others ask for counts against the owner', ".where('asker', '=', asker)", ''),
  attempts('Mails of an hour ago count', ".where('begunAt', '>', since)", ''),
  attempts(
    'Another request gets another link',
    ".where('usedAt', 'is', null)\n    .where('expiresAt', '>', now)\n    .returning('id')\n    .executeTakeFirst();\n  if (living)",
    ".where('usedAt', 'is not', null)\n    .where('expiresAt', '>', now)\n    .returning('id')\n    .executeTakeFirst();\n  if (living)",
  ),
  attempts(
    'A request in another browser gets the link of the first',
    ".where('browserHash', '=', attempt.browserHash)",
    '',
  ),
  attempts(
    'A try that follows counts as another mail',
    'tries === 1 ? mails + 1 : mails',
    'mails + 1',
  ),
  store(
    'A session lasts without an end while it is used',
    'const LONGEST = 12 * 3_600_000;',
    'const LONGEST = 1200 * 3_600_000;',
  ),
  store(
    'A session that nobody uses lasts a day',
    'const IDLE = 3_600_000;',
    'const IDLE = 24 * 3_600_000;',
  ),
  store(
    'A session that was ended is open',
    ".where('endedAt', 'is', null)\n    .where('expiresAt', '>', now)",
    ".where('expiresAt', '>', now)",
  ),
  store(
    'A session that is over is open',
    ".where('expiresAt', '>', now)\n    .where('lastSeenAt'",
    ".where('lastSeenAt'",
  ),
  store(
    'Ending one session ends all',
    ".$if(id !== undefined, (query) => query.where('id', '=', id!))",
    '',
  ),
  store(
    'The session’s token is stored as it is',
    'tokenHash: hashOfSecret(token),',
    'tokenHash: Buffer.from(token),',
  ),
  session(
    'An old session in another browser stays open',
    "actor === 'usesProvider' ? row.id : undefined",
    'row.id',
  ),
  session(
    'Who has lost every role goes on',
    "if (!row || !actor || typeof actor === 'string')",
    'if (!row || !actor)',
    { tests: [SESSIONS] },
  ),
  session('A request of another site is looked at', 'requireSameOrigin(ctx.config, request);', ''),
  session(
    'The use of a session is never noted',
    'now.getTime() - row.lastSeenAt.getTime() >= NOTED_EVERY',
    'now.getTime() - row.lastSeenAt.getTime() < 0',
  ),
  letIn(
    'The session of before stays open',
    'if (before !== null) await endSessionOf(trx, before, now);',
    '',
  ),
  letIn(
    'An address that leads elsewhere is followed',
    "wayBack.safeParse(back).data ?? '/me'",
    "back ?? '/me'",
    { tests: [LINKS, SESSIONS, 'test/sign-in/limits.test.ts'] },
  ),
  who(
    'State staff come in by a link',
    "if (actor.grants.some(({ kind }) => kind === 'state' || kind === 'coach')) return 'usesProvider';",
    '',
  ),
  who('Coaches come in by a link', "kind === 'state' || kind === 'coach'", "kind === 'state'"),
  who(
    'Who is marked for the provider comes in by a link',
    "return marked ? 'usesProvider' : actor;",
    'return actor;',
  ),
  who(
    'Whoever came by a link goes on when a provider is set up',
    "way === 'link'\n    ? mayUseLink(ctx, db, person)\n    : ((await actorOfPerson(db, ctx, person)) ?? 'holdsNoRole');",
    "((await actorOfPerson(db, ctx, person)) ?? 'holdsNoRole');",
    { tests: [PROVIDER, SESSIONS, 'test/sign-in/closed.test.ts'] },
  ),
  provider(
    'A second factor is asked for and not looked at',
    'requireSecondFactor(config, claims);',
    '',
  ),
  provider(
    'An address that the provider does not vouch for is believed',
    "(verified === true || verified === 'true') ? email : null",
    'true ? email : null',
  ),
  provider(
    'An address vouched for in text is not believed',
    "(verified === true || verified === 'true')",
    '(verified === true)',
  ),
  provider(
    'A claim that is no address is believed',
    "believed.includes('@')",
    'believed.length > 0',
  ),
  provider(
    'A part of a subject is enough',
    "if (!parts.every((part) => typeof part === 'string' && part !== ''))",
    "if (!parts.some((part) => typeof part === 'string' && part !== ''))",
  ),
  provider(
    'The state of another attempt is taken',
    'expectedState: state,',
    'expectedState: client.skipStateCheck,',
  ),
  provider(
    'The nonce of another attempt is taken',
    "expectedNonce: derived(browser, 'nonce', state),",
    '',
  ),
  provider(
    'The signature of a token is not looked at',
    'client.enableNonRepudiationChecks(found);',
    '',
  ),
  origin(
    'Another site’s form changes something',
    "const same = site === undefined || site === 'same-origin';",
    'const same = true;',
  ),
  origin(
    'A request that tells nothing of where it is from is taken',
    'if (told && same &&',
    'if (same &&',
  ),
  origin(
    'A page of a sibling host counts as ours',
    "site === 'same-origin'",
    "site !== 'cross-site'",
  ),
  mail('A sixth link is mailed', 'const MOST_MAILS = 5;', 'const MOST_MAILS = 6;'),
  mail(
    'A suppressed address gets its link',
    "if (await isSuppressed(trx, person.email)) return withheld(person.id, 'suppressed');",
    '',
  ),
  mail(
    'A link goes outside of trial mode',
    "if (!isListed(await mailSettings(trx), person.email)) return withheld(person.id, 'trialMode');",
    '',
  ),
] satisfies Mistake[];
