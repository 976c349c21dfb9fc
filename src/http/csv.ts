import { setImmediate } from 'node:timers/promises';
import { UnprocessableError } from '../errors.ts';
import { textFault, tidy } from './cells.ts';
import { layoutOf } from './csv-header.ts';
import { CsvFault, csvRecords } from './csv-records.ts';

/** A row of an imported file that can't be taken. */
export interface Rejected {
  /** Line of the spreadsheet; the header is 1. */
  row: number;
  /** Stable, for programs. */
  code: string;
  detail: string;
}

export interface CsvRow<Column extends string> {
  row: number;
  cells: Record<Column, string>;
}

/** Rows of one file: every school of the largest state, with a person for each role. */
export const MOST_ROWS = 50_000;

/** What is read without a pause: so many UTF-16 units, where a row counts as a hundred more. */
const PER_TURN = 100_000;
const ROW = 100;

/** What a file may leave out. */
export interface Leeway {
  /** Columns that it need not have; a cell of one is then undefined. */
  optional?: readonly string[];
  /** Columns whose cells may be empty: a row may end before them. */
  open?: readonly string[];
}

/**
 * Reads a CSV file by the names of its columns, in any order, as Excel, LibreOffice, Google Sheets,
 * pandas or R write it: `csv-header.ts` says what of the first line is taken, `cells.ts` what of a cell.
 * Columns without a name hold nothing, save a first one, which may hold the numbers of the rows. Empty
 * lines count, as they do in a spreadsheet, and say nothing. A large file is read in turns with whatever
 * else is asked of the process.
 *
 * @returns the sound rows, and those that can't be read
 * @throws UnprocessableError when it is no CSV, has other columns than those asked for, or too many rows
 */
export async function readCsv<Column extends string>(
  text: string,
  columns: readonly Column[],
  { optional = [], open = [] }: Leeway = {},
): Promise<{ rows: CsvRow<Column>[]; rejected: Rejected[] }> {
  const whole = text.startsWith('\ufeff') ? text.slice(1) : text;
  const { separator, start, names } = layoutOf(whole, [...columns, ...optional]);
  const records = csvRecords(whole.slice(start), separator);
  const mayLack = new Set([...optional, ...open]);
  const rows: CsvRow<Column>[] = [];
  const rejected: Rejected[] = [];
  const wide = new Map<number, number>();
  let narrowest = Infinity;
  try {
    records.next();
    requireColumns(names, columns, optional);

    let row = 1;
    let sinceTurn = 0;
    for (const record of records) {
      row += 1;
      if (row > MOST_ROWS + 1) throw tooManyRows();
      sinceTurn += ROW + record.length;
      if (sinceTurn > PER_TURN) {
        sinceTurn = 0;
        await setImmediate();
      }
      const cells = record.cells.map(tidy);
      if (cells.every((cell) => cell === '')) continue;
      narrowest = Math.min(narrowest, cells.length);
      if (cells.length > names.length) wide.set(row, cells.length);
      const fault = countFault(cells, names, separator, mayLack) ?? cellFault(cells, names);
      if (fault) rejected.push({ row, ...fault });
      else rows.push({ row, cells: byName(names, cells) });
    }
  } catch (error) {
    throw error instanceof CsvFault ? malformed(error) : error;
  }
  return withoutShifted(rows, rejected, (row) => (wide.get(row) ?? 0) > narrowest);
}

/**
 * Empty cells beyond the header say nothing where all rows have them. Where one row alone does, a comma
 * within a cell may have moved all that follows by one column.
 */
function withoutShifted<Row extends { row: number }>(
  rows: Row[],
  rejected: Rejected[],
  isShifted: (row: number) => boolean,
): { rows: Row[]; rejected: Rejected[] } {
  const shifted = rows.filter(({ row }) => isShifted(row));
  if (shifted.length === 0) return { rows, rejected };
  const faults = shifted.map(({ row }) => ({
    row,
    code: 'wrong-cell-count',
    detail:
      'has more cells than the other rows; put a cell that holds a comma in quotes, or remove the empty cells at the end',
  }));
  return { rows: rows.filter(({ row }) => !isShifted(row)), rejected: [...rejected, ...faults] };
}

