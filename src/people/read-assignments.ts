import type { ProgramFile } from '../../calendar/shape.ts';
import { adviceOnDay, isRoundedCode, ROUNDED_CODE } from '../http/cell-faults.ts';
import { code, day } from '../http/cells.ts';
import { type CsvRow, type Rejected, readCsv } from '../http/csv.ts';
import { isoDate } from '../http/schemas.ts';
import { inTurns } from '../turns.ts';
import { newPerson } from './schemas.ts';

/** Who holds which role as a file tells of it. */
export interface AssignmentLine {
  /** Line of the spreadsheet; the header is 1. */
  row: number;
  /** Code of a school, a district or the agency. */
  code: string;
  role: string;
  name: string;
  email: string;
  from: string;
  /** The last day; null: open. */
  to: string | null;
}

/**
 * Reads a file of assignments, each row by itself.
 *
 * @throws UnprocessableError when it is no CSV, or has other columns
 */
export async function readAssignments(
  program: ProgramFile,
  text: string,
): Promise<{ lines: AssignmentLine[]; rejected: Rejected[] }> {
  const { rows, rejected } = await readCsv(text, COLUMNS, { open: ['to'] });
  const lines: AssignmentLine[] = [];
  const firstRows = new Map<string, number>();
  await inTurns(rows, ROWS_PER_TURN, ({ row, cells: written }) => {
    const cells = asMeant(written);
    const { organization, role, email, from } = cells;
    const key = JSON.stringify([organization, role, email.toLowerCase(), from]);
    const first = firstRows.get(key);
    const fault = faultOf(program, cells);
    if (first === undefined) firstRows.set(key, row);
    if (fault) rejected.push({ row, ...fault });
    else if (first !== undefined)
      rejected.push({
        row,
        code: 'duplicate',
        detail: `gives the same role to the same person from the same day as row ${first}`,
      });
    else lines.push(lineOf(row, cells));
  });
  return { lines, rejected };
}

const ROWS_PER_TURN = 500;

const asMeant = (cells: Cells): Cells => ({
  ...cells,
  organization: code(cells.organization),
  role: code(cells.role),
  from: day(cells.from),
  to: day(cells.to),
});

const COLUMNS = ['organization', 'role', 'name', 'email', 'from', 'to'] as const;
type Cells = CsvRow<(typeof COLUMNS)[number]>['cells'];

function faultOf({ roles }: ProgramFile, cells: Cells): Omit<Rejected, 'row'> | undefined {
  const { organization, role, name, email, from, to } = cells;
  if (isRoundedCode(organization))
    return { code: 'bad-code', detail: `organization ${organization} ${ROUNDED_CODE}` };
  if (!roles.some(({ id }) => id === role))
    return {
      code: 'unknown-role',
      detail: `role ${JSON.stringify(role)} is none of ${roles.map(({ id }) => id).join(', ')}`,
    };
  if (!newPerson.shape.name.safeParse(name).success)
    return { code: 'bad-name', detail: 'name must be one line of 1 to 200 characters' };
  if (!newPerson.shape.email.safeParse(email).success)
    return {
      code: 'bad-email',
      detail: `email ${JSON.stringify(email)} is not one e-mail address`,
    };
  for (const [column, date] of [
    ['from', from],
    ['to', to || from],
  ] as const)
    if (!isoDate.safeParse(date).success)
      return {
        code: 'bad-date',
        detail: `${column} ${JSON.stringify(date)} is no date like 2027-01-31${adviceOnDay(date)}`,
      };
  if (to !== '' && to < from)
    return { code: 'to-before-from', detail: `to ${to} lies before from ${from}` };
  return undefined;
}

const lineOf = (row: number, { organization, to, ...cells }: Cells): AssignmentLine => ({
  row,
  code: organization,
  ...cells,
  to: to === '' ? null : to,
});
