import type { Context, DbOrTrx } from '../context.ts';
import type { SignInWay } from '../db/tables.ts';
import { type Fact, recordFacts } from '../http/witnessed.ts';

/** What came of signing in and out. It holds no secret, no link and no address. */
export interface SignInEvent {
  type:
    | 'signedIn'
    | 'refused'
    | 'signedOut'
    | 'linkMailed'
    | 'linkNotMailed'
    | 'linkWithheld'
    | 'sessionsEnded';
  way?: SignInWay;
  /** The person's id; null where nobody is known. */
  person: string | null;
  /** Whose doing it was, where it was another's. */
  by?: string;
  /** Why it was refused, withheld, or not mailed. */
  reason?: string;
  requestId?: string;
}

/**
 * Tells the log, and writes down for good who came and went, in the transaction in which they did.
 * What is refused is written down with every other refusal.
 */
export async function witness(
  { log, clock }: Pick<Context, 'log' | 'clock'>,
  db: DbOrTrx,
  event: SignInEvent,
): Promise<void> {
  const { person, type, requestId, ...rest } = event;
  const actor = person === null ? null : `person:${person}`;
  log.info({ event: type, actor, requestId, ...rest }, 'sign-in');
  if (type !== 'signedIn' && type !== 'signedOut') return;
  const fact: Fact = { kind: type, actor: actor!, requestId: requestId!, detail: rest };
  await recordFacts(db, clock.now(), [fact]);
}
