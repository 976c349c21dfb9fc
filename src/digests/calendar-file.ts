import ICAL from 'ical.js';
import type { Deadline } from './deadlines.ts';
import { taskUrl } from './lines.ts';
import type { Messages } from './messages.en.ts';

/** What a calendar is besides its dates. */
export interface CalendarKind {
  /** Published once, in a mail; or subscribed to under a name, and asked for again and again. */
  as: 'publication' | { name: string };
  /** Where the API answers, without a trailing slash. */
  publicUrl: string;
  messages: Messages;
}

/**
 * Deadlines as an iCalendar text (RFC 5545, names of calendars: RFC 7986): a whole day each, which
 * makes nobody busy. A deadline keeps its UID for good; a higher SEQUENCE says that it has changed.
 */
export function calendarFile(deadlines: readonly Deadline[], kind: CalendarKind): string {
  const { as, messages } = kind;
  const lines = [
    'BEGIN:VCALENDAR',
    ...written([
      text('prodid', '-//planning-year//deadlines//EN'),
      text('version', '2.0'),
      ...(as === 'publication'
        ? [text('method', 'PUBLISH')]
        : [
            text('name', messages.feed(as.name)),
            text('x-wr-calname', messages.feed(as.name)),
            duration('refresh-interval', 'PT6H'),
            duration('x-published-ttl', 'PT6H'),
          ]),
    ]),
    ...deadlines.flatMap((deadline) => [
      'BEGIN:VEVENT',
      ...written(eventOf(deadline, kind)),
      ...ALIKE,
      'END:VEVENT',
    ]),
    'END:VCALENDAR',
  ];
  return lines.map((line) => `${line}\r\n`).join('');
}

type Property = [name: string, parameters: object, type: string, value: string | number];

function eventOf(deadline: Deadline, { publicUrl, messages }: CalendarKind): Property[] {
  const { id, title, place, role, dueOn, safeBy, version, changedAt } = deadline;
  const description = [...(safeBy ? [messages.event.safeBy(safeBy)] : []), role];
  return [
    text('uid', id),
    ['sequence', {}, 'integer', version],
    ['dtstamp', {}, 'date-time', instantOf(changedAt)],
    // Without an end it lasts that day (RFC 5545, 3.6.1).
    ['dtstart', {}, 'date', dueOn],
    text('summary', messages.event.summary(title, place)),
    text('description', description.join('\n')),
    ['url', {}, 'uri', taskUrl(publicUrl, id)],
  ];
}

/** Escaped by the library; its folding, which counts bytes, is for the few lines that may need it. */
const written = (properties: readonly Property[]): string[] =>
  properties
    .map((property) => ICAL.stringify.property(property, ICAL.design.icalendar, true))
    .map((line) => (SHORT.test(line) ? line : ICAL.helpers.foldline(line)));

/** At most 75 octets: ASCII, so that letters are octets. */
const SHORT = /^[\0-\x7f]{0,75}$/;

const text = (name: string, value: string): Property => [name, {}, 'text', value];
const duration = (name: string, value: string): Property => [name, {}, 'duration', value];

/** To the second: iCalendar knows no fraction. */
const instantOf = (instant: Date): string => `${instant.toISOString().slice(0, 19)}Z`;

/** What every event says. */
const ALIKE = written([text('status', 'CONFIRMED'), text('transp', 'TRANSPARENT')]);
