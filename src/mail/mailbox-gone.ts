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
  const [isGone, isOther] = [GONE_WORDS.test(said), OTHER_WORDS.test(said)];
  if (enhanced !== null && GONE.has(enhanced)) return isGone || !isOther;
  if (enhanced !== null && !VAGUE.has(enhanced)) return false;
  return isGone && !isOther;
}

/**
 * No such mailbox, no such domain, no address by its form, moved without a new one, disabled, a domain
 * that takes no mail (RFC 7505), and Exchange's "recipient not found".
 */
const GONE = new Set(['5.1.1', '5.1.2', '5.1.3', '5.1.6', '5.1.10', '5.2.1']);

/** What servers send that have nothing better: their words count. */
const VAGUE = new Set(['5.0.0', '5.1.0', '5.2.0', '5.5.0', '5.3.0']);

const WHO = '(?:user|recipient|mailbox|account|address|addressee|person|alias|local part)';

const GONE_WORDS = new RegExp(
  [
    `(?:unknown|invalid|no such|non-?existent|unrout(?:e|)able|undeliverable|inactive|nobody by that) (?:\\w+ )?${WHO}`,
    `${WHO}\\b[^.;]{0,80}\\b(?:unknown|not (?:be )?found|not known|not exist|n't exist|not local|invalid|(?:been )?(?:disabled|closed|deleted|deactivated|terminated)|no longer|not listed|not a valid|inactive)`,
    `(?:no|not a valid|not a known|n't have an?|not have an?) (?:[\\w.]+ )?${WHO}\\b`,
    "(?:domain|host)\\b[^.;]{0,60}\\b(?:not (?:be )?found|not exist|n't exist|unknown|takes no mail|accepts no mail|does not accept mail)",
    'recipientnotfound|null mx|does not like recipient|no mailbox here by that name',
  ].join('|'),
  'i',
);

/** Words about the sender, its standing, the mail, or a mailbox that is there. */
const OTHER_WORDS =
  /spam|spf\b|dkim|dmarc|black ?list|block ?list|blocked|blocking|reputation|polic(?:y|ies)|denied|reject(?:ed|ion)? (?:due|because|for|by)|sender|relay|authenti|unauthori|not authori|prohibited|banned|quota|full\b|over ?limit|exceed|too (?:large|big|many|much|fast)|rate\b|throttl|grey ?list|gray ?list|virus|malware|content|temporar|try (?:again )?later|reverse dns|ptr\b|rbl\b|dnsbl|spamhaus|barracuda|proofpoint|mimecast|suspicious|attachment|header|complain/i;
