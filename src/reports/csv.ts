/**
 * One line of a CSV file (RFC 4180). A cell that a spreadsheet would run as a formula gets an
 * apostrophe in front.
 */
export const csvLine = (cells: readonly (string | boolean | null)[]): string =>
  `${cells.map(csvCell).join(',')}\r\n`;

function csvCell(value: string | boolean | null): string {
  const text = String(value ?? '');
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
