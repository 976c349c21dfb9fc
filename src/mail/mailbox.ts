import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import PostalMime, { type Email } from 'postal-mime';

/** A mail that was written to a file. */
export interface StoredMail {
  name: string;
  subject: string;
  /** `Name <address>` */
  to: string;
  /** ISO instant; empty where the mail has none. */
  date: string;
  text: string;
  html: string;
}

/** What `file.ts` calls its files; nothing else in the folder is ever opened. */
const NAME = /^[A-Za-z0-9][A-Za-z0-9-]*\.eml$/;

/**
 * The mails in a folder, newest first.
 *
 * @param before only those older than the mail of this name
 */
export async function listMails(
  folder: string,
  limit: number,
  before?: string,
): Promise<StoredMail[]> {
  const names = (await namesIn(folder)).filter((name) => before === undefined || name < before);
  const newest = names.sort().reverse().slice(0, limit);
  const mails = await Promise.all(newest.map((name) => readMail(folder, name)));
  return mails.filter((mail) => mail !== null);
}

/** Null: there is no such mail. */
export async function readMail(folder: string, name: string): Promise<StoredMail | null> {
  if (!NAME.test(name)) return null;
  const content = await readFile(join(folder, name)).catch(nullIfMissing);
  return content && toStored(name, await PostalMime.parse(content));
}

const toStored = (name: string, { subject, to, date, text, html }: Email): StoredMail => ({
  name,
  subject: subject ?? '',
  to: (to ?? []).map((one) => `${one.name} <${one.address ?? ''}>`.trim()).join(', '),
  date: date ?? '',
  text: text ?? '',
  html: html ?? '',
});

const namesIn = async (folder: string): Promise<string[]> =>
  ((await readdir(folder).catch(nullIfMissing)) ?? []).filter((name) => NAME.test(name));

function nullIfMissing(error: NodeJS.ErrnoException): null {
  if (error.code === 'ENOENT') return null;
  throw error;
}
