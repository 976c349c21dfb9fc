import type { Context } from '../context.ts';
import type { Fault } from '../mail/fault.ts';
import { mend, stopsAll, trip } from './breaker.ts';
import { type Mark, mark } from './mark.ts';
import {
  CLAIM_LEASE_MS,
  type ClaimedMessage,
  putBack,
  RENEWAL_MS,
  renewClaims,
} from './messages.ts';
import { outcomeOf } from './outcome.ts';

/** Mails that this process has claimed together, until each has come to its end. */
export interface Batch {
  /** Whether this mail is to be tried now: not when the server has gone away, or somebody else has it. */
  tries(message: ClaimedMessage): Promise<boolean>;
  /** Hears how the server answered, for what it means to all other mail. @returns the fault */
  met(fault: Fault | null): Fault | null;
  failed(message: ClaimedMessage, fault: Fault): Promise<void>;
  settle(mark: Mark): Promise<void>;
  /** Gives back what was not tried. */
  close(): Promise<void>;
}

/** So many mails that break off one after the other are the server's fault, not theirs. */
const IN_A_ROW = 5;

/**
 * @param claimedAt when they were claimed
 * @param broken whether the mail server took no mail when the batch was begun
 */
export function openBatch(
  ctx: Context,
  claimed: readonly ClaimedMessage[],
  claimedAt: Date,
  broken: boolean,
): Batch {
  const { db, clock, log } = ctx;
  const ids = claimed.map(({ id }) => id);
  const untried = new Set(ids);
  const unsettled = new Set(ids);
  const doings: Promise<void>[] = [];
  let [stopped, brokenOff] = [false, 0];

  // Of our own clock, which goes on also while the process sleeps.
  let renewedAt = performance.now();
  const renew = async () => {
    const at = performance.now();
    const still = await renewClaims(db, [...unsettled], claimedAt, clock.now());
    // Others have taken up the rest.
    for (const id of untried) if (!still.has(id)) untried.delete(id);
    for (const id of unsettled) if (!still.has(id)) unsettled.delete(id);
    renewedAt = at;
  };
  const renewal = setInterval(() => {
    renew().catch((error) =>
      log.warn({ reason: String(error) }, 'A claim on mails could not be renewed.'),
    );
  }, RENEWAL_MS);

  const settle = async (one: Mark) => {
    untried.delete(one.id);
    await mark(db, one);
    unsettled.delete(one.id);
  };

  return {
    async tries(message) {
      if (stopped) return false;
      // After a long sleep somebody else may have what was claimed before.
      if (performance.now() - renewedAt > CLAIM_LEASE_MS / 2) await renew();
      return !stopped && untried.delete(message.id);
    },

    met(fault) {
      brokenOff = fault?.kind === 'interrupted' ? brokenOff + 1 : 0;
      if (fault && (stopsAll(fault) || brokenOff >= IN_A_ROW)) {
        stopped = true;
        doings.push(trip(ctx, fault));
      } else if (broken && brokenOff === 0) {
        broken = false;
        doings.push(mend(ctx));
      }
      return fault;
    },

    async failed(message, fault) {
      const now = clock.now();
      const outcome = outcomeOf(fault, message, now);
      log.warn(
        { message: message.id, attempt: message.attempts + 1, fault: fault.kind, ...outcome },
        `A mail was not sent: ${fault.detail}`,
      );
      await settle({ id: message.id, address: message.email, at: now, fault, ...outcome });
    },

    settle,

    async close() {
      clearInterval(renewal);
      await putBack(db, [...untried], claimedAt, clock.now());
      await Promise.all(doings);
    },
  };
}
