import { DateTime } from 'luxon';
import type { TaskKind } from '../../calendar/shape.ts';
import type { TaskStatus } from '../db/tables.ts';
import { grammarOf } from '../digests/grammar.ts';
import { english } from '../digests/messages.en.ts';

export const { longDate, monthName, list } = grammarOf('en-US');

/** What a status means to somebody who does not know the word for it. */
export const STATUS: Record<TaskStatus, { word: string; meaning: string }> = {
  open: { word: 'Open', meaning: 'It can be done now.' },
  blocked: { word: 'Waiting', meaning: 'It can’t be done yet: something else comes first.' },
  done: { word: 'Done', meaning: '' },
  waived: { word: 'Excused', meaning: 'This school need not do it.' },
  lapsed: { word: 'Not done', meaning: 'The planning year ended before it was done.' },
  preStart: {
    word: 'From before',
    meaning: 'It was due before this planning year was taken up here. Nobody is reminded of it.',
  },
  notApplicable: { word: 'Not needed', meaning: 'It does not apply to this school.' },
};

/** `Due Sunday, January 31, 2027, in 64 days; aim for Friday, January 29, 2027` */
export function whenDue(
  { dueOn, safeBy, kind }: { dueOn: string | null; safeBy: string | null; kind: TaskKind },
  today: string,
): string {
  const daysLeft = dueOn === null ? null : daysBetween(today, dueOn);
  return capital(english.when(dueOn, daysLeft, safeBy, kind));
}

const daysBetween = (from: string, to: string): number =>
  DateTime.fromISO(to, { zone: 'utc' }).diff(DateTime.fromISO(from, { zone: 'utc' }), 'days').days;

/** `Nov 10, 2026, 9:00 AM`, as the clocks of the program's zone show it. */
export const moment = (instant: string, zone: string): string =>
  DateTime.fromISO(instant, { zone }).setLocale('en-US').toLocaleString(DateTime.DATETIME_MED);

/** `Nov 10, 2026` */
export const shortDate = (date: string): string =>
  DateTime.fromISO(date, { zone: 'utc', locale: 'en-US' }).toLocaleString(DateTime.DATE_MED);

/** `November 2026` */
export const monthAndYear = (month: string): string => `${monthName(month)} ${month.slice(0, 4)}`;

export const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
