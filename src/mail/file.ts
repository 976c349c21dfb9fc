import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createTransport } from 'nodemailer';
import { compose } from './compose.ts';
import type { Mail, MailAddress, Mailer } from './mailer.ts';

/** Every mail becomes a file that only its owner can read, named so that names sort by time. */
export function fileMailer(folder: string, from: MailAddress): Mailer {
  const transport = createTransport({ streamTransport: true, buffer: true, newline: 'windows' });

  return {
    async send(mail) {
      const { message } = await transport.sendMail(compose(mail, from));
      await mkdir(folder, { recursive: true, mode: 0o700 });
      await writeWhole(join(folder, fileName(mail)), message as Buffer);
    },
    async close() {},
  };
}

/** A reader of the folder sees the whole file or none: it takes its name when it is complete. */
async function writeWhole(path: string, content: Buffer): Promise<void> {
  const partial = `${path}.partial`;
  try {
    await writeFile(partial, content, { mode: 0o600, flush: true });
    await rename(partial, path);
  } catch (error) {
    await rm(partial, { force: true });
    throw error;
  }
}

/** `2027-01-17T13-00-00-000Z-` and the Message-ID's own part. */
function fileName({ date, messageId }: Mail): string {
  const id = messageId.slice(1, messageId.indexOf('@')).replaceAll(/[^A-Za-z0-9-]/g, '-');
  return `${date.toISOString().replaceAll(/[:.]/g, '-')}-${id.slice(0, 64)}.eml`;
}
