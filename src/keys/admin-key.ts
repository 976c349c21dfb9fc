import { chmod, mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { sql } from 'kysely';
import type { Context, Trx } from '../context.ts';
import { hashOfSecret } from '../http/secrets.ts';
import { daysAfter, todayOf } from '../programs/today.ts';
import { addKey } from './key-store.ts';

const DAYS = 365;

/**
 * Sees to it that the file `admin-key` in the data folder holds a key of an administrator, for the
 * person who has the machine: the one that stands there, or a new one when it is missing, expired,
 * revoked or of another database. Only its owner can read the file; the key is never logged.
 *
 * @returns the file's path
 */
export async function ensureAdminKey(ctx: Context): Promise<string> {
  const { dataDir } = ctx.config;
  const path = join(dataDir, 'admin-key');
  await mkdir(dataDir, { recursive: true });
  const now = ctx.clock.now();
  const today = todayOf(ctx.programs, null, now);
  await ctx.db.transaction().execute(async (trx) => {
    // Two processes that start together must not both write the file.
    await sql`select pg_advisory_xact_lock(hashtext('admin-key'))`.execute(trx);
    const standing = await readKey(path);
    if (standing !== null && (await isGood(trx, standing, today))) return chmod(path, OWNER_ONLY);
    const { key } = await addKey(
      trx,
      {
        role: 'administrator',
        program: null,
        scope: { all: true },
        label: 'Key of the administrator, in the data folder',
        expiresOn: daysAfter(today, DAYS),
      },
      'start',
      now,
    );
    // Before the commit: a key that nobody knows must not exist, one that is not valid is replaced.
    await writeKey(path, key);
  });
  return path;
}

const OWNER_ONLY = 0o600;

async function readKey(path: string): Promise<string | null> {
  try {
    return (await readFile(path, 'utf8')).trim();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

async function isGood(trx: Trx, key: string, today: string): Promise<boolean> {
  const row = await trx
    .selectFrom('apiKeys')
    .select('id')
    .where('hash', '=', hashOfSecret(key))
    .where('role', '=', 'administrator')
    .where('revokedAt', 'is', null)
    .where('expiresOn', '>=', today)
    .executeTakeFirst();
  return row !== undefined;
}

/** Whoever reads the file meanwhile gets the old key or the new one, whole. */
async function writeKey(path: string, key: string): Promise<void> {
  const draft = `${path}.${process.pid}`;
  await writeFile(draft, `${key}\n`, { mode: OWNER_ONLY });
  await rename(draft, path);
}
