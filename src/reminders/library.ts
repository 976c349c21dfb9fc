import { sql } from 'kysely';
import type { Pack } from '../../calendar/shape.ts';
import { words } from '../../calendar/words.ts';
import type { DbOrTrx } from '../context.ts';
import type { Programs } from '../programs/programs.ts';
import type { YearFacts } from './facts.ts';
import type { Library } from './model.ts';

/** The titles of the calendars that these years are pinned to, which the files may have left behind. */
export async function libraryFor(
  programs: Programs,
  db: DbOrTrx,
  years: Iterable<Pick<YearFacts, 'program' | 'calendarVersion'>>,
): Promise<Library> {
  const pins = new Map<string, Pin>();
  for (const { program, calendarVersion } of years)
    pins.set(pinOf(program, calendarVersion), { program, version: calendarVersion });
  const titles = new Map<string, ReadonlyMap<string, string>>();
  for (const [key, pin] of pins) titles.set(key, await titlesOf(programs, db, pin));
  return {
    pack: (program) => programs.get(program)?.pack,
    title: ({ program, calendarVersion }, { taskKey }) =>
      titles.get(pinOf(program, calendarVersion))?.get(taskKey) ?? taskKey,
  };
}

interface Pin {
  program: string;
  version: string;
}
type Calendar = Pick<Pack, 'program' | 'months'>;

// A version's content never changes, and versions are few.
const cache = new WeakMap<Programs, Map<string, ReadonlyMap<string, string>>>();

async function titlesOf(programs: Programs, db: DbOrTrx, pin: Pin) {
  const known = cache.get(programs) ?? new Map<string, ReadonlyMap<string, string>>();
  cache.set(programs, known);
  const key = pinOf(pin.program, pin.version);
  const titles = known.get(key) ?? titlesIn(await calendarOf(programs, db, pin));
  known.set(key, titles);
  return titles;
}

async function calendarOf(programs: Programs, db: DbOrTrx, pin: Pin): Promise<Calendar> {
  const pack = programs.get(pin.program)?.pack;
  if (pack?.version === pin.version) return pack;
  const { content } = await db
    .selectFrom('calendarVersions')
    .select(sql<Calendar>`content`.as('content'))
    .where('program', '=', pin.program)
    .where('version', '=', pin.version)
    .executeTakeFirstOrThrow();
  return content;
}

const titlesIn = ({ program, months }: Calendar): ReadonlyMap<string, string> =>
  new Map(
    months
      .flatMap(({ activities }) => activities.flatMap(({ tasks }) => tasks))
      .map(({ id, title }) => [id, words(program, title)]),
  );

const pinOf = (program: string, version: string): string => `${program} ${version}`;
