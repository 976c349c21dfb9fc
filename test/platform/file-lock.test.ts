import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { lock, tryLock } from '../../src/db/embedded/file-lock.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'planning-year-lock-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

describe('a lock between processes', () => {
  test('is one for all who share it, and excludes the one who wants it alone', () => {
    const path = join(folder, 'shared');
    const first = tryLock(path, 'shared')!;
    const second = tryLock(path, 'shared')!;
    expect(tryLock(path, 'exclusive')).toBeUndefined();
    first.release();
    expect(tryLock(path, 'exclusive')).toBeUndefined();
    second.release();

    const alone = tryLock(path, 'exclusive')!;
    expect(tryLock(path, 'shared')).toBeUndefined();
    alone.release();
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  test('is waited for, but not for ever', async () => {
    const path = join(folder, 'waited');
    const held = tryLock(path, 'exclusive')!;
    await expect(lock(path, 'shared', 100)).rejects.toThrow(path);
    const waiting = lock(path, 'shared', 5_000);
    held.release();
    (await waiting).release();
  });

  test('is free at once when its holder is killed', async () => {
    const path = join(folder, 'killed');
    const module = new URL('../../src/db/embedded/file-lock.ts', import.meta.url).href;
    const script = `
      import { tryLock } from ${JSON.stringify(module)};
      globalThis.held = tryLock(process.argv[1], 'exclusive');
      process.stdout.write('held');
      setInterval(() => {}, 1000);`;
    const holder = spawn(process.execPath, ['--input-type=module', '-e', script, path], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await once(holder.stdout, 'data');
    expect(tryLock(path, 'shared')).toBeUndefined();

    holder.kill('SIGKILL');
    await once(holder, 'exit');
    tryLock(path, 'exclusive')!.release();
  });
});
