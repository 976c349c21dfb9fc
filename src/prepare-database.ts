import type { Logger } from 'pino';
import { openDatabase } from './db/database.ts';
import { grantServing } from './db/grants.ts';
import { isMigrated, migrate } from './db/migrate.ts';
import { loginOf, makeRole, ownsTables } from './db/serving-role.ts';
import { explained } from './db/unreachable.ts';
import { prepareQueue } from './queue/prepare.ts';

export interface Addresses {
  /** As whom the database is brought to this release: whoever owns its tables. */
  owner: string;
  /** As whom a process serves; left out: as the owner. */
  serving?: string;
}

/**
 * Brings tables and queue to this release, and gives the role that serves its rights. Where one role
 * is named that owns nothing, somebody else has prepared the database, and nothing is done.
 *
 * @throws DatabaseUnfitError when the database can't be used as it is
 */
export async function prepareDatabase(
  { owner, serving = owner }: Addresses,
  log: Logger,
): Promise<void> {
  const db = openDatabase(owner, log);
  try {
    const login = loginOf(serving);
    const isOne = login.role === loginOf(owner).role;
    if (isOne && (await isMigrated(db)) && !(await ownsTables(db))) return;
    await migrate(db);
    await prepareQueue(owner, log);
    if (isOne) return;
    await makeRole(db, login);
    await grantServing(db, login.role);
  } catch (error) {
    throw explained(error, owner, owner === serving ? undefined : 'MIGRATION_DATABASE_URL');
  } finally {
    await db.destroy();
  }
}
