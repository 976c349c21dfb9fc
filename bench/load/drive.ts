import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Load, Outcome } from './request.ts';

/** A second process that puts servers of this one under load. */
export interface Driver {
  /** @returns requests answered in a second; throws when an answer has another status */
  drive(load: Load): Promise<number>;
  stop(): void;
}

/** Longest time that one load may take, in milliseconds. */
const PATIENCE = 60_000;

export function startDriver(): Driver {
  const child = fork(join(import.meta.dirname, 'client.ts'));
  return {
    async drive(load) {
      child.send(load);
      const [outcome] = (await once(child, 'message', {
        signal: AbortSignal.timeout(PATIENCE),
      })) as [Outcome];
      if ('fault' in outcome) throw new Error(`The load failed: ${outcome.fault}`);
      return (outcome.requests / outcome.ms) * 1000;
    },
    stop: () => void child.kill(),
  };
}
