/**
 * One line of a CSV file (RFC 4180). A cell that a spreadsheet would run as a formula gets an
 * apostrophe in front: also where the sign stands behind blanks or quotes, which some leave out, or is
 * of the full width that others take for the same.
 */
export const csvLine = (cells: readonly (string | boolean | null)[]): string =>
  `${cells.map(csvCell).join(',')}\r\n`;

function csvCell(value: string | boolean | null): string {
  const text = String(value ?? '');
  const safe = FORMULA.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

const FORMULA = /^[\s\p{Cc}\p{Cf}"'`]*?[\t\r\n=+\-@\uff1d\uff0b\uff0d\uff20\u2212]/u;
