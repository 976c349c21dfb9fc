import { pino } from 'pino';
import { readConfig } from '../config.ts';
import { plainly } from '../process/start-fault.ts';
import { readOptions } from '../simulate/options.ts';
import { progressBar } from '../simulate/progress-bar.ts';
import { report } from '../simulate/report.ts';
import { simulate } from '../simulate/simulate.ts';

/** `npm run simulate -- --year 2026-27 --schools 25` */
const interrupted = new AbortController();
// Not once: npm passes on what the terminal has sent already, and the database is still to be dropped.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => interrupted.abort());
const bar = progressBar(process.stderr);
try {
  const { json, ...options } = readOptions(process.argv.slice(2));
  const { databaseUrl, migrationUrl } = readConfig();
  // A connection that ends with its server is no news here; what fails for good ends the play.
  const log = pino({ level: 'error' }, pino.destination(2));
  const simulation = await simulate(
    options,
    { databaseUrl: migrationUrl ?? databaseUrl, log },
    { progress: bar.show, signal: interrupted.signal },
  );
  bar.end();
  process.stdout.write(json ? `${JSON.stringify(simulation, null, 2)}\n` : report(simulation));
} catch (error) {
  bar.end();
  const { aborted } = interrupted.signal;
  process.stderr.write(aborted ? 'Interrupted; nothing is left behind.\n' : `${plainly(error)}\n`);
  process.exitCode = aborted ? 130 : 1;
}
