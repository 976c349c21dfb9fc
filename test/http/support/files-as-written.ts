/** The four files as they are meant, and the ways in which programs write them. */

export type Kind = 'schools' | 'designations' | 'assignments' | 'contracts';

export const SCHOOL = '00-801-0010-26-0001';
export const OTHER = '00-801-0010-26-2002';
export const LETTERED = '00-801-113A-26-201C';

/** Rows as they are meant, the header first. */
export const MEANT: Record<Kind, string[][]> = {
  schools: [
    [
      ...['rcdts', 'school_name', 'district_name', 'city', 'county'],
      ...['school_type', 'grades_served', 'enrollment'],
    ],
    [SCHOOL, 'Elm "North", High', 'Elm CUSD 1', 'Elm', 'Ash', 'High School', '7 - 12', '210'],
    [OTHER, 'Cañon School', 'Elm CUSD 1', 'Elm', 'Ash', 'Elementary', 'PK - 6', '1210'],
    [LETTERED, 'Oak School', 'Oak CUSD 2', 'Oak', 'Ash', 'Elementary', '9', ''],
  ],
  designations: [
    [
      ...['rcdts', 'designation', 'released_on'],
      ...['newly_designated', 'resource_allocation_review'],
    ],
    [SCHOOL, 'Comprehensive', '2026-10-15', 'true', 'false'],
    [OTHER, 'Comprehensive', '2026-10-15', 'false', ''],
  ],
  assignments: [
    ['organization', 'role', 'name', 'email', 'from', 'to'],
    [SCHOOL, 'coordinator', 'Ann Coach', 'ann@example.org', '2026-10-01', '2027-06-30'],
    [OTHER, 'coordinator', 'Ann Coach', 'ann@example.org', '2026-10-01', ''],
  ],
  contracts: [
    ['vendor', 'vendor_name', 'organization', 'year', 'proposed_on', 'signed_on', 'to'],
    ['V-1', 'Partners', SCHOOL, '2026-27', '2026-11-02', '2026-11-09', '2027-06-30'],
    ['V-1', 'Partners', OTHER, '2026-27', '2026-11-02', '', ''],
  ],
};

interface Style {
  separator?: string;
  /** How each line ends, by its number from 0. */
  end?: (line: number) => string;
  /** Quotes around every cell. */
  quoted?: boolean;
}

/** The text of a file. */
export function written(
  rows: readonly (readonly string[])[],
  { separator = ',', end = () => '\r\n', quoted = false }: Style = {},
): string {
  const cell = (text: string) =>
    quoted || text.includes('"') || text.includes(separator) || /[\r\n]/.test(text)
      ? `"${text.replaceAll('"', '""')}"`
      : text;
  return rows.map((row, at) => row.map(cell).join(separator) + end(at)).join('');
}

/** The rows of a kind with some cells written otherwise; row 0 is the header. */
export function withCell(kind: Kind, row: number, column: string, text: string): string[][] {
  const rows = MEANT[kind].map((cells) => [...cells]);
  const at = rows[0]!.indexOf(column);
  if (at === -1) throw new Error(`${kind} has no column ${column}.`);
  rows[row]![at] = text;
  return rows;
}

/** The rows of a kind with each cell below the header as `how` writes it. */
export const eachCell = (kind: Kind, how: (text: string, column: string) => string): string[][] => {
  const [header, ...rows] = MEANT[kind];
  return [header!, ...rows.map((row) => row.map((cell, at) => how(cell, header![at]!)))];
};
