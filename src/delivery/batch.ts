import type { Context } from '../context.ts';
import type { Fault } from '../mail/fault.ts';
import { mend, stopsAll, trip } from './breaker.ts';
import { type Mark, mark } from './mark.ts';
import { type ClaimedMessage, putBack, RENEWAL_MS, renewClaims } from './messages.ts';
import { outcomeOf } from './outcome.ts';

/** Mails that this process has claimed together, until each has come to its end. */
export interface Batch {
  /** Whether this mail is to be tried now: not when the server has gone away meanwhile. */
  tries(message: ClaimedMessage): boolean;
  /** Hears how the server answered, for what it means to all other mail. @returns the fault */
  met(fault: Fault | null): Fault | null;
  failed(message: ClaimedMessage, fault: Fault): Promise<void>;
  settle(mark: Mark): Promise<void>;
  /** Gives back what was not tried. */
  close(): Promise<void>;
}

/** So many mails that break off one after the other are the server's fault, not theirs. */
const IN_A_ROW = 5;

/** @param broken whether the mail server took no mail when the batch was begun */
export function openBatch(
  ctx: Context,
  claimed: readonly ClaimedMessage[],
  broken: boolean,
): Batch {
  const { db, clock, log } = ctx;
  const ids = claimed.map(({ id }) => id);
  const untried = new Set(ids);
  const unsettled = new Set(ids);
  const doings: Promise<void>[] = [];
  let [stopped, brokenOff] = [false, 0];

  const renewal = setInterval(() => {
    renewClaims(db, [...unsettled], clock.now()).catch((error) =>
      log.warn({ reason: String(error) }, 'A claim on mails could not be renewed.'),
    );
  }, RENEWAL_MS);

  const settle = async (one: Mark) => {
    untried.delete(one.id);
    await mark(db, one);
    unsettled.delete(one.id);
  };

  return {
    tries(message) {
      if (!stopped) untried.delete(message.id);
      return !stopped;
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
      await putBack(db, [...untried], clock.now());
      await Promise.all(doings);
    },
  };
}
