import type { ProgramFile } from '../../calendar/shape.ts';
import type { DbOrTrx } from '../context.ts';
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
  return row ?? NONE;
}

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
  return row?.settings ?? NONE.settings;
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
