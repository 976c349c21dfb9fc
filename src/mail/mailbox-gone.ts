/**
 * Whether a refusal says that the mailbox is not there: the one kind that stops mail to an address. All
 * else (policy, spam, our own standing, a full mailbox, a route) is about this mail, or about us, and
 * another mail may arrive.
 *
 * The enhanced status (RFC 3463, and IANA's registry of them) decides where it can; many servers send
 * none, or a general one, and then their words do, if they are clear. Pure.
 *
 * @param enhanced such as `5.1.1`
 * @param said the server's words
 */
export function saysMailboxGone(enhanced: string | null, said: string): boolean {
  if (enhanced !== null && !enhanced.startsWith('5.')) return false;
  const words = wordsOf(said);
  if (PASSES.test(words)) return false;
  const [isGone, isOther] = [GONE_WORDS.test(words), OTHER_WORDS.test(words)];
  if (enhanced !== null && GONE.has(enhanced)) return isGone || !isOther;
  if (enhanced !== null && !VAGUE.test(enhanced)) return false;
  return isGone && !isOther;
}

/** Whether a refusal says that a mailbox is full. Pure. */
export const saysMailboxFull = (said: string): boolean => FULL.test(wordsOf(said));

/** Without addresses, which may be made of any words; in more than these nobody says it. */
const wordsOf = (said: string): string =>
  said.slice(0, 2_000).replaceAll(/[^\s<>:,;]+@[^\s<>:,;]+/g, '@');

/**
 * No such mailbox, no such domain, no address by its form, moved without a new one, disabled, a domain
 * that takes no mail (RFC 7505), and Exchange's "recipient not found".
 */
const GONE = new Set(['5.1.1', '5.1.2', '5.1.3', '5.1.6', '5.1.10', '5.2.1']);

/** What servers send that have nothing better, as Office 365 passes on those of others: their words count. */
const VAGUE = /^5\.(?:0\.\d+|1\.0|2\.0|3\.0|5\.0)$/;

const WHO = '(?:user|recipient|mailbox|account|address|addressee|person|alias|local part)';

/** What may stand between who and what: a few words of one sentence. */
const WITHIN = '\\b(?:[^.;]|\\.(?=\\w)){0,80}\\b';

const GONE_WORDS = new RegExp(
  [
    `(?:unknown|invalid|no such|non-?existent|unrout(?:e|)able|undeliverable|inactive|nobody by that) (?:\\w+ )?${WHO}`,
    `${WHO}${WITHIN}(?:unknown(?! (?:error|reason|problem|failure))|not (?:be )?found|not known|not exist|n't exist|not local|invalid(?=$|[\\s.,:;)\\]]*$|[.,;)])|(?:been )?(?:disabled|closed|deleted|deactivated|terminated)|no longer|not listed|not a valid|inactive)`,
    `(?:no|not a valid|not a known|n't have an?|not have an?) (?:[\\w.]{1,80} )?${WHO}\\b`,
    `(?:domain|host)${WITHIN}(?:not (?:be )?found|not exist|n't exist|unknown|takes no mail|accepts no mail|does not accept mail)`,
    'recipientnotfound|null mx|no mailbox here by that name',
  ].join('|'),
  'i',
);

const FULL = /quota|\bfull\b|over ?limit|storage allocation/i;

/** Words about what passes, also of a mailbox that is disabled meanwhile. */
const PASSES = new RegExp(
  `${FULL.source}|temporar|try (?:again )?later|too (?:many|much|fast|quickly)|\\brate\\b|throttl|gr[ae]y ?list`,
  'i',
);

/** Words about the sender, its standing, or the mail. */
const OTHER_WORDS =
  /spam|spf\b|dkim|dmarc|(?:black|block|deny) ?list|blocked|blocking|reputation|polic(?:y|ies)|denied|reject(?:ed|ion)? (?:due|because|for|by)|sender|relay|authenti|unauthori|not authori|not permitted|prohibited|banned|exceed|too (?:large|big)|virus|malware|content|reverse dns|ptr\b|rbl\b|dnsbl|spamhaus|suspicious|attachment|header|complain|\bip\b|\b(?:helo|ehlo)\b|hostname|client host|mail from|from (?:address|domain)|(?:return|reverse)[- ]?path|\byour (?:address|domain|host|server|system)/i;
