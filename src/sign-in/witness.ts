import type { Context } from '../context.ts';
import type { SignInWay } from '../db/tables.ts';

/** What came of signing in and out. It holds no secret, no link and no address. */
export interface SignInEvent {
  type: 'signedIn' | 'refused' | 'signedOut' | 'linkMailed' | 'linkWithheld' | 'sessionsEnded';
  way?: SignInWay;
  /** The person's id; null where nobody is known. */
  person: string | null;
  /** Whose doing it was, where it was another's. */
  by?: string;
  /** Why it was refused. */
  reason?: string;
  requestId?: string;
}

/** Puts it on record. Everything about ways in is told through here. */
export function witness({ log }: Pick<Context, 'log'>, event: SignInEvent): void {
  const { person, type, ...rest } = event;
  log.info({ event: type, actor: person === null ? null : `person:${person}`, ...rest }, 'sign-in');
}
