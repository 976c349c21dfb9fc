import type { IncomingMessage } from 'node:http';

/**
 * Reads away what is still to come of a body that nobody wants, up to a limit: a client that is
 * answered in the middle of its sending, and then cut off, never sees the answer.
 */
export function drained(raw: IncomingMessage): Promise<void> {
  if (raw.readableEnded || raw.destroyed) return Promise.resolve();
  return new Promise((resolve) => {
    let read = 0;
    const end = () => {
      clearTimeout(timer);
      raw.off('data', count);
      resolve();
    };
    const count = (chunk: Buffer) => {
      read += chunk.length;
      if (read > MOST_BYTES) end();
    };
    const timer = setTimeout(end, LONGEST);
    raw.on('data', count).once('end', end).once('close', end);
    raw.resume();
  });
}

const MOST_BYTES = 64 * 1024 * 1024;
/** In milliseconds. */
const LONGEST = 10_000;
