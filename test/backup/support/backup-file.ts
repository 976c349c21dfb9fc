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

/** The file with other lines, sealed as if it had been written so, under its old seal, or another. */
export function rewrite(
  path: string,
  target: string,
  change: Change,
  seal: 'new' | 'old' | { end: string } = 'new',
): void {
  const lines = linesOf(path);
  const old = lines.pop()!;
  const text = change(lines)
    .map((line) => `${line}\n`)
    .join('');
  const sha256 = createHash('sha256').update(text).digest('hex');
  const made = seal === 'old' ? old : JSON.stringify({ sha256 });
  const end = typeof seal === 'object' ? seal.end : made;
  writeFileSync(target, gzipSync(`${text}${end}\n`));
}

type Change = (lines: string[]) => string[];

/** The first place of that kind in each line, replaced. */
export const edit =
  (kind: RegExp, by: string | ((found: string) => string)): Change =>
  (lines) =>
    lines.map((line) => line.replace(kind, by as string));

/** Without the last line of that kind. */
export const without =
  (kind: RegExp): Change =>
  (lines) =>
    lines.toSpliced(
      lines.findLastIndex((line) => kind.test(line)),
      1,
    );
