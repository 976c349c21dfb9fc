import { turnsText } from './strings.ts';

/**
 * What a cell of a file says, whatever program wrote it: Excel, LibreOffice, Google Sheets, pandas or
 * R. What is certain is taken as it is meant; the rest is told by `cell-faults.ts`.
 */

/** How pandas, R and databases write that there is nothing. `#N/A` is none: there a formula failed. */
const NOTHING = new Set(['NA', 'N/A', 'n/a', 'NaN', 'nan', 'NULL', 'null', 'None', 'NaT', '<NA>']);

const PLAIN = /^[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$/;
/** Blanks that look like others, and what can't be seen at all and changes nothing. */
const BLANKS = /[\u00a0\u2000-\u200a\u202f\u205f\u3000]/g;
const INVISIBLE = /[\u00ad\u061c\u200b\u200e\u200f\u2060\ufeff]/g;
/** Hyphens, dashes and the minus sign, as word processors put them. */
const DASHES = /[\u2010-\u2015\u2212\ufe58\ufe63\uff0d]/g;

/** A cell without blanks around it and without what can't be seen; empty where it says "nothing". */
export function tidy(cell: string): string {
  const seen = PLAIN.test(cell) ? cell : cell.replace(BLANKS, ' ').replace(INVISIBLE, '').trim();
  const text = /^=".*"$/s.test(seen) ? seen.slice(2, -1).replaceAll('""', '"').trim() : seen;
  return NOTHING.has(text) ? '' : text;
}

/** What is wrong with the text of any cell that is kept, or null. */
export function textFault(text: string): string | null {
  if (text.includes('\0')) return 'contains a NUL character; remove it';
  if (!text.isWellFormed() || text.includes('\ufffd'))
    return 'contains a letter that was lost when the file was saved; write it again, and save the file as "CSV UTF-8"';
  if (turnsText(text))
    return 'contains an invisible character that turns the text around; type the cell again';
  if (SPREADSHEET_ERROR.test(text))
    return `is ${text}, which a spreadsheet shows in place of a value; write the value, or empty the cell where there is none`;
  if (text.startsWith('='))
    return `is the formula ${JSON.stringify(text.slice(0, 60))}; write its value`;
  return null;
}

const SPREADSHEET_ERROR =
  /^(?:#(?:N\/A|REF!|NAME\?|VALUE!|DIV\/0!|NUM!|NULL!|SPILL!|CALC!|ERROR!)|#{2,})$/;

/** Text on one line. */
export const hasLineBreak = (text: string): boolean => /[\r\n\v\f\u0085\u2028\u2029]/.test(text);

/** A code, or school grades: with plain hyphens, and without a spreadsheet's mark for text. */
export const code = (text: string): string =>
  text
    .replace(DASHES, '-')
    .replace(/[\u200c\u200d]/g, '')
    .replace(/^'(?=[0-9A-Za-z])/, '');

/**
 * A whole number without the `.0` that pandas writes where a column has empty cells. Three zeros stay:
 * half of the world separates thousands so.
 */
export const wholeNumber = (text: string): string => text.replace(/^(\d+)\.0{1,2}$/, '$1');

/** A day without the midnight that pandas, R and JavaScript write behind it. */
export const day = (text: string): string =>
  code(text).replace(/^(\d{4}-\d{2}-\d{2})[T ]00:00(?::00(?:\.0+)?)?Z?$/, '$1');

/** Whether something is so. Empty: not known (null). Undefined: none of the words for it. */
export function truth(text: string): boolean | null | undefined {
  if (text === '') return null;
  const word = wholeNumber(text).toLowerCase();
  if (YES.has(word)) return true;
  return NO.has(word) ? false : undefined;
}

const YES = new Set(['true', 't', 'yes', 'y', '1']);
const NO = new Set(['false', 'f', 'no', 'n', '0']);
