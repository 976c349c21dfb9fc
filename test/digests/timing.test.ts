import { describe, expect, test } from '@jest/globals';
import { type MailTerms, mailHour, mailMorning, mayLand } from '../../src/digests/timing.ts';

const HOLIDAY = '2027-01-18';
const terms = (change: Partial<MailTerms> = {}): MailTerms => ({
  zone: 'America/Chicago',
  digestAt: '07:00',
  quietHours: { from: '20:00', until: '06:00' },
  isMailDay: (date) => date !== HOLIDAY && ![0, 6].includes(new Date(date).getUTCDay()),
  ...change,
});
const at = (local: string, change?: Partial<MailTerms>) =>
  mailMorning(terms(change), new Date(`${local}-06:00`));

describe('a digest goes out', () => {
  test.each([
    ['not before its hour', '2027-01-19T06:59', null],
    ['from its hour on', '2027-01-19T07:00', '2027-01-19'],
    ['later in the day, when nothing ran in the morning', '2027-01-19T19:59', '2027-01-19'],
    ['not in the quiet hours of the evening', '2027-01-19T20:00', null],
    ['not on a Saturday', '2027-01-16T09:00', null],
    ['not on a Sunday', '2027-01-17T09:00', null],
    ['not on a holiday', '2027-01-18T09:00', null],
  ])('%s', (_, local, morning) => {
    expect(at(local)).toBe(morning);
  });

  test.each([
    ['an hour before they end', '05:00', '2027-01-19T05:59', '2027-01-19T06:00'],
    ['an hour in the evening', '21:00', '2027-01-19T05:59', '2027-01-19T06:00'],
  ])('when the quiet hours end, for %s', (_, digestAt, early, late) => {
    expect(at(early, { digestAt })).toBeNull();
    expect(at(late, { digestAt })).toBe('2027-01-19');
  });

  test('at one’s own hour in one’s own zone, on the date that it is there', () => {
    const honolulu = { zone: 'Pacific/Honolulu', digestAt: '18:30' };
    expect(at('2027-01-19T22:29', honolulu)).toBeNull();
    expect(at('2027-01-19T22:30', honolulu)).toBe('2027-01-19');
    expect(
      at('2027-01-20T00:15', { zone: 'America/New_York', digestAt: '00:30', quietHours: null }),
    ).toBe('2027-01-20');
  });
});

describe('when the clocks change', () => {
  const free = { quietHours: null, isMailDay: () => true };
  const mornings = (digestAt: string, first: string, hours: number) => {
    const begin = Date.parse(first);
    return Array.from({ length: hours * 60 }, (_, minute) => {
      const now = new Date(begin + minute * 60_000);
      return { now: now.toISOString(), on: mailMorning(terms({ digestAt, ...free }), now) };
    });
  };

  test('a time that is skipped has come when the clocks show a later one', () => {
    const first = mornings('02:30', '2027-03-14T06:00:00Z', 12).find(
      ({ on }) => on === '2027-03-14',
    );
    // 08:00 UTC is 02:00 in winter time: the clocks go on to 03:00.
    expect(first?.now).toBe('2027-03-14T08:00:00.000Z');
  });

  test('a time that comes twice has come the first time', () => {
    const first = mornings('01:30', '2026-11-01T05:00:00Z', 12).find(
      ({ on }) => on === '2026-11-01',
    );
    expect(first?.now).toBe('2026-11-01T06:30:00.000Z');
  });
});

test('quiet hours may lie within a day, over midnight, or nowhere', () => {
  const quiet = (time: string, quietHours: MailTerms['quietHours']) =>
    mailHour(terms({ quietHours }), new Date(`2027-01-19T${time}:00-06:00`)) === null;
  const siesta = { from: '12:00', until: '14:00' };
  expect(['11:59', '12:00', '13:59', '14:00'].map((time) => quiet(time, siesta))).toEqual([
    false,
    true,
    true,
    false,
  ]);
  const night = { from: '20:00', until: '06:00' };
  expect(['19:59', '20:00', '00:00', '05:59', '06:00'].map((time) => quiet(time, night))).toEqual([
    false,
    true,
    true,
    true,
    false,
  ]);
  expect(quiet('03:00', null)).toBe(false);
});

describe('a mail that was made may arrive', () => {
  const lands = (kind: 'digest' | 'atOnce', localDate: string, local: string) =>
    mayLand(terms(), { kind, localDate }, new Date(`${local}-06:00`));

  test.each([
    ['a digest until the evening of its date', 'digest', '2027-01-19T19:59', true],
    ['no digest in the quiet hours of its date', 'digest', '2027-01-19T20:00', false],
    ['no digest of yesterday before the hour of today’s', 'digest', '2027-01-20T06:59', false],
    ['a digest of yesterday from the hour of today’s', 'digest', '2027-01-20T07:00', true],
    ['no digest of Tuesday on a Saturday', 'digest', '2027-01-23T09:00', false],
    ['what is told at once at any hour that is not quiet', 'atOnce', '2027-01-20T06:00', true],
    ['nothing that is told at once in the night', 'atOnce', '2027-01-20T05:59', false],
    ['nothing that is told at once on a Saturday', 'atOnce', '2027-01-23T09:00', false],
  ] as const)('%s', (_, kind, local, may) => {
    expect(lands(kind, '2027-01-19', local)).toBe(may);
  });

  test.each(['digest', 'atOnce'] as const)('on no holiday: %s', (kind) => {
    expect(lands(kind, '2027-01-15', `${HOLIDAY}T09:00`)).toBe(false);
  });
});
