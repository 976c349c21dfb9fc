import canonicalize from 'canonicalize';
import type { Pack } from '../../calendar/shape.ts';
import type { DbOrTrx } from '../context.ts';
import { ConflictError, NotFoundError } from '../errors.ts';
import type { Program, Programs } from '../programs/programs.ts';
import { type YearModel, yearModel } from './model.ts';

/** What a stored year is tied to. */
export interface Pin {
  program: string;
  year: string;
  calendarVersion: string;
  machineVersion: string;
  /** The dates set for its organization, by parameter. */
  parameters: Record<string, string>;
}

/** The model of a new year: the program as it is now. Throws `NotFoundError` for an unknown program. */
export function currentModel(
  programs: Programs,
  program: string,
  year: string,
  parameters: Record<string, string> = {},
): YearModel {
  const found = programs.get(program);
  if (!found) throw new NotFoundError(`There is no program "${program}"; see GET /v1/programs.`);
  const key = keyOf({ program, calendarVersion: found.pack.version, year, parameters });
  return cached(programs, key, () => yearModel(found, year, parameters));
}

/**
 * The model of a stored year: the calendar that it started with, which the files may have left
 * behind since, and the charts of this release.
 */
export async function modelOf(programs: Programs, db: DbOrTrx, pin: Pin): Promise<YearModel> {
  const program = programs.get(pin.program);
  if (!program)
    throw new ConflictError(
      'program-missing',
      `This planning year belongs to the program "${pin.program}", whose folder is missing from calendar/.`,
    );
  if (program.machines.version !== pin.machineVersion)
    throw new ConflictError(
      'needs-migration',
      `This planning year was written by version ${pin.machineVersion} of the charts of "${pin.program}"; this release has version ${program.machines.version} and no migration between them.`,
    );
  const key = keyOf(pin);
  const known = models(programs).get(key);
  if (known) return known;
  const pinned = await pinnedProgram(db, program, pin.calendarVersion);
  return cached(programs, key, () => yearModel(pinned, pin.year, pin.parameters));
}

/** Keeps the calendar that years are about to be pinned to. */
export async function keepCalendar(trx: DbOrTrx, program: Program, at: Date): Promise<void> {
  const { version, program: file, months } = program.pack;
  await trx
    .insertInto('calendarVersions')
    .values({
      program: program.id,
      version,
      content: JSON.stringify({ program: file, months }),
      firstUsedAt: at,
    })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

async function pinnedProgram(db: DbOrTrx, program: Program, version: string): Promise<Program> {
  if (program.pack.version === version) return program;
  const { content } = await db
    .selectFrom('calendarVersions')
    .select('content')
    .where('program', '=', program.id)
    .where('version', '=', version)
    .executeTakeFirstOrThrow();
  return { ...program, pack: { ...program.pack, ...(content as Partial<Pack>), version } };
}

const keyOf = ({
  program,
  calendarVersion,
  year,
  parameters,
}: Omit<Pin, 'machineVersion'>): string =>
  `${program} ${calendarVersion} ${year} ${canonicalize(parameters)}`;

// Models are plain data and few: one for each year, calendar version and set of dates in use. Whoever
// asks for years that nobody uses fills no memory.
const MOST = 2_000;
const caches = new WeakMap<Programs, Map<string, YearModel>>();

function models(programs: Programs): Map<string, YearModel> {
  const cache = caches.get(programs) ?? new Map<string, YearModel>();
  caches.set(programs, cache);
  return cache;
}

function cached(programs: Programs, key: string, make: () => YearModel): YearModel {
  const known = models(programs).get(key) ?? make();
  const cache = models(programs);
  cache.set(key, known);
  const [oldest] = cache.keys();
  if (cache.size > MOST && oldest !== undefined) cache.delete(oldest);
  return known;
}
