import type { ProgramFile } from '../../calendar/shape.ts';
import { adviceOnCode, adviceOnNumber, faultOfGrades } from '../http/cell-faults.ts';
import { code as asCode, hasLineBreak, wholeNumber } from '../http/cells.ts';
import { type CsvRow, type Rejected, readCsv } from '../http/csv.ts';
import { inTurns } from '../turns.ts';

/** A school as a directory file tells of it. */
export interface DirectoryEntry {
  code: string;
  districtCode: string;
  districtName: string;
  name: string;
  city: string;
  county: string;
  schoolType: string;
  grades: string;
  enrollment: number | null;
}

export interface DirectoryFile {
  entries: DirectoryEntry[];
  rejected: Rejected[];
  /** Every code that the file mentions, in rejected rows too. */
  mentioned: string[];
}

type Directory = ProgramFile['directory'];

/**
 * Reads a directory file by the program's own column names and code patterns.
 *
 * @throws UnprocessableError when it is no CSV, or has other columns
 */
export async function readDirectory(directory: Directory, text: string): Promise<DirectoryFile> {
  const columns = Object.values(directory.columns);
  const { rows, rejected } = await readCsv(text, columns, { open: [directory.columns.enrollment] });
  const entries: DirectoryEntry[] = [];
  const firstRows = new Map<string, number>();
  const districts = new Map<string, Named>();
  await inTurns(rows, ROWS_PER_TURN, ({ row, cells: written }) => {
    const cells = asMeant(directory, written);
    const code = cells[directory.columns.code]!;
    const first = firstRows.get(code);
    if (first === undefined) firstRows.set(code, row);
    const fault =
      (first === undefined
        ? faultOf(directory, cells)
        : alreadyIn(first, directory.columns.code)) ??
      otherwiseNamed(districts, row, entryOf(directory, cells));
    if (fault) rejected.push({ row, ...fault });
    else entries.push(entryOf(directory, cells));
  });
  return {
    entries,
    rejected: rejected.sort((a, b) => a.row - b.row),
    mentioned: [...firstRows.keys()],
  };
}

const ROWS_PER_TURN = 1_000;

type Cells = CsvRow<string>['cells'];
type RowFault = Omit<Rejected, 'row'>;

const asMeant = ({ columns }: Directory, cells: Cells): Cells => ({
  ...cells,
  [columns.code]: asCode(cells[columns.code]!),
  [columns.grades]: asCode(cells[columns.grades]!),
  [columns.enrollment]: wholeNumber(cells[columns.enrollment]!),
});

const alreadyIn = (first: number, column: string): RowFault => ({
  code: 'duplicate',
  detail: `names the same ${column} as row ${first}`,
});

interface Named {
  row: number;
  name: string;
}

/** A district has one name: the first row of the file tells it. */
function otherwiseNamed(
  districts: Map<string, Named>,
  row: number,
  { districtCode: code, districtName: name }: DirectoryEntry,
): RowFault | undefined {
  const first = districts.get(code) ?? { row, name };
  districts.set(code, first);
  if (first.name === name) return undefined;
  return {
    code: 'district-name-differs',
    detail: `calls the district ${code} ${JSON.stringify(name)}, and row ${first.row} calls it ${JSON.stringify(first.name)}`,
  };
}

function faultOf({ columns, ...directory }: Directory, cells: Cells): RowFault | undefined {
  const code = cells[columns.code]!;
  const { codeExample } = directory;
  if (!new RegExp(directory.codePattern).test(code))
    return {
      code: 'bad-code',
      detail: `${columns.code} ${JSON.stringify(code)} is no code like ${codeExample}${adviceOnCode(code, codeExample)}`,
    };
  const broken = Object.values(columns).find((column) => hasLineBreak(cells[column]!));
  if (broken)
    return { code: 'bad-text', detail: `${broken} has a line break in it; write it on one line` };
  for (const column of [columns.name, columns.districtName])
    if (cells[column] === '') return { code: 'missing', detail: `${column} is empty` };
  const dateOfGrades = faultOfGrades(cells[columns.grades]!);
  if (dateOfGrades)
    return {
      code: 'date-for-grades',
      detail: `${columns.grades} ${JSON.stringify(cells[columns.grades])} ${dateOfGrades}`,
    };
  const enrollment = cells[columns.enrollment]!;
  if (enrollment !== '' && !/^\d+$/.test(enrollment))
    return {
      code: 'bad-number',
      detail: `${columns.enrollment} ${JSON.stringify(enrollment)} is no whole number${adviceOnNumber(enrollment) || '; leave it empty when unknown'}`,
    };
  if (Number(enrollment) > LARGEST_SCHOOL)
    return {
      code: 'out-of-range',
      detail: `${columns.enrollment} ${enrollment} is more than ${LARGEST_SCHOOL}`,
    };
  return undefined;
}

/** Beyond any real school: such a number stands in the wrong column. */
const LARGEST_SCHOOL = 1_000_000;

function entryOf({ columns, districtPattern }: Directory, cells: Cells): DirectoryEntry {
  const code = cells[columns.code]!;
  const enrollment = cells[columns.enrollment]!;
  return {
    code,
    districtCode: new RegExp(districtPattern).exec(code)![1]!,
    districtName: cells[columns.districtName]!,
    name: cells[columns.name]!,
    city: cells[columns.city]!,
    county: cells[columns.county]!,
    schoolType: cells[columns.schoolType]!,
    grades: cells[columns.grades]!,
    enrollment: enrollment === '' ? null : Number(enrollment),
  };
}
