import { open, readFile } from 'node:fs/promises';
import { z } from 'zod';
import type { Config } from '../config.ts';
import type { Context, DbOrTrx } from '../context.ts';
import { instantOf } from '../db/instant.ts';

const hex = z.string().regex(/^[0-9a-f]{64}$/);
const sealLine = z.strictObject({
  seal: z.iso.date(),
  sealedAt: z.string(),
  previous: hex,
  digest: hex,
});

/** A seal as it is told outside of the database, one line of JSON each. */
export type TellSeal = z.infer<typeof sealLine>;

type Surroundings = Pick<Context, 'db' | 'log'> & { config: Pick<Config, 'sealsFile'> };

/**
 * Writes seals down where whoever writes to the database need not write: every one that the file does
 * not hold yet, so that what a crash or an unwritable disk has kept from it follows. Without a file,
 * the seals of `day` go to standard output.
 *
 * @param day the day that has just been sealed by this process; null: none
 */
export async function tellSeals(
  { db, log, config: { sealsFile } }: Surroundings,
  day: string | null,
  out: (line: string) => void = (line) => void process.stdout.write(line),
): Promise<void> {
  if (sealsFile === null) {
    if (day !== null) for (const seal of await seals(db, day)) out(lineOf(seal));
    return;
  }
  const told = await readIfThere(sealsFile);
  const last = told.at(-1);
  const all = await seals(db, last?.seal ?? '0001-01-01');
  if (last && !all.some(({ digest }) => digest === last.digest))
    log.error(
      { alarm: 'seals', sealedOn: last.seal },
      'The database does not hold a seal that SEALS_FILE does: npm run audit:verify -- --seals FILE',
    );
  const lines = all.filter(({ seal }) => last === undefined || seal > last.seal).map(lineOf);
  if (lines.length > 0) await append(sealsFile, lines.join(''));
}

/** The seals of a file. @throws SealsFileError when it holds something else */
export function readSeals(text: string): TellSeal[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line, at) => {
      const { data } = sealLine.safeParse(json(line));
      if (!data) throw new SealsFileError(`Line ${at + 1} of the seals file is no seal.`);
      return data;
    });
}

export class SealsFileError extends Error {
  override name = 'SealsFileError';
}

const lineOf = (seal: TellSeal): string => `${JSON.stringify(seal)}\n`;

async function seals(db: DbOrTrx, from: string): Promise<TellSeal[]> {
  const rows = await db
    .selectFrom('seals')
    .selectAll()
    .where('sealedOn', '>=', from)
    .orderBy('sealedOn')
    .execute();
  return rows.map(({ sealedOn, sealedAt, previous, digest }) => ({
    seal: sealedOn,
    sealedAt: instantOf(sealedAt),
    previous: previous.toString('hex'),
    digest: digest.toString('hex'),
  }));
}

/** A line that a crash has cut short is as if it were not there: it is written once more. */
async function readIfThere(path: string): Promise<TellSeal[]> {
  try {
    const text = await readFile(path, 'utf8');
    return readSeals(text.slice(0, text.lastIndexOf('\n') + 1));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

async function append(path: string, lines: string): Promise<void> {
  const file = await open(path, 'a', OWNER_ONLY);
  try {
    await file.truncate(await wholeLines(path));
    await file.writeFile(lines);
    await file.sync();
  } finally {
    await file.close();
  }
}

const OWNER_ONLY = 0o600;

/** How many bytes of a file are whole lines. */
const wholeLines = async (path: string): Promise<number> =>
  (await readFile(path)).lastIndexOf('\n') + 1;

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
