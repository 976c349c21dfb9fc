import { tidy } from './cells.ts';
import { CsvFault, csvRecords } from './csv-records.ts';

/** How the columns of one file stand. */
export interface CsvLayout {
  /** What stands between two cells. */
  separator: string;
  /** Where the header begins in the text. */
  start: number;
  /** The columns as they are asked for; as written where none such is; null where there is no name. */
  names: (string | null)[];
}

/** Commas first: where nothing speaks for another, they are meant. */
const SEPARATORS = [',', ';', '\t', '|'];

/**
 * Finds out what separates the cells (a line such as `sep=;` says so, else the header in which most of
 * the known names stand), and which column is which, whatever its name's case, blanks and underscores.
 */
export function layoutOf(text: string, known: readonly string[]): CsvLayout {
  const said = /^"?sep=(.)"?(?:\r\n|\r|\n)/i.exec(text);
  const start = said?.[0].length ?? 0;
  const columns = new Map(known.map((name) => [bare(name), name]));
  const layouts = (said ? [said[1]!] : SEPARATORS).map((separator) => {
    const names = headerOf(text.slice(start), separator, columns);
    return { separator, start, names, found: names.filter((name) => known.includes(name!)).length };
  });
  const { found: _, ...best } = layouts.reduce((best, other) =>
    other.found > best.found ? other : best,
  );
  return best;
}

/** @returns no names where it is no header at all: reading the file then says what is wrong */
function headerOf(
  text: string,
  separator: string,
  columns: ReadonlyMap<string, string>,
): (string | null)[] {
  if (separator === '"') return [];
  try {
    const cells = csvRecords(text, separator).next().value?.cells ?? [];
    return cells.map((cell, at) => {
      const name = tidy(cell);
      if (name === '' || (at === 0 && name === PANDAS_INDEX)) return null;
      return columns.get(bare(name)) ?? name;
    });
  } catch (error) {
    if (error instanceof CsvFault) return [];
    throw error;
  }
}

/** What pandas calls the column of its row numbers when it has read it once. */
const PANDAS_INDEX = 'Unnamed: 0';

const bare = (name: string): string => name.toLowerCase().replace(/[\s_.-]+/g, '');
