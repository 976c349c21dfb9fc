import { DateTime } from 'luxon';

/** When mail may reach somebody. Times are `HH:MM` as the clocks of `zone` show them. */
export interface MailTerms {
  zone: string;
  /** The hour from which the digest of the day goes out. */
  digestAt: string;
  quietHours: QuietHours | null;
  /** Whether a date, `YYYY-MM-DD`, is neither weekend nor holiday. */
  isMailDay(date: string): boolean;
}

/** From one time of the day until another, over midnight where `until` is the earlier one. */
export interface QuietHours {
  from: string;
  until: string;
}

/**
 * The local date whose digest may go out at `now`; null when none may: too early in the day, in the
 * quiet hours, on a weekend or a holiday.
 *
 * It compares what the clocks show, so a change of clocks needs no rule of its own: a time that is
 * skipped has come as soon as the clocks show a later one, and a time that comes twice has come the
 * first time. That a date has one digest at most is for the ledger to see to.
 */
export function mailMorning(terms: MailTerms, now: Date): string | null {
  const { date, time } = localTime(terms.zone, now);
  const mayGo = time >= opensAt(terms) && !isWithin(terms.quietHours, time);
  return mayGo && terms.isMailDay(date) ? date : null;
}

/**
 * The local date on which what can't wait for a digest may go out at `now`; null when it may not: in
 * the quiet hours, on a weekend or a holiday.
 */
export function mailHour(terms: MailTerms, now: Date): string | null {
  const { date, time } = localTime(terms.zone, now);
  return !isWithin(terms.quietHours, time) && terms.isMailDay(date) ? date : null;
}

/** A mail that was made and has not arrived. */
export interface MadeMail {
  kind: 'digest' | 'atOnce';
  /** The date that it is of, where its reader lives. */
  localDate: string;
}

/**
 * Whether a mail may be tried at `now`. One that was not taken on its own date waits for a later
 * morning, a digest for the hour of that day's own: it gives way to it, or stands for it.
 */
export function mayLand(terms: MailTerms, { kind, localDate }: MadeMail, now: Date): boolean {
  const today = mailHour(terms, now);
  if (kind === 'atOnce' || today === localDate) return today !== null;
  return mailMorning(terms, now) !== null;
}

/** What the clocks of `zone` show. */
export function localTime(zone: string, now: Date): { date: string; time: string } {
  const local = DateTime.fromJSDate(now, { zone });
  return { date: local.toISODate()!, time: local.toFormat('HH:mm') };
}

/** A digest whose hour lies in the quiet hours goes when they end. */
const opensAt = ({ digestAt, quietHours }: MailTerms): string =>
  quietHours && isWithin(quietHours, digestAt) ? quietHours.until : digestAt;

function isWithin(hours: QuietHours | null, time: string): boolean {
  if (hours === null) return false;
  const { from, until } = hours;
  return from <= until ? from <= time && time < until : from <= time || time < until;
}
