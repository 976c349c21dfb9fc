import { type CsvError, parse } from 'csv-parse/sync';
import { isKeepable } from '../db/keepable.ts';
import { UnprocessableError } from '../errors.ts';

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

/**
 * Reads a CSV file by the names of its columns, in any order. Cells are trimmed; empty lines count,
 * as they do in a spreadsheet, and say nothing.
 *
 * @param optional columns that may be left out; a cell of one is then undefined
 * @returns the sound rows, and those that can't be read
 * @throws UnprocessableError when it is no CSV, or its columns are not those asked for
 */
export function readCsv<Column extends string>(
  text: string,
  columns: readonly Column[],
  optional: readonly string[] = [],
): { rows: CsvRow<Column>[]; rejected: Rejected[] } {
  const [header = [], ...lines] = records(text);
  const names = header.map((name) => name.trim());
  requireColumns(names, columns, optional);

  const rows: CsvRow<Column>[] = [];
  const rejected: Rejected[] = [];
  for (const [at, line] of lines.entries()) {
    const row = at + 2;
    const cells = line.map((cell) => cell.trim());
    if (cells.every((cell) => cell === '')) continue;
    const fault = faultOf(cells, names);
    if (fault) rejected.push({ row, ...fault });
    else rows.push({ row, cells: byName(names, cells) });
  }
  return { rows, rejected };
}

function records(text: string): string[][] {
  try {
    return parse(text, { bom: true, relax_column_count: true });
  } catch (error) {
    const { message, lines } = error as CsvError;
    throw new UnprocessableError(
      'malformed-csv',
      'The file is no well-formed CSV. Mend its quotes where the rejected line says, and send it again.',
      { rejected: [{ row: lines ?? 1, code: 'malformed', detail: message }] },
    );
  }
}

function requireColumns(
  names: string[],
  columns: readonly string[],
  optional: readonly string[],
): void {
  const faults = [
    ...listed(
      'lacks',
      columns.filter((column) => !names.includes(column)),
    ),
    ...listed(
      'has unknown',
      names.filter((name) => !columns.includes(name) && !optional.includes(name)),
    ),
    ...listed(
      'repeats',
      names.filter((name, at) => names.indexOf(name) < at),
    ),
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
