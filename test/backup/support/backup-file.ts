import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';

/** A folder for backups; `remove` it in `afterAll`. */
export function backupFolder() {
  const folder = mkdtempSync(join(tmpdir(), 'planning-year-backup-'));
  return {
    folder,
    file: (name: string) => join(folder, name),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

export const linesOf = (path: string): string[] =>
  gunzipSync(readFileSync(path)).toString().trimEnd().split('\n');

/** The file with other content, sealed as if it had been written so. */
export function rewrite(path: string, target: string, change: (line: string) => string): void {
  const lines = linesOf(path).slice(0, -1).map(change);
  const text = lines.map((line) => `${line}\n`).join('');
  const sha256 = createHash('sha256').update(text).digest('hex');
  writeFileSync(target, gzipSync(`${text}${JSON.stringify({ sha256 })}\n`));
}
