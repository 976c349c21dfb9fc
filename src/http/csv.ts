import { setImmediate } from 'node:timers/promises';
import { isKeepable } from '../db/keepable.ts';
import { UnprocessableError } from '../errors.ts';
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

/**
 * Reads a CSV file by the names of its columns, in any order. Cells are trimmed; empty lines count,
 * as they do in a spreadsheet, and say nothing. A large file is read in turns with whatever else is
 * asked of the process.
 *
 * @param optional columns that may be left out; a cell of one is then undefined
 * @returns the sound rows, and those that can't be read
 * @throws UnprocessableError when it is no CSV, has other columns than those asked for, or too many rows
 */
export async function readCsv<Column extends string>(
  text: string,
  columns: readonly Column[],
  optional: readonly string[] = [],
): Promise<{ rows: CsvRow<Column>[]; rejected: Rejected[] }> {
  const records = csvRecords(text.startsWith('\ufeff') ? text.slice(1) : text);
  const rows: CsvRow<Column>[] = [];
  const rejected: Rejected[] = [];
  try {
    const names = (records.next().value?.cells ?? []).map((name) => name.trim());
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
      const cells = record.cells.map((cell) => cell.trim());
      if (cells.every((cell) => cell === '')) continue;
      const fault = faultOf(cells, names);
      if (fault) rejected.push({ row, ...fault });
      else rows.push({ row, cells: byName(names, cells) });
    }
  } catch (error) {
    throw error instanceof CsvFault ? malformed(error) : error;
  }
  return { rows, rejected };
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
  names: string[],
  columns: readonly string[],
  optional: readonly string[],
): void {
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
      `The first line ${faults.join(', and ')}. It names the columns, in any order: ${columns.join(', ')}${optional.length > 0 ? `; it may also name ${optional.join(', ')}` : ''}.`,
      { columns },
    );
}

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

function faultOf(cells: string[], names: string[]): { code: string; detail: string } | undefined {
  if (cells.length !== names.length)
    return {
      code: 'wrong-cell-count',
      detail: `has ${cells.length} cells where the header has ${names.length}; quote a cell that holds a comma`,
    };
  const at = cells.findIndex((cell) => !isKeepable(cell) || cell.length > LONGEST);
  if (at === -1) return undefined;
  return cells[at]!.length > LONGEST
    ? { code: 'too-long', detail: `${names[at]} has more than ${LONGEST} characters` }
    : { code: 'bad-text', detail: `${names[at]} contains a NUL character` };
}

const LONGEST = 1000;

const byName = <Column extends string>(names: string[], cells: string[]) =>
  Object.fromEntries(names.map((name, at) => [name, cells[at]!])) as Record<Column, string>;
