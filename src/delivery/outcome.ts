import type { Fault } from '../mail/fault.ts';

/** What becomes of a mail after an attempt failed. */
export type Outcome =
  | { status: 'retrying'; nextAttemptAt: Date; reason: null }
  | { status: 'failed'; nextAttemptAt: null; reason: FailReason };

/** As the ledger tells it. */
export type FailReason = 'addressRefused' | 'mailRefused' | 'undeliverable';

const MINUTE = 60_000;
const DELAYS = [1, 5, 15, 60, 180].map((minutes) => minutes * MINUTE);
const GIVE_UP_AFTER = 72 * 60 * MINUTE;

/**
 * Pure. What concerns one mail is tried again after ever longer, for three days. What concerns all
 * mail is never given up: the breaker asks the server once a minute, and whatever waits behind it is
 * looked at anew when its turn comes.
 *
 * @param attempts how many came before this one
 */
export function outcomeOf(
  { kind }: Fault,
  { attempts, firstAttemptAt }: { attempts: number; firstAttemptAt: Date },
  now: Date,
): Outcome {
  switch (kind) {
    case 'recipient':
      return failed('addressRefused');
    case 'message':
      return failed('mailRefused');
    case 'server':
    case 'signIn':
      return retryAfter(MINUTE, now);
    case 'later':
    case 'interrupted':
      if (now.getTime() - firstAttemptAt.getTime() >= GIVE_UP_AFTER) return failed('undeliverable');
      return retryAfter(DELAYS[Math.max(0, Math.min(attempts, DELAYS.length - 1))]!, now);
    default:
      return kind satisfies never;
  }
}

const failed = (reason: FailReason): Outcome => ({ status: 'failed', nextAttemptAt: null, reason });

const retryAfter = (millis: number, now: Date): Outcome => ({
  status: 'retrying',
  nextAttemptAt: new Date(now.getTime() + millis),
  reason: null,
});
