import type { Slip } from './slip.ts';
import { table } from './table.ts';

/** How a slip travels, for people. */
export function slipReport({ region, days, regions, deadlines, boards }: Slip): string[] {
  const { title = region } = regions.find((one) => one.region === region) ?? {};
  const verdict = (holds: boolean) => (holds ? 'holds' : 'SLIPS');
  return [
    '',
    `If all work on "${title}" is done ${days} days later`,
    table(
      ['region', 'finished', 'with', 'half by', 'with', 'days later', 'last', 'with'],
      regions.map(({ title, without, with: slipped, daysLater }) => [
        ...[title, without.finished, slipped.finished],
        ...[without.median ?? 'never', slipped.median ?? 'never', daysLater ?? ''],
        ...[without.last ?? 'never', slipped.last ?? 'never'],
      ]),
    ),
    '',
    'Which deadlines hold (schools in time)',
    table(
      ['due', 'task', 'without', 'with', ''],
      deadlines
        .toSorted((a, b) => (a.dueOn < b.dueOn ? -1 : a.dueOn > b.dueOn ? 1 : 0))
        .map((one) => [
          ...[one.dueOn, one.title, one.onTimeWithout, one.onTimeWith, verdict(one.holds)],
        ]),
    ),
    '',
    'The last board meeting that works (schools ready for it)',
    table(
      ['region', 'last that works', 'without', 'with', '', 'half ready by the meeting of', 'with'],
      boards.map((one) => [
        ...[one.title, one.lastThatWorks, one.readyWithout, one.readyWith, verdict(one.holds)],
        ...[one.meetingWithout ?? 'never', one.meetingWith ?? 'never'],
      ]),
    ),
  ];
}
