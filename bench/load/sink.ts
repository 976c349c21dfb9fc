import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

export interface Sink {
  url: string;
  /** Begins to count anew; the promise resolves when `count` mails have been taken. */
  expect(count: number): Promise<{ all: Promise<unknown> }>;
  stop(): void;
}

/** Longest time that the mails of one round may take, in milliseconds. */
const PATIENCE = 90_000;

export async function startSink(): Promise<Sink> {
  const child = fork(join(import.meta.dirname, 'smtp-sink.ts'));
  const [{ port }] = (await once(child, 'message')) as [{ port: number }];
  return {
    url: `smtp://127.0.0.1:${port}`,
    async expect(count) {
      child.send(count);
      await once(child, 'message');
      return { all: once(child, 'message', { signal: AbortSignal.timeout(PATIENCE) }) };
    },
    stop: () => void child.kill(),
  };
}
