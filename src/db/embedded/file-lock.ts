import { existsSync, writeFileSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * A lock between processes, held by the operating system: it is gone the moment its holder dies,
 * however it dies, so there is no stale lock to recognise. SQLite is what Node ships that takes such
 * locks; nothing is ever written to the file.
 */
export interface FileLock {
  release(): void;
}

export type LockMode = 'shared' | 'exclusive';

/** Undefined while another holds it in a way that excludes `mode`. */
export function tryLock(path: string, mode: LockMode): FileLock | undefined {
  createOnce(path);
  const file = new DatabaseSync(path, { timeout: 0 });
  try {
    file.exec(mode === 'exclusive' ? 'begin exclusive' : 'begin; select * from sqlite_schema');
    return { release: () => file.close() };
  } catch (error) {
    file.close();
    if ((error as { errcode?: number }).errcode === BUSY) return undefined;
    throw error;
  }
}

/** Waits for it. @throws Error after `patience` milliseconds */
export async function lock(path: string, mode: LockMode, patience: number): Promise<FileLock> {
  const deadline = Date.now() + patience;
  for (;;) {
    const held = tryLock(path, mode);
    if (held) return held;
    if (Date.now() > deadline) {
      throw new Error(`Another process has held ${path} for ${patience / 1000} s.`);
    }
    await sleep(50);
  }
}

/**
 * Nobody else is to hold our locks. An existing file must not be opened here: closing it would drop
 * the locks that this process holds on it.
 */
function createOnce(path: string): void {
  if (existsSync(path)) return;
  try {
    writeFileSync(path, '', { flag: 'wx', mode: 0o600 });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
}

const BUSY = 5;
