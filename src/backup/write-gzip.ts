import { existsSync } from 'node:fs';
import { open, rename, rm, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { BackupRefusedError } from './errors.ts';

/**
 * Writes a compressed file that only its owner may read, whole or not at all: it grows under another
 * name beside `path` and takes its own once it has reached the disk.
 *
 * @returns its size in bytes
 */
export async function writeGzip(
  path: string,
  overwrite: boolean,
  content: AsyncIterable<Buffer>,
): Promise<number> {
  const target = resolve(path);
  const folder = dirname(target);
  if (!existsSync(folder))
    throw new BackupRefusedError(`There is no folder ${folder}. Make it, or name another one.`);
  if (existsSync(target) && !overwrite)
    throw new BackupRefusedError(
      `${target} exists already. Name another file, or replace it with --force.`,
    );
  const draft = `${target}.${process.pid}.part`;
  try {
    await pipeline(content, createGzip({ level: LEVEL }), await draftStream(draft));
    await rename(draft, target);
    await flush(folder);
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
  return (await stat(target)).size;
}

// A tenth larger than at the usual level, in half the time.
const LEVEL = 4;
const OWNER_ONLY = 0o600;

async function draftStream(path: string) {
  const file = await open(path, 'wx', OWNER_ONLY);
  // `flush` brings the content to the disk before the file is closed.
  return file.createWriteStream({ flush: true });
}

/** Brings the new name to the disk; Windows has no such thing and needs none. */
async function flush(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
