import { createHash } from 'node:crypto';
import type { z } from 'zod';
import { BackupRefusedError, BrokenBackupError } from './errors.ts';
import {
  anyFormat,
  FORMAT,
  type Header,
  header,
  seal,
  section,
  type Trailer,
  trailer,
} from './format.ts';
import { readLines } from './read-lines.ts';
import { signerOf } from './signing.ts';

export type Part =
  | { kind: 'header'; header: Header }
  /** Some rows of one table: the JSON text of an array of their lines. */
  | { kind: 'rows'; table: string; count: number; json: string }
  /** Comes last, and only when the file is whole and its seal holds. */
  | { kind: 'trailer'; trailer: Trailer; signer: Signer };

/** Fingerprint of the installation that signed it; null: nobody did. */
export type Signer = string | null;

/**
 * Reads a backup from its beginning, some rows at a time.
 *
 * @throws BrokenBackupError, at the latest where the trailer would come
 * @throws BackupRefusedError for a file that is not there, or of a later format
 */
export async function* readBackup(path: string): AsyncGenerator<Part, void> {
  const hash = createHash('sha256');
  const batch = new Batch();
  let read = 0;
  let table: string | null = null;
  let end: Trailer | null = null;
  let sealed = false;
  let signer: Signer = null;

  for await (const line of readLines(path)) {
    read += 1;
    if (sealed) throw new BrokenBackupError('something follows its end');
    if (end !== null) {
      const { sha256, signed } = parse(seal, line, read);
      if (sha256 !== hash.digest('hex')) throw new BrokenBackupError('its SHA-256 differs');
      signer = signed ? signerOf(sha256, signed) : null;
      if (signed && signer === null) throw new BrokenBackupError('its signature does not hold');
      sealed = true;
      continue;
    }
    hash.update(line).update('\n');
    if (read === 1) {
      yield { kind: 'header', header: parseHeader(line) };
    } else if (line[0] === ROW) {
      if (table === null) throw new BrokenBackupError(`line ${read} belongs to no table`);
      if (batch.add(line)) yield { kind: 'rows', table, ...batch.take() };
    } else {
      if (table !== null && batch.count > 0) yield { kind: 'rows', table, ...batch.take() };
      const next = parse(section.or(trailer), line, read);
      if ('table' in next) table = next.table;
      else end = next;
    }
  }
  if (end === null || !sealed) throw new BrokenBackupError('it ends too early');
  yield { kind: 'trailer', trailer: end, signer };
}

const ROW = '['.charCodeAt(0);
const MOST_ROWS = 2_000;
const MOST_BYTES = 1_000_000;

class Batch {
  #lines: Buffer[] = [];
  #bytes = 0;

  get count(): number {
    return this.#lines.length;
  }

  /** @returns whether it is full now */
  add(line: Buffer): boolean {
    this.#lines.push(line);
    this.#bytes += line.length;
    return this.count >= MOST_ROWS || this.#bytes >= MOST_BYTES;
  }

  take(): { count: number; json: string } {
    const taken = { count: this.count, json: `[${this.#lines.join(',')}]` };
    this.#lines = [];
    this.#bytes = 0;
    return taken;
  }
}

function parseHeader(line: Buffer): Header {
  const some = anyFormat.safeParse(json(line));
  if (!some.success) throw new BackupRefusedError('The file is no backup of a planning year.');
  const { planningYearBackup: format } = some.data;
  if (format !== FORMAT)
    throw new BackupRefusedError(
      `The backup has format ${format}; this release reads format ${FORMAT}. Restore it with the release that wrote it, or a later one.`,
    );
  return parse(header, line, 1);
}

function parse<T extends z.ZodType>(schema: T, line: Buffer, at: number): z.infer<T> {
  const { data, success } = schema.safeParse(json(line));
  if (!success) throw new BrokenBackupError(`line ${at} is not what a backup has there`);
  return data;
}

function json(line: Buffer): unknown {
  try {
    return JSON.parse(line.toString());
  } catch {
    return undefined;
  }
}
