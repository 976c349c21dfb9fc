import { adviceOnDay, isRoundedCode, ROUNDED_CODE } from '../http/cell-faults.ts';
import { code, day } from '../http/cells.ts';
import { type CsvRow, type Rejected, readCsv } from '../http/csv.ts';
import { isoDate } from '../http/schemas.ts';
import { inTurns } from '../turns.ts';
import { isInOrder, newVendor } from './schemas.ts';

/** A contract as a file tells of it. */
export interface ContractLine {
  /** Line of the spreadsheet; the header is 1. */
  row: number;
  vendor: string;
  /** The vendor's name, where the file tells it. */
  name: string | null;
  /** Code of a school, or of a district: of all its schools. */
  code: string;
  /** Such as `2026-27`. */
  year: string;
  proposedOn: string;
  /** null: what is known stays, as with the last day. */
  signedOn: string | null;
  to: string | null;
}

/**
 * Reads a file of contracts, each row by itself.
 *
 * @throws UnprocessableError when it is no CSV, or has other columns
 */
export async function readContracts(
  text: string,
): Promise<{ lines: ContractLine[]; rejected: Rejected[] }> {
  const { rows, rejected } = await readCsv(text, COLUMNS, {
    optional: ['vendor_name'],
    open: ['signed_on', 'to'],
  });
  const lines: ContractLine[] = [];
  await inTurns(rows, ROWS_PER_TURN, ({ row, cells: written }) => {
    const cells = asMeant(written);
    const fault = faultOf(cells);
    if (fault) rejected.push({ row, ...fault });
    else lines.push(lineOf(row, cells));
  });
  return { lines, rejected };
}

const ROWS_PER_TURN = 500;

const asMeant = (cells: Cells): Cells => ({
  ...cells,
  vendor: code(cells.vendor),
  organization: code(cells.organization),
  year: code(cells.year),
  proposed_on: day(cells.proposed_on),
  signed_on: day(cells.signed_on),
  to: day(cells.to),
});

const COLUMNS = ['vendor', 'organization', 'year', 'proposed_on', 'signed_on', 'to'] as const;
type Cells = CsvRow<(typeof COLUMNS)[number]>['cells'] & { vendor_name?: string };

function faultOf(cells: Cells): Omit<Rejected, 'row'> | undefined {
  const { vendor, vendor_name: name, proposed_on: proposedOn, signed_on: signedOn, to } = cells;
  for (const column of ['vendor', 'organization'] as const)
    if (isRoundedCode(cells[column]))
      return { code: 'bad-code', detail: `${column} ${cells[column]} ${ROUNDED_CODE}` };
  if (!newVendor.shape.code.safeParse(vendor).success)
    return { code: 'bad-vendor', detail: 'vendor must be a code of 1 to 100 characters' };
  if (name && !newVendor.shape.name.safeParse(name).success)
    return { code: 'bad-name', detail: 'vendor_name must be one line of at most 200 characters' };
  for (const [column, date] of [
    ['proposed_on', proposedOn],
    ['signed_on', signedOn || proposedOn],
    ['to', to || proposedOn],
  ] as const)
    if (!isoDate.safeParse(date).success)
      return {
        code: 'bad-date',
        detail: `${column} ${JSON.stringify(date)} is no date like 2027-01-31${adviceOnDay(date)}`,
      };
  if (!isInOrder({ proposedOn, signedOn: signedOn || null, to: to || null })) return OUT_OF_ORDER;
  return undefined;
}

export const OUT_OF_ORDER = {
  code: 'out-of-order',
  detail: 'a contract is proposed, then signed, then ended; correct the dates',
};

const lineOf = (row: number, cells: Cells): ContractLine => ({
  row,
  vendor: cells.vendor,
  name: cells.vendor_name || null,
  code: cells.organization,
  year: cells.year,
  proposedOn: cells.proposed_on,
  signedOn: cells.signed_on || null,
  to: cells.to || null,
});
