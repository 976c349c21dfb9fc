import { type Config, ownAddress } from '../config.ts';
import type { Embedded } from '../db/embedded.ts';
import { mailFolder } from '../mail/create.ts';

/** What a newcomer needs after `npm start`: nothing in it has to be looked up elsewhere. */
export function serverBanner(config: Config, embedded: Embedded | null, keyFile: string): string {
  const address = ownAddress(config.host, config.port);
  const key = `Authorization: Bearer $(cat ${quoted(keyFile)})`;
  return [
    'The planning year is up.',
    '',
    ...whereabouts([
      ['Address', address === config.publicUrl ? address : `${address} (${config.publicUrl})`],
      ['Explorer', `${address}/docs`],
      ['Sign in', `${config.publicUrl}/sign-in`],
      ["Administrator's key", keyFile],
      ['Data', dataPlace(config, embedded)],
      ['Mails', mailPlace(config)],
    ]),
    '',
    'Try it:',
    `  curl -H "${key}" ${address}/v1/planning-years`,
    '',
  ].join('\n');
}

export function workerBanner(config: Config, embedded: Embedded | null): string {
  return [
    'The worker of the planning year is up.',
    '',
    ...whereabouts([
      ['Data', dataPlace(config, embedded)],
      ['Mails', mailPlace(config)],
    ]),
    '',
  ].join('\n');
}

const whereabouts = (rows: [string, string][]): string[] =>
  rows.map(([name, place]) => `  ${name.padEnd(21)}${place}`);

function dataPlace({ dataDir, databaseUrl }: Config, embedded: Embedded | null): string {
  if (!embedded) {
    const { host, pathname } = new URL(databaseUrl!);
    return `PostgreSQL at ${host}${pathname}`;
  }
  const reason = ` (PostgreSQL does not run as root, and its user can't enter ${dataDir})`;
  return `${embedded.folder}${embedded.elsewhere ? reason : ''}`;
}

const mailPlace = (config: Config): string =>
  config.smtpUrl === null ? mailFolder(config) : `sent over ${new URL(config.smtpUrl).host}`;

/** For a shell, within double quotes' command substitution. */
const quoted = (path: string): string =>
  /^[\w./-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`;
