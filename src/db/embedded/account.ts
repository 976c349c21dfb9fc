import { execFileSync, spawnSync } from 'node:child_process';
import { lchownSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Whom PostgreSQL runs as. It refuses to run as root, so root lends it an account without rights;
 * everybody else runs it as themselves (null).
 */
export interface Account {
  uid: number;
  gid: number;
}

/** Null: this process's own account. */
export function accountToRunAs(): Account | null {
  if (!isRoot()) return null;
  const account = lookUp('postgres') ?? lookUp('nobody');
  if (account) return account;
  throw new Error(
    'PostgreSQL does not run as root, and this machine has neither a user "postgres" nor "nobody". Start as an ordinary user, or set DATABASE_URL.',
  );
}

/** The account that existing data belong to: root runs an ordinary user's cluster as that user. */
export function ownerOf(path: string): Account | null {
  const { uid, gid } = statSync(path);
  if (!isRoot()) return null;
  return uid === 0 ? accountToRunAs() : { uid, gid };
}

/** Spawn options that take on the account. */
export const asAccount = (account: Account | null): Partial<Account> => account ?? {};

/** Asked of the system itself, which also knows of access lists, mounts and security modules. */
export function canUse(folder: string, account: Account | null): boolean {
  if (!account) return true;
  const script = 'cd -- "$1" && test -r . && test -w .';
  const options = { ...account, stdio: 'ignore', cwd: '/' } as const;
  return spawnSync('sh', ['-c', script, 'sh', folder], options).status === 0;
}

/** Makes the account the owner of a folder and of everything in it. */
export function handOver(folder: string, account: Account | null): void {
  if (!account) return;
  const inside = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  for (const name of ['', ...inside]) lchownSync(join(folder, name), account.uid, account.gid);
}

const isRoot = (): boolean => process.getuid?.() === 0;

function lookUp(name: string): Account | null {
  try {
    return { uid: idOf('-u', name), gid: idOf('-g', name) };
  } catch {
    return null;
  }
}

/** macOS prints nobody's -2 as an unsigned number, which spawn refuses. */
const idOf = (flag: string, name: string): number =>
  Number(execFileSync('id', [flag, name], { encoding: 'utf8', stdio: 'pipe' })) | 0;
