import { isoDate } from './schemas.ts';

/**
 * What a spreadsheet is likely to have made of a cell, and how to mend it: the end of a sentence, such
 * as `; write it as 2026-10-15`. Empty when nothing is known.
 */

/** Of a cell that should be a day. */
export function adviceOnDay(text: string): string {
  const meant = dayMeant(text);
  if (!meant) return '';
  if (SERIAL.test(text))
    return `, but the number by which Excel keeps a date; write it as ${meant}, if that day is meant`;
  return AMBIGUOUS.test(text)
    ? `; write it as ${meant}, if the month comes first`
    : `; write it as ${meant}`;
}

/** Of a cell that should be a whole number. */
export function adviceOnNumber(text: string): string {
  if (/^\d{1,3}(?:[, '’.]\d{3})+(?:\.0{1,2})?$/.test(text))
    return `, since it has separators of thousands; write it as ${text.replace(/\.0{1,2}$/, '').replace(/\D/g, '')}`;
  if (SCIENTIFIC.test(text))
    return ', since it was rounded; format the column as a number without decimals, and save the file again';
  const decimals = /^(\d+),0+$/.exec(text);
  return decimals ? `; write it as ${decimals[1]}` : '';
}

/** Of a cell that should be a code such as `example`. */
export function adviceOnCode(text: string, example: string): string {
  if (SCIENTIFIC.test(text)) return `: it ${ROUNDED_CODE}`;
  const places = example.replace(/[^0-9A-Za-z]/g, '').length;
  const digits = /^(\d+)(?:\.0+)?$/.exec(text)?.[1];
  if (digits && digits.length >= places - 2 && digits.length <= places) {
    const lost = digits.length < places;
    const meant = likeExample(digits.padStart(places, '0'), example);
    return lost
      ? `: Excel has made a number of it, and its first zero is lost. Format the column as text, and write it as ${meant}`
      : `: its hyphens are missing. Write it as ${meant}`;
  }
  return text.length === example.length
    ? ''
    : `, which has ${example.length} characters and not ${text.length}`;
}

export const ROUNDED_CODE =
  'is a number that Excel has made of a code, and its last digits are lost; format the column as text, and paste the codes again';

/** Whether Excel has made a number of a long code, so that it can't be known any more which it was. */
export const isRoundedCode = (text: string): boolean => SCIENTIFIC.test(text);

/** What Excel has made of a range of grades such as 7-12, or null when they are none of its dates. */
export function faultOfGrades(text: string): string | null {
  if (!DATE_OF_GRADES.test(text) && !SERIAL.test(text)) return null;
  const named = DAY_AND_MONTH.exec(text) ?? MONTH_AND_DAY.exec(text);
  const { a = '', b = '' } = named?.groups ?? {};
  const numbers = named ? [Number(a), monthOf(b)] : gradesOfDay(dayMeant(text));
  if (!numbers[1]) return null;
  const [from = 0, to = 0] = numbers.toSorted((one, other) => one - other);
  const meant = from >= 1 && to <= 12 ? `${from} - ${to}` : null;
  return meant
    ? `is a date that Excel has made of ${meant}; format the column as text, and write ${meant} again`
    : 'is a date; format the column as text, and write the grades again';
}

const DAY_AND_MONTH = /^(?<a>\d{1,2})[-. /]{1,2}(?<b>[A-Za-z]{3,9})\.?(?:[-. /]{1,2}\d{2,4})?$/;
const MONTH_AND_DAY = /^(?<b>[A-Za-z]{3,9})\.?[-. /]{1,2}(?<a>\d{1,2})(?:,?[-. /]{1,2}\d{2,4})?$/;
const DATE_OF_GRADES =
  /^(?:\d{4}-\d{1,2}-\d{1,2}.*|\d{1,2}[/.]\d{1,2}[/.]\d{2,4}|\d{1,2}[-. /]{1,2}[A-Za-z]{3,9}.*|[A-Za-z]{3,9}\.?[-. /]{1,2}\d{1,2}.*)$/;
/** Days from 2000 to 2099. */
const SERIAL = /^(?:3[6-9]|[4-6]\d|7[0-2])\d{3}(?:\.\d+)?$/;
const SCIENTIFIC = /^\d(?:[.,]\d+)?[Ee]\+?\d+$/;
const AMBIGUOUS = /^(?:0?[1-9]|1[0-2])[/-](?:0?[1-9]|1[0-2])[/-]\d/;

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const monthOf = (name: string): number => MONTHS.indexOf(name.slice(0, 3).toLowerCase()) + 1;

/** `7-12` becomes a day of this year or, in other languages, the first of July 2012. */
function gradesOfDay(day: string | null): number[] {
  const [year = 0, month = 0, date = 0] = (day ?? '').split('-').map(Number);
  return date === 1 && year > 2000 && year <= 2012 ? [year - 2000, month] : [date, month];
}

/** The day that is likely meant, where it is one. */
function dayMeant(text: string): string | null {
  const [year, month, date] = partsOfDay(text).map(Number);
  if (!year || !month || !date) return null;
  const meant = [year < 100 ? 2000 + year : year, month, date]
    .map((part) => String(part).padStart(2, '0'))
    .join('-');
  return isoDate.safeParse(meant).success ? meant : null;
}

/** Year, month and day, as they are likely meant; none where the text is no day. */
function partsOfDay(text: string): (string | number | undefined)[] {
  const yearFirst = /^(\d{4})([-/. ]?)(\d{1,2})\2(\d{1,2})(?:\D|$)/.exec(text);
  if (yearFirst) return [yearFirst[1], yearFirst[3], yearFirst[4]];
  if (SERIAL.test(text)) {
    const date = new Date((Math.floor(Number(text)) - DAYS_TO_1970) * MS_PER_DAY);
    return [date.getUTCFullYear(), date.getUTCMonth() + 1, date.getUTCDate()];
  }
  const [, one, dot, other, year] =
    /^(\d{1,2})([-/.])(\d{1,2})\2(\d{4}|\d{2})(?:\D|$)/.exec(text) ?? [];
  if (year) return dot === '.' || Number(one) > 12 ? [year, other, one] : [year, one, other];
  const named =
    /^(?<day>\d{1,2})[-. /]{1,2}(?<month>[A-Za-z]{3,9})\.?,?[-. /]{1,2}(?<year>\d{4}|\d{2})$/.exec(
      text,
    ) ??
    /^(?<month>[A-Za-z]{3,9})\.?[-. /]{1,2}(?<day>\d{1,2}),?[-. /]{1,2}(?<year>\d{4}|\d{2})$/.exec(
      text,
    );
  return named?.groups ? [named.groups.year, monthOf(named.groups.month!), named.groups.day] : [];
}

/** From the day before Excel's first, in its own count, to the first of 1970. */
const DAYS_TO_1970 = 25_569;
const MS_PER_DAY = 86_400_000;

/** Digits with the hyphens of the example. */
function likeExample(digits: string, example: string): string {
  let at = 0;
  return example.replace(/[0-9A-Za-z]/g, () => digits[at++]!);
}