const malformed = ({ line, message }: CsvFault) =>
  new UnprocessableError(
    'malformed-csv',
    'The file is no well-formed CSV. Mend its quotes where the rejected line says, and send it again.',
    { rejected: [{ row: line, code: 'malformed', detail: message }], rejectedTotal: 1 },
  );

const tooManyRows = () =>
  new UnprocessableError(
    'too-many-rows',
    `The file has more than ${MOST_ROWS} rows, empty ones too. Send it in parts, each with the first line.`,
  );

function requireColumns(
  named: readonly (string | null)[],
  columns: readonly string[],
  optional: readonly string[],
): void {
  const names = named.filter((name) => name !== null);
  const asked = new Set([...columns, ...optional]);
  const met = new Set<string>();
  const repeated: string[] = [];
  for (const name of names)
    if (met.has(name)) repeated.push(name);
    else met.add(name);
  const faults = [
    ...listed(
      'lacks',
      columns.filter((column) => !met.has(column)),
    ),
    ...listed(
      'has unknown',
      names.filter((name) => !asked.has(name)),
    ),
    ...listed('repeats', repeated),
  ];
  if (faults.length > 0)
    throw new UnprocessableError(
      'wrong-columns',
      `The first line ${faults.join(', and ')}.${wholeLineQuoted(names) ? ' Each line stands in quotes as if it were one cell: save the file again with commas between its columns.' : ''} It names the columns, in any order: ${columns.join(', ')}${optional.length > 0 ? `; it may also name ${optional.join(', ')}` : ''}.`,
      { columns },
    );
}

/** As a spreadsheet saves a file with commas that it took for one column. */
const wholeLineQuoted = ([name = '', ...others]: string[]): boolean =>
  others.length === 0 && /[,;\t]/.test(name);

const listed = (verb: string, names: string[]): string[] =>
  names.length > 0
    ? [`${verb} ${names.slice(0, SHOWN).map(quoted).join(', ')}${andMore(names)}`]
    : [];

/** Of a file that is none, the first line may be all of it. */
const SHOWN = 20;
const SHOWN_LETTERS = 60;

const andMore = ({ length }: string[]): string =>
  length > SHOWN ? ` and ${length - SHOWN} more` : '';

const quoted = (name: string): string =>
  JSON.stringify(name.length > SHOWN_LETTERS ? `${name.slice(0, SHOWN_LETTERS)}…` : name);

type Fault = Omit<Rejected, 'row'>;

/** A row with too many cells, or too few. */
function countFault(
  cells: string[],
  names: readonly (string | null)[],
  separator: string,
  mayLack: ReadonlySet<string>,
): Fault | undefined {
  const beyond = cells.findIndex(
    (cell, at) => cell !== '' && !names[at] && !(at === 0 && /^\d+$/.test(cell)),
  );
  if (beyond !== -1)
    return {
      code: 'wrong-cell-count',
      detail: `has ${quoted(cells[beyond]!)} in cell ${beyond + 1}, where the first line names no column; put a cell that holds a ${SEPARATOR_NAMES.get(separator) ?? separator} in quotes`,
    };
  const lacking = names.slice(cells.length).filter((name) => name !== null && !mayLack.has(name));
  if (lacking.length === 0) return undefined;
  return {
    code: 'wrong-cell-count',
    detail: `ends after ${cells.length} cells and lacks ${lacking.join(', ')}; the first line names ${names.length} columns`,
  };
}

const SEPARATOR_NAMES = new Map([
  [',', 'comma'],
  [';', 'semicolon'],
  ['\t', 'tab'],
]);

function cellFault(cells: string[], names: readonly (string | null)[]): Fault | undefined {
  for (const [at, cell] of cells.entries()) {
    if (cell.length > LONGEST)
      return { code: 'too-long', detail: `${names[at]} has more than ${LONGEST} characters` };
    const fault = textFault(cell);
    if (fault) return { code: 'bad-text', detail: `${names[at]} ${fault}` };
  }
  return undefined;
}

const LONGEST = 1000;

const byName = <Column extends string>(names: readonly (string | null)[], cells: string[]) =>
  Object.fromEntries(
    names.flatMap((name, at) => (name === null ? [] : [[name, cells[at] ?? '']])),
  ) as Record<Column, string>;
