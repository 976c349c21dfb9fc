import { sql } from 'kysely';
import type { CalendarTask, Pack } from '../../calendar/shape.ts';
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
  const titles = new Map<string, Titles>();
  for (const [key, pin] of pins) titles.set(key, await titlesOf(programs, db, pin));
  const titlesAt = ({ program, calendarVersion }: Pick<YearFacts, 'program' | 'calendarVersion'>) =>
    titles.get(pinOf(program, calendarVersion));
  return {
    pack: (program) => programs.get(program)?.pack,
    title: (year, { taskKey }) => titlesAt(year)?.get(taskKey)?.title ?? taskKey,
    parameter: (year, { taskKey }) => titlesAt(year)?.get(taskKey)?.parameter ?? null,
  };
}

interface Pin {
  program: string;
  version: string;
}
type Calendar = Pick<Pack, 'program' | 'months'>;
/** By task: its own title, and that of the parameter that its date comes from. */
type Titles = ReadonlyMap<string, { title: string; parameter: string | null }>;

// A version's content never changes, and versions are few.
const cache = new WeakMap<Programs, Map<string, Titles>>();

async function titlesOf(programs: Programs, db: DbOrTrx, pin: Pin) {
  const known = cache.get(programs) ?? new Map<string, Titles>();
  cache.set(programs, known);
  const key = pinOf(pin.program, pin.version);
  const titles = known.get(key) ?? titlesOr(programs, pin, await calendarOf(programs, db, pin));
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

/** Of the calendar that was kept or, if that can't be read, of the program's own. */
function titlesOr(programs: Programs, pin: Pin, kept: Calendar): Titles {
  try {
    return titlesIn(kept);
  } catch {
    const pack = programs.get(pin.program)?.pack;
    return pack ? titlesIn(pack) : new Map();
  }
}

const titlesIn = ({ program, months }: Calendar): Titles =>
  new Map(
    months
      .flatMap(({ activities }) => activities.flatMap(({ tasks }) => tasks))
      .map(({ id, title, due }) => [
        id,
        { title: words(program, title), parameter: parameterOf(program, due) },
      ]),
  );

function parameterOf({ parameters }: Pack['program'], due: CalendarTask['due']): string | null {
  if (!due || !('parameter' in due)) return null;
  return parameters.find(({ id }) => id === due.parameter)?.title ?? null;
}

const pinOf = (program: string, version: string): string => `${program} ${version}`;
