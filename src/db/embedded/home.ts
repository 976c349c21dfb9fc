import { createHash, randomBytes } from 'node:crypto';
import {
  accessSync,
  chmodSync,
  constants,
  existsSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  rmdirSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { type Account, accountToRunAs, canUse, handOver, ownerOf } from './account.ts';

/** The folder that PostgreSQL works in, and the account it works as. */
export interface Home {
  folder: string;
  account: Account | null;
  /** Whether the folder had to be found outside DATA_DIR. */
  elsewhere: boolean;
}

/**
 * `dataDir`/postgres; or, where PostgreSQL's account can't get there (root started us, in a folder
 * that only root can enter), a folder of its own under /var/lib, which a file in `dataDir` names.
 */
export function findHome(dataDir: string): Home {
  const inside = join(dataDir, 'postgres');
  const signpost = join(dataDir, 'postgres-folder');
  if (existsSync(signpost)) {
    return existing(readFileSync(signpost, 'utf8').trim(), { elsewhere: true, signpost });
  }
  if (existsSync(join(inside, 'data'))) return existing(inside, { elsewhere: false, signpost });

  const account = accountToRunAs();
  if (offer(inside, account)) return { folder: inside, account, elsewhere: false };
  rmdirSync(inside);
  const folder = join('/var/lib/planning-year', nameFor(dataDir));
  if (!offer(folder, account)) throw new Error(outOfReach(folder));
  writeFileSync(signpost, `${folder}\n`);
  return { folder, account, elsewhere: true };
}

/** Makes `dataDir`, or says plainly why it can't be used. Gives its real path. */
export function prepareDataDir(dataDir: string): string {
  try {
    // Mails and keys lie in it: others may pass through to what is theirs, and see nothing.
    mkdirSync(dataDir, { recursive: true, mode: 0o711 });
    accessSync(dataDir, constants.W_OK | constants.X_OK);
  } catch (cause) {
    throw new Error(
      `The folder ${dataDir} can't be written by this user. Start as the user it belongs to, or set DATA_DIR to another folder.`,
      { cause },
    );
  }
  return realpathSync(dataDir);
}

function existing(
  folder: string,
  { elsewhere, signpost }: { elsewhere: boolean; signpost: string },
) {
  if (!existsSync(folder)) {
    throw new Error(
      `${signpost} says that the data lie in ${folder}, but that folder is gone. Bring it back, or remove ${signpost} to begin with an empty database.`,
    );
  }
  const account = ownerOf(folder);
  if (!canUse(folder, account)) throw new Error(outOfReach(folder));
  return { folder, account, elsewhere };
}

/** False when the account can't get at the new folder. */
function offer(folder: string, account: Account | null): boolean {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  // A careless umask must not close the common parent to the account.
  if (account) chmodSync(dirname(folder), 0o711);
  handOver(folder, account);
  return canUse(folder, account);
}

/** Readable, and new each time: who removes DATA_DIR to begin afresh must not meet the old data. */
function nameFor(dataDir: string): string {
  const path = createHash('sha256').update(dataDir).digest('hex').slice(0, 12);
  return `${path}-${randomBytes(3).toString('hex')}`;
}

const outOfReach = (folder: string): string =>
  `PostgreSQL does not run as root, and the account it runs as can't get at ${folder}. Let others pass through the folders above it (chmod o+x), set DATA_DIR to another folder, or set DATABASE_URL.`;
