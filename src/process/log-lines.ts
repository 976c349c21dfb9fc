import { type DestinationStream, destination } from 'pino';

/**
 * Where log lines go: those of one moment are written with one call, and what is left when the process
 * ends goes before it. A call for each line would cost more than the requests that the lines are about.
 *
 * @param dest a file descriptor or a path
 */
export function logLines(dest: number | string): DestinationStream & { flushSync(): void } {
  const out = destination({ dest, sync: true });
  let lines = '';
  const flushSync = () => {
    if (lines !== '') out.write(lines);
    lines = '';
  };
  process.on('exit', flushSync);
  return {
    write(line) {
      if (lines === '') setTimeout(flushSync, MOMENT).unref();
      lines += line;
    },
    // What is fatal is written at once: pino asks for it.
    flushSync,
  };
}

/** In milliseconds: what a process that is killed may leave unwritten. */
const MOMENT = 10;
