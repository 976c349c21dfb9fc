import { inFile, type Mistake } from './mistake.ts';

const DELIVERY = 'test/delivery/delivery.test.ts';
const FAULT = 'test/delivery/fault.test.ts';
const CORPUS = 'test/delivery/corpus.test.ts';
const TROUBLES = 'test/delivery/troubles.test.ts';
const REFUSED = 'test/delivery/refused.test.ts';
const MOODS = 'test/delivery/moods.test.ts';
const ROUTES = 'test/delivery/routes.test.ts';
const GONE = 'test/mail/mailbox-gone.test.ts';
const takeUp = inFile('src/delivery/take-up.ts', DELIVERY, ROUTES, 'test/delivery/outage.test.ts');
const messages = inFile(
  'src/delivery/messages.ts',
  DELIVERY,
  'test/delivery/paused.test.ts',
  'test/delivery/kills.test.ts',
);
const batch = inFile('src/delivery/batch.ts', DELIVERY, MOODS, 'test/delivery/paused.test.ts');
const outcome = inFile('src/delivery/outcome.ts', FAULT);
const troubles = inFile('src/delivery/troubles.ts', TROUBLES, CORPUS);
const reports = inFile('src/delivery/apply-reports.ts', CORPUS, TROUBLES);
const fault = inFile('src/mail/fault.ts', FAULT);
const mark = inFile('src/delivery/mark.ts', DELIVERY, MOODS, TROUBLES);

