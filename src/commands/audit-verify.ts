import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { readSeals, type TellSeal } from '../audit/outside.ts';
import { type Verified, verifyExport } from '../audit/verify.ts';
import { verifyDatabase } from '../audit/verify-database.ts';
import { DatabaseUnfitError, isMigrated } from '../db/migrate.ts';
import { databaseCommand } from './database-command.ts';
import { UsageError } from './one-file.ts';

/**
 * `npm run audit:verify -- [FILE | --database] [--heads] [--seals FILE]`: checks an export of the audit,
 * offline, or without a file the database that the settings name. Exit 1: something is broken. Exit 2:
 * it could not be checked.
 */
const USAGE =
  'Use: npm run audit:verify -- [FILE | --database] [--heads] [--seals FILE]; without FILE it checks the database.';

try {
  const { file, heads, seals } = read();
  const outside = seals === undefined ? [] : readSeals(await textOf(seals));
  if (file !== undefined) tell(await verifyFile(file, outside), heads);
  else
    await databaseCommand(
      () => {},
      async (_, db, clock) => {
        if (!(await isMigrated(db)))
          throw new DatabaseUnfitError(
            'The database is not at this release. Start the program once, then verify again.',
          );
        tell(await verifyDatabase(db, clock.now(), outside), heads);
      },
      2,
    );
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
  process.exitCode = 2;
}

function read() {
  const { values, positionals } = parsed();
  const [file, ...more] = positionals;
  if (more.length > 0 || (file !== undefined && values.database)) throw new UsageError(USAGE);
  return { file, heads: values.heads, seals: values.seals };
}

function parsed() {
  try {
    return parseArgs({
      options: {
        database: { type: 'boolean', default: false },
        heads: { type: 'boolean', default: false },
        seals: { type: 'string' },
      },
      allowPositionals: true,
    });
  } catch (error) {
    throw new UsageError(USAGE, { cause: error });
  }
}

async function verifyFile(path: string, outside: TellSeal[]): Promise<Verified> {
  const input = createReadStream(path, 'utf8');
  try {
    const lines = createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY });
    return await verifyExport(lines, outside);
  } catch (error) {
    throw missing(error, path);
  }
}

async function textOf(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    throw missing(error, path);
  }
}

function missing(error: unknown, path: string): unknown {
  const { code } = error as NodeJS.ErrnoException;
  return code === 'ENOENT' ? new Error(`There is no file ${path}.`) : error;
}

function tell({ heads, lastSeal, ...found }: Verified, withHeads: boolean): void {
  const say = (line: string) => process.stdout.write(`${line}\n`);
  if (withHeads) for (const [year, { seq, hash }] of heads) say(`${year} ${seq} ${hash}`);
  for (const fault of found.faults) say(`BROKEN: ${fault}.`);
  say(
    `${found.planningYears} planning years with ${found.entries} entries, ${found.facts} facts, ${found.seals} seals: ${found.faults.length} faults.`,
  );
  if (found.notShown > 0)
    say(`${found.notShown} sealed things are outside of what this export shows.`);
  if (lastSeal) say(`Last seal: ${lastSeal.sealedOn} ${lastSeal.digest}`);
  process.exitCode = found.faults.length > 0 ? 1 : 0;
}
