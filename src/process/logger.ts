import { type Logger, pino } from 'pino';
import { logLines } from './log-lines.ts';

/**
 * JSON lines on standard error, so that standard output holds what is meant for people. A terminal
 * is spared the everyday lines.
 */
export function processLogger(): Logger {
  const level = process.stderr.isTTY ? 'warn' : 'info';
  return pino({ level, redact: { paths: SECRETS, censor: '[hidden]' } }, logLines(2));
}

const SECRETS = ['authorization', 'cookie', 'password'].flatMap((name) => [
  name,
  `*.${name}`,
  `*.*.${name}`,
]);