/** How mail goes out, and what becomes of it. */
export default [
  takeUp(
    'The cap of the hour forgets what is queued already',
    " or (status = 'queued' and next_attempt_at > ${now})",
    '',
  ),
  takeUp(
    'The cap of the hour counts a minute',
    'now.getTime() - HOUR_MS',
    'now.getTime() - 60_000',
  ),
  takeUp('Mail goes while it is paused', 'if (settings.paused) return 0;', ''),
  takeUp(
    'All mail goes while the server takes none',
    'const room = breaker ? 1 : await roomFor',
    'const room = await roomFor',
  ),
  takeUp('A mail is taken up while its job is on its way', 'and m.next_attempt_at <= ${now}', ''),
  takeUp(
    'Two processes take up the same mail',
    'limit ${room} for update of m skip locked)',
    'limit ${room})',
  ),
  takeUp(
    'Mail comes in the quiet hours',
    "const rests = (kind: 'atOnce' | 'digest', localDate: string) =>\n      !mayLand(",
    "const rests = (kind: 'atOnce' | 'digest', localDate: string) =>\n      false && !mayLand(",
  ),
  messages(
    'Two processes claim one mail',
    "and m.status = 'queued' and p.id = m.person_id",
    'and p.id = m.person_id',
  ),
  messages(
    'A mail goes to the address of its last attempt',
    'to_address = p.email',
    'to_address = coalesce(m.to_address, p.email)',
  ),
  messages(
    'A suppressed address with capitals gets mail',
    'where s.address = lower(p.email)) as suppressed',
    'where s.address = p.email) as suppressed',
  ),
  messages(
    'Three days begin anew with each attempt',
    "coalesce(nullif(nullif(m.first_attempt_at, 'infinity'), '-infinity'), ${now})",
    '${now}',
  ),
  messages(
    'A claim is renewed that another has',
    "and status = 'sending' and claimed_at = ${claimedAt}\n    returning id",
    "and status = 'sending'\n    returning id",
  ),
  messages(
    'What was not tried stays with whoever claimed it',
    "where id = any(${ids}::uuid[]) and status = 'sending' and claimed_at = ${claimedAt}`.execute(\n    db,",
    "where false and id = any(${ids}::uuid[]) and status = 'sending' and claimed_at = ${claimedAt}`.execute(\n    db,",
  ),
  batch(
    'A batch that was queued before the server went away is sent',
    'if (stopped) return false;',
    '',
  ),
  batch('One mail that breaks off opens the breaker', 'const IN_A_ROW = 5;', 'const IN_A_ROW = 1;'),
  batch(
    'No number of mails that break off opens the breaker',
    'brokenOff >= IN_A_ROW',
    'brokenOff > 1_000',
  ),
  batch(
    'The breaker stays when the server answers again',
    '} else if (broken && brokenOff === 0) {',
    '} else if (broken && brokenOff > 0) {',
  ),
  batch(
    'What was not tried is not given back',
    'await putBack(db, [...untried], claimedAt, clock.now());',
    '',
  ),
  outcome('A mail is given up after three hours', '72 * 60 * MINUTE', '3 * 60 * MINUTE'),
  outcome('A mail is tried for a week', '72 * 60 * MINUTE', '168 * 60 * MINUTE'),
  outcome(
    'A refused address is tried again',
    "case 'recipient':\n      return failed('addressRefused');",
    "case 'recipient':\n      return retryAfter(MINUTE, now);",
  ),
  outcome(
    'A refused mail counts as a refused address',
    "return failed('mailRefused');",
    "return failed('addressRefused');",
  ),
  outcome(
    'Mail is given up while the server is away',
    "case 'signIn':\n      return retryAfter(MINUTE, now);",
    "case 'signIn':\n      return failed('undeliverable');",
  ),
  outcome(
    'Each try comes a minute after the other',
    'DELAYS[Math.max(0, Math.min(attempts, DELAYS.length - 1))]!',
    'DELAYS[0]!',
  ),
  troubles(
    'A trouble of a suppressed address is told beside',
    'for (const address of await suppressedAmong(db, [...latest.keys()])) latest.delete(address);',
    '',
  ),
  troubles(
    'A mail that did not arrive takes a complaint off the list',
    "reason: sql<Trouble['reason']>`case when mail_troubles.reason = 'complained'\n          then 'complained' else excluded.reason end`",
    "reason: eb.ref('excluded.reason')",
  ),
  troubles('A trouble is over after seven hours', "'7 days'", "'7 hours'"),
  troubles('A trouble is never over', "'7 days'", "'70 days'"),
  troubles(
    'Complaints count as mail that did not arrive',
    "where reason = 'undelivered' and last_at > ${since}",
    'where last_at > ${since}',
  ),
  troubles(
    'An address counts for each mail to it',
    'count(distinct lower(to_address))',
    'count(lower(to_address))',
  ),
  reports(
    'A bounce of a forward stops mail',
    'else if (report.gone && !isForward(report, address))',
    'else if (report.gone)',
  ),
  reports(
    'Any bounce stops mail',
    'else if (report.gone && !isForward(report, address))',
    'else if (!isForward(report, address))',
  ),
  reports(
    'A complaint changes nothing',
    'await switchOffOptional(ctx, trx, message.personId);',
    ';',
  ),
  reports(
    'A complaint that comes twice switches off what was switched on again',
    "if (message.reported === 'complained') continue;",
    '',
  ),
  reports(
    'A delivery takes a bounce back',
    '<= array_position(${BY_WEIGHT}::text[], ${outcome}::text)',
    '>= 0',
  ),
  reports(
    'A report without a Message-ID is of the first mail to its address',
    ".orderBy('m.claimedAt', 'desc')",
    ".orderBy('m.claimedAt', 'asc')",
    { tests: [CORPUS, 'test/delivery/reports.test.ts', TROUBLES] },
  ),
  reports(
    'What is settled counts as bounced',
    ".where('status', 'in', ['scheduled', 'retrying', 'sent'])",
    ".where('status', 'is not', null)",
    { tests: [CORPUS, 'test/delivery/reports.test.ts', REFUSED] },
  ),
  fault(
    'A policy at RCPT TO stops mail to an address',
    "return saysMailboxGone(enhanced, response) ? 'recipient' : 'message';",
    "return 'recipient';",
  ),
  fault(
    'No refusal stops mail to an address',
    "return saysMailboxGone(enhanced, response) ? 'recipient' : 'message';",
    "return 'message';",
  ),
  fault(
    'A full mailbox gives the mail up',
    '/^5\\.(2\\.2|3\\.[12]|4\\.\\d+)$/',
    '/^5\\.(3\\.[12]|4\\.\\d+)$/',
  ),
  fault(
    'A refused sign-in counts as this mail’s fault',
    "return { kind: 'signIn', ...said };",
    "return { kind: 'later', ...said };",
  ),
  fault(
    'A refused sender counts as this mail’s fault',
    "return enhanced === '5.3.4' || code === 552 ? 'message' : 'server';",
    "return 'message';",
  ),
  fault(
    'A connection that broke in mid-mail stops all mail',
    "BROKEN_OFF.has(code)) return { kind: 'interrupted', ...said };",
    "BROKEN_OFF.has(code)) return { kind: 'server', ...said };",
  ),
  inFile('src/mail/mailbox-gone.ts', GONE)(
    'A temporary refusal says that a mailbox is gone',
    "if (enhanced !== null && !enhanced.startsWith('5.')) return false;",
    '',
  ),
  mark(
    'A mail that was sent keeps its reminders waiting',
    "update reminders set status = 'sent', reason = null",
    'update reminders set status = status, reason = null',
  ),
  mark(
    'An attempt is not counted',
    'set status = i.status, reason = i.reason, attempts = ${ONE_MORE}',
    'set status = i.status, reason = i.reason, attempts = m.attempts',
  ),
  mark(
    'A mail that is refused for good stops nothing',
    ".filter(({ fault }) => fault.kind === 'recipient')",
    '.filter(() => false)',
  ),
  mark(
    'What is held is never told as held',
    "update reminders set status = 'held', reason = ${reason}",
    'update reminders set status = status, reason = ${reason}',
  ),
  inFile('src/delivery/breaker.ts', MOODS, 'test/delivery/outage.test.ts')(
    'The server is asked with every mail while it is away',
    'now.getTime() - MINUTE_MS)),\n        // A clock',
    'now.getTime())),\n        // A clock',
  ),
  inFile(
    'src/delivery/reconsider.ts',
    DELIVERY,
    ROUTES,
    REFUSED,
  )(
    'Mail that was held for a released address stays',
    "when 'suppressed' then not exists",
    "when 'suppressed' then exists",
  ),
  inFile('src/delivery/reconsider.ts', DELIVERY, 'test/delivery/outage.test.ts')(
    'Somebody gets two digests on the day on which mail flows again',
    'await joinNewer(trx);',
    '',
  ),
] satisfies Mistake[];
