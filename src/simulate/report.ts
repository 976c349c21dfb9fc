import type { ByRoleAndMonth } from './figures.ts';
import type { Simulation } from './simulate.ts';
import { slipReport } from './slip-report.ts';
import { table } from './table.ts';

/** What a simulation tells, for people. */
export function report(simulation: Simulation): string {
  const {
    simulation: head,
    schools,
    late,
    heldBack,
    reminders,
    regions,
    boards,
    timing,
  } = simulation;
  const { prompt, late: lateOnes, absent, leaving } = head.people;
  return [
    `Planning year ${head.year} of ${head.schools} invented schools (${head.program}), seed ${head.seed}: ${head.from} to ${head.to}.`,
    `People: ${prompt} prompt, ${lateOnes} late, ${absent} absent for weeks, ${leaving} who change jobs.`,
    `Schools: ${schools.done} done, ${schools.active} not done, ${schools.withdrawn} withdrawn.`,
    section('Events by role and month', byMonth(simulation.events)),
    section('Tasks done by role and month', byMonth(simulation.tasks)),
    section('Mails by role and month', byMonth(simulation.mails)),
    section(
      'What was late',
      table(
        ['role', 'done late', 'lapsed at the end'],
        Object.entries(late).map(([role, { doneLate, lapsed }]) => [role, doneLate, lapsed]),
      ),
    ),
    section(
      'Reminders that were held back: nobody held the role, or no mail goes out on that day',
      table(
        [
          'role',
          'nobody: told later',
          'no longer due',
          'held still',
          'weekend, holiday: told later',
        ],
        Object.entries(heldBack).map(([role, { sentLater, dropped, stillHeld, restDay }]) => [
          ...[role, sentLater, dropped, stillHeld, restDay],
        ]),
      ),
    ),
    section(
      'The ledger of reminders',
      table(
        ['status', 'reason', 'reminders'],
        reminders.map(({ status, reason, count }) => [status, reason ?? '', count]),
      ),
    ),
    section(
      'When the regions were finished',
      table(
        ['region', 'finished', 'does not apply', 'unfinished', 'first', 'half by', 'last'],
        regions.map((one) => [
          ...[one.title, one.finished, one.doesNotApply, one.unfinished],
          ...[one.first ?? '', one.median ?? '', one.last ?? ''],
        ]),
      ),
    ),
    section(
      'Before the local boards',
      table(
        ['region', 'last meeting', 'ready in time', 'too late', 'never ready'],
        boards.map((one) => [
          ...[one.title, one.lastMeeting, one.readyInTime, one.readyTooLate, one.neverReady],
        ]),
      ),
    ),
    ...(simulation.slip ? slipReport(simulation.slip) : []),
    '',
    `Trace ${simulation.trace}`,
    `${timing.seconds} s (${timing.schoolsPerSecond} schools a second), at most ${timing.peakMemoryMb} MB in this process: ${Object.entries(
      timing.phases,
    )
      .map(([phase, seconds]) => `${phase} ${seconds}`)
      .join(', ')}.`,
    '',
  ].join('\n');
}

const section = (title: string, body: string): string => `\n${title}\n${body}`;

function byMonth(counts: ByRoleAndMonth): string {
  const months = [
    ...new Set(Object.values(counts).flatMap((ofRole) => Object.keys(ofRole))),
  ].sort();
  return table(
    ['role', ...months, 'in all'],
    Object.entries(counts).map(([role, ofRole]) => [
      role,
      ...months.map((month) => ofRole[month] ?? 0),
      Object.values(ofRole).reduce((sum, count) => sum + count, 0),
    ]),
  );
}
