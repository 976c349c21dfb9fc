import type { ProgramFile } from '../../calendar/shape.ts';
import type { DbOrTrx, Trx } from '../context.ts';
import type { YearSettings } from '../db/tables.ts';

/** What a program's year has been set to; version 0 while nobody has set anything. */
export interface StoredParameters {
  version: number;
  settings: YearSettings;
}

const NONE: StoredParameters = { version: 0, settings: { program: {}, districts: {} } };

export async function readParameters(
  db: DbOrTrx,
  program: string,
  year: string,
): Promise<StoredParameters> {
  const row = await db
    .selectFrom('yearParameters')
    .select(['version', 'settings'])
    .where('program', '=', program)
    .where('year', '=', year)
    .executeTakeFirst();
  return row ? { ...row, settings: settingsIn(row.settings) } : NONE;
}

/** Whoever else changes them waits until the caller's transaction has ended. */
export async function holdParameters(trx: Trx, program: string, year: string): Promise<void> {
  await trx
    .selectFrom('yearParameters')
    .select('version')
    .where('program', '=', program)
    .where('year', '=', year)
    .forUpdate()
    .execute();
}

/** Stored settings as far as they are some: what is not is as if nobody had set it. */
export function settingsIn(stored: unknown): YearSettings {
  const { program, districts } = mapOf(stored);
  const own = Object.entries(mapOf(districts)).map(([code, dates]) => [code, textsOf(dates)]);
  return { program: textsOf(program), districts: Object.fromEntries(own) };
}

const mapOf = (value: unknown): Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : {};

const textsOf = (value: unknown): Record<string, string> =>
  Object.fromEntries(
    Object.entries(mapOf(value)).filter(
      (entry): entry is [string, string] => typeof entry[1] === 'string',
    ),
  );

/** What had been set by an instant. */
export async function parametersAsOf(
  db: DbOrTrx,
  program: string,
  year: string,
  at: Date,
): Promise<YearSettings> {
  const row = await db
    .selectFrom('yearParameterChanges')
    .select('settings')
    .where('program', '=', program)
    .where('year', '=', year)
    .where('recordedAt', '<=', at)
    .orderBy('version', 'desc')
    .limit(1)
    .executeTakeFirst();
  return settingsIn(row?.settings);
}

/** The dates that count for an organization: its district's own before the program's. */
export function datesFor(
  program: ProgramFile,
  { program: common, districts }: YearSettings,
  districtCode: string,
): Record<string, string> {
  const all: Record<string, string> = { ...common, ...districts[districtCode] };
  const dates = program.parameters.filter(({ kind }) => kind === 'date').map(({ id }) => id);
  return Object.fromEntries(Object.entries(all).filter(([id]) => dates.includes(id)));
}
