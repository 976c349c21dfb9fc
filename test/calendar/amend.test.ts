import { describe, expect, test } from '@jest/globals';
import { amended } from '../../calendar/amend.ts';
import type { CalendarTask } from '../../calendar/shape.ts';
import { type Calendar, versionOf } from '../../calendar/version.ts';
import { pack } from './illinois.ts';

const today: Calendar = { program: pack.program, months: pack.months };

const tasksOf = ({ months }: Calendar): CalendarTask[] =>
  months.flatMap(({ activities }) => activities.flatMap(({ tasks }) => tasks));
const taskOf = (calendar: Calendar, id: string) =>
  tasksOf(calendar).find((task) => task.id === id)!;

/** Today's calendar as some earlier one, with tasks changed by id. */
function pinnedWith(changes: Record<string, (task: CalendarTask) => object>): Calendar {
  const { program, months } = structuredClone(today);
  return {
    program,
    months: months.map((month) => ({
      ...month,
      activities: month.activities.map((activity) => ({
        ...activity,
        tasks: activity.tasks.map((task) => (changes[task.id]?.(task) ?? task) as CalendarTask),
      })),
    })),
  };
}

const rubric = 'jan-1/principal/2';
const webinar = 'may-2/district/1';
const guidance = 'feb-1/coordinator/1';

describe('a calendar that years are pinned to', () => {
  /** Treated as it was before deadlines always spoke. */
  const earlier = pinnedWith({
    [rubric]: ({ opensWhen: _, ...task }) => task,
    [webinar]: ({ kind: _, region: __, ...task }) => ({
      ...task,
      kind: 'expected',
      raises: 'orientation.informed',
      opensWhen: { designation: 'released' },
    }),
    [guidance]: ({ raises: _, suffices: __, opensWhen: ___, ...task }) => ({
      ...task,
      meeting: true,
    }),
  });

  test('treats each task as today’s does', () => {
    const now = amended(earlier, pack);
    expect(now).toEqual(today);
    for (const id of [rubric, webinar, guidance]) {
      expect(taskOf(earlier, id)).not.toEqual(taskOf(today, id));
      // What is gone is gone, and not there without a value: the version is made of what is there.
      expect(Object.keys(taskOf(now, id)).sort()).toEqual(Object.keys(taskOf(today, id)).sort());
    }
    expect(versionOf(now)).toBe(versionOf(today));
    expect(versionOf(earlier)).not.toBe(versionOf(today));
  });

  test('gets today’s days of grace, and no other word of today’s program', () => {
    const { graceDays: _, ...months } = today.program.months;
    const graceless = {
      program: { ...today.program, title: 'As it was called', months },
      months: today.months,
    } as Calendar;
    expect(amended(graceless, pack).program).toEqual({
      ...today.program,
      title: 'As it was called',
    });
  });

  test('keeps its words, its dates, its roles, its conditions and its notes', () => {
    const own = {
      role: 'district',
      title: 'Type the rubric in',
      scope: 'district' as const,
      due: { on: { month: 1, day: 15 } },
      appliesWhen: { newlyDesignated: true },
      sources: ['jan-1/principal/9'],
      notes: [{ kind: 'source' as const, text: 'As it was.' }],
    };
    const pinned = pinnedWith({ [rubric]: (task) => ({ ...task, ...own }) });
    expect(taskOf(amended(pinned, pack), rubric)).toEqual({ ...taskOf(today, rubric), ...own });
  });

  test('keeps what it does not say: a task without a date gets none', () => {
    const pinned = pinnedWith({ [rubric]: ({ due: _, ...task }) => task });
    expect(taskOf(amended(pinned, pack), rubric)).not.toHaveProperty('due');
  });

  test('keeps its tasks: those that are gone today as they were, and none that is new', () => {
    const gone = { id: 'feb-1/slt/9', kind: 'expected', raises: 'iqfsr.facilitated' };
    const pinned = pinnedWith({ 'feb-1/slt/1': (task) => ({ ...task, ...gone }) });
    const now = amended(pinned, pack);
    expect(tasksOf(now).map(({ id }) => id)).toEqual(tasksOf(pinned).map(({ id }) => id));
    expect(taskOf(now, 'feb-1/slt/9')).toEqual(taskOf(pinned, 'feb-1/slt/9'));
  });

  test('keeps its version when today’s treats its tasks alike, however often that is done', () => {
    expect(versionOf(amended(today, pack))).toBe(pack.version);
    const renamed = pinnedWith({ [rubric]: (task) => ({ ...task, title: 'Type the rubric in' }) });
    expect(versionOf(amended(renamed, pack))).toBe(versionOf(renamed));
    const once = amended(earlier, pack);
    expect(versionOf(amended(once, pack))).toBe(versionOf(once));
  });

  test('is itself left as it was', () => {
    const before = structuredClone(earlier);
    amended(earlier, pack);
    expect(earlier).toEqual(before);
  });
});
