import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { BackupRefusedError, BrokenBackupError } from './errors.ts';

/**
 * The lines of a compressed file, without their ends. Only a line feed ends a line: the texts within
 * may hold every other separator that Unicode knows.
 */
export async function* readLines(path: string): AsyncGenerator<Buffer, void> {
  const gunzip = createGunzip();
  // Its errors come out of the loop below as well; this only keeps them from being unheard.
  const piped = pipeline(createReadStream(path), gunzip).catch(() => {});
  let parts: Buffer[] = [];
  try {
    for await (const chunk of gunzip as AsyncIterable<Buffer>) {
      let from = 0;
      for (let to = chunk.indexOf(LINE_FEED); to >= 0; to = chunk.indexOf(LINE_FEED, from)) {
        const last = chunk.subarray(from, to);
        yield parts.length > 0 ? Buffer.concat([...parts, last]) : last;
        parts = [];
        from = to + 1;
      }
      if (from < chunk.length) parts.push(chunk.subarray(from));
    }
  } catch (error) {
    throw explained(error, path);
  } finally {
    gunzip.destroy();
    await piped;
  }
  if (parts.length > 0) throw new BrokenBackupError('its last line has no end');
}

const LINE_FEED = 10;

function explained(error: unknown, path: string): unknown {
  const { code = '', message } = error as NodeJS.ErrnoException;
  if (code === 'ENOENT' || code === 'EISDIR')
    return new BackupRefusedError(`There is no file ${path}.`);
  if (code === 'EACCES') return new BackupRefusedError(`This user may not read ${path}.`);
  if (code.startsWith('Z_')) return new BrokenBackupError(message, { cause: error });
  return error;
}
