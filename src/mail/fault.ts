import { keepable } from '../db/keepable.ts';
import { MailRefusedError } from './compose.ts';
import { saysMailboxFull, saysMailboxGone } from './mailbox-gone.ts';

/** Why a mail was not taken over, in terms of what can be done about it. */
export interface Fault {
  /**
   * - `recipient`: there is no such mailbox;
   * - `message`: it will never take this mail;
   * - `later`: not now, or nobody knows;
   * - `interrupted`: the connection broke or stalled in mid-mail, which may have arrived or not;
   * - `server`: nobody's mail goes out now: no connection, no TLS, no greeting, no service;
   * - `signIn`: nobody's either: the server refuses our name or password.
   */
  kind: 'recipient' | 'message' | 'later' | 'interrupted' | 'server' | 'signIn';
  /** The SMTP reply (RFC 5321), such as 550; null where none came. */
  code: number | null;
  /** The enhanced status (RFC 3463), such as `5.1.1`. */
  enhanced: string | null;
  detail: string;
}

/** What an error of `Mailer.send` means. Pure. */
export function faultOf(error: unknown): Fault {
  const { code, command, responseCode, response, message }: SmtpError =
    typeof error === 'object' && error !== null ? error : { message: String(error) };
  const enhanced = /^\d{3}[ -]([245]\.\d{1,3}\.\d{1,3})\b/.exec(response ?? '')?.[1] ?? null;
  const said = { code: responseCode ?? null, enhanced, detail: keepable(message ?? '', 2_000) };
  if (error instanceof MailRefusedError) return { kind: 'message', ...said };
  if (code === 'EAUTH' || (responseCode !== undefined && SIGN_IN.has(responseCode)))
    return { kind: 'signIn', ...said };
  if (responseCode !== undefined)
    return { kind: kindOfReply(responseCode, command, enhanced, response ?? ''), ...said };
  if (code !== undefined && NO_SERVICE.has(code)) return { kind: 'server', ...said };
  if (NO_SESSION.test(message ?? '')) return { kind: 'server', ...said };
  if (code !== undefined && BROKEN_OFF.has(code)) return { kind: 'interrupted', ...said };
  return { kind: 'later', ...said };
}

/** The members of an error of nodemailer. */
interface SmtpError {
  code?: string;
  /** The command that was answered; `CONN` where the connection itself failed. */
  command?: string;
  responseCode?: number;
  response?: string;
  message?: string;
}

/** Replies that ask for a sign-in or refuse one (RFC 4954). */
const SIGN_IN = new Set([454, 530, 534, 535, 538]);
const NO_SERVICE = new Set(['EDNS', 'ETLS', 'ECONNREFUSED', 'ENOTFOUND']);
/** `EABORT`: our own deadline for one mail. */
const BROKEN_OFF = new Set(['ECONNECTION', 'ESOCKET', 'ETIMEDOUT', 'EPROTOCOL', 'EABORT']);

/**
 * Nodemailer gives one code to what happens before a session and within one; only its words differ.
 * The last are those of its pool, when the server closes every new connection.
 */
const NO_SESSION =
  /^connect E|Connection timeout|Greeting never received|SSL routines|TLS|certificate|maximum number of retries/i;

function kindOfReply(
  code: number,
  command = '',
  enhanced: string | null,
  response: string,
): Fault['kind'] {
  const permanent = code >= 500;
  if (command === 'RCPT TO' || command === 'DATA') {
    if (!permanent || MENDS_ITSELF.test(enhanced ?? '')) return 'later';
    if (command === 'RCPT TO' && enhanced === null && saysMailboxFull(response)) return 'later';
    return saysMailboxGone(enhanced, response) ? 'recipient' : 'message';
  }
  if (command === 'MAIL FROM') {
    if (!permanent) return 'later';
    // Too large is this mail's fault; a sender that is refused is refused to everyone.
    return enhanced === '5.3.4' || code === 552 ? 'message' : 'server';
  }
  return 'server';
}

/** A mailbox that is full, a server that is, a route that is not there: within days it may be. */
const MENDS_ITSELF = /^5\.(2\.2|3\.[12]|4\.\d+)$/;
