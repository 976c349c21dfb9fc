import { sql } from 'kysely';
import type { Migration } from 'kysely/migration';
import { migrations as ours } from '../../migrations/index.ts';
import { verifyWithin } from '../audit/verify-database.ts';
import type { Db, Trx } from '../context.ts';
import { lockMigrations, migrateTo, requireFitServer } from '../db/migrate.ts';
import { admitWriters } from '../db/writers.ts';
import { pauseMail } from '../delivery/settings.ts';
import { removeDemo } from '../demo/clear.ts';
import { recordFacts } from '../http/witnessed.ts';
import { upgradeYears } from '../planning-years/upgrade.ts';
import { loadPrograms } from '../programs/load.ts';
import { signEverybodyOut } from '../sign-in/forget.ts';
import { appliedMigrations } from './catalog.ts';
import { BackupRefusedError, BrokenBackupError } from './errors.ts';
import type { Header } from './format.ts';
import { load } from './load.ts';
import { type Part, readBackup, type Signer } from './read-backup.ts';
import { prepareSession } from './session.ts';
import { requireEmpty, requireNobodyElse } from './target.ts';
import { verify } from './verify.ts';

export interface Restored {
  createdAt: string;
  /** How many rows each table got. */
  rows: Record<string, number>;
  planningYears: number;
  entries: number;
  /** Migrations that this release has and the backup had not. */
  migrated: string[];
  /** Tables of the file that no migration makes: somebody else's, and left out. */
  leftOut: string[];
  /** What is wrong with its evidence: it was wrong when it was backed up, or the file was changed. */
  faults: string[];
  /** Fingerprint of the installation that signed the backup; null: nobody did. */
  signer: Signer;
}

/**
 * Fills an empty database with what a backup holds, verifies every chain, brings it to this release,
 * signs everybody out and holds all mail: in one transaction, so that a file that proves broken leaves nothing behind.
 *
 * @param at when: the mail is held since then
 * @param replaceDemo whether a demonstration makes room
 * @param trusts throws where a signer, or that there is none, is not to be trusted; nothing is restored then
 * @throws BrokenBackupError, BackupRefusedError
 */
export async function restore(
  db: Db,
  path: string,
  {
    at,
    replaceDemo = false,
    trusts = () => {},
    migrations = ours,
  }: {
    at: Date;
    replaceDemo?: boolean;
    trusts?: (signer: Signer) => void;
    migrations?: Record<string, Migration>;
  },
): Promise<Restored> {
  const programs = await loadPrograms();
  const parts = readBackup(path);
  try {
    const header = await headerOf(parts);
    const known = Object.keys(migrations).sort();
    requireKnown(header.migrations, known);
    const newest = known.at(-1)!;
    return await db.transaction().execute(async (trx) => {
      await prepareSession(trx);
      await takeOver(trx, replaceDemo, () => migrateTo(trx, newest, migrations));
      await migrateTo(trx, header.migrations.at(-1)!, migrations);
      const { trailer, signer, leftOut } = await load(trx, header, parts);
      trusts(signer);
      await sql`analyze`.execute(trx);
      const verified = await verify(trx, trailer);
      await migrateTo(trx, newest, migrations);
      await admitWriters(trx);
      // A year that fails is tried again by the next start, which tells of it.
      await upgradeYears(trx, { programs, now: at, failed: () => {} });
      const { faults } = await verifyWithin(trx, at);
      await signEverybodyOut(trx);
      await pauseMail(trx, `Restored from a backup of ${header.createdAt}.`, RESTORE, at);
      const { createdAt } = header;
      const found = faults.length > 0 && { faults: faults.length };
      const detail = { restored: createdAt, signer, ...found };
      await recordFacts(trx, at, [
        { kind: 'administered', actor: RESTORE.id, requestId: null, detail },
      ]);
      const migrated = known.slice(header.migrations.length);
      return { createdAt, rows: trailer.rows, ...verified, migrated, leftOut, faults, signer };
    });
  } finally {
    await parts.return();
  }
}

const RESTORE = { id: 'restore', role: 'administrator' };

async function headerOf(parts: AsyncGenerator<Part, void>): Promise<Header> {
  const { value } = await parts.next();
  if (value?.kind !== 'header') throw new BrokenBackupError('it does not begin with its header');
  return value.header;
}

/** An older release has made the first of our migrations; a newer one has made others. */
function requireKnown(made: string[], known: string[]): void {
  const unknown = made.filter((name) => !known.includes(name));
  if (unknown.length > 0)
    throw new BackupRefusedError(
      `The backup is of a newer release (${unknown.join(', ')}). Restore it with that release, or a later one.`,
    );
  if (made.some((name, at) => name !== known[at]))
    throw new BackupRefusedError(
      'The backup is of a development state between two releases. Start the program that wrote it once more, then back up with this one.',
    );
}

/** From here on nobody else starts on this database: whoever does waits for our migrations. */
async function takeOver(
  trx: Trx,
  replaceDemo: boolean,
  bringUpToDate: () => Promise<void>,
): Promise<void> {
  await requireFitServer(trx);
  await lockMigrations(trx);
  await requireNobodyElse(trx);
  if ((await appliedMigrations(trx)).length === 0) return;
  await bringUpToDate();
  if (replaceDemo) await removeDemo(trx);
  await requireEmpty(trx);
}
