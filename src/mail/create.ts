import { join } from 'node:path';
import type { Logger } from 'pino';
import type { Config } from '../config.ts';
import { parseSender } from './compose.ts';
import { fileMailer } from './file.ts';
import type { Mailer } from './mailer.ts';
import { type Patience, smtpMailer } from './smtp.ts';

export const mailFolder = (config: Config): string => join(config.dataDir, 'mail');

/**
 * Mail as the settings have it: over SMTP, or as files while no server is named. Mail to an invented
 * recipient is always a file.
 *
 * @throws MailRefusedError when MAIL_FROM is not one address
 */
export function createMailer(config: Config, log: Logger, patience?: Patience): Mailer {
  const from = parseSender(config.mailFrom);
  const files = fileMailer(mailFolder(config), from);
  if (config.smtpUrl === null) return files;
  const smtp = smtpMailer(config.smtpUrl, from, log, patience);
  return {
    send: (mail) => (mail.demo ? files : smtp).send(mail),
    close: () => smtp.close(),
  };
}
