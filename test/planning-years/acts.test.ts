import { beforeAll, describe, expect, test } from '@jest/globals';
import { ConflictError } from '../../src/errors.ts';
import type { Program } from '../../src/programs/programs.ts';
import { illinois, PaperYear } from '../support/year.ts';

/** What single acts leave in the log, to the last task and day. */

let program: Program;
beforeAll(async () => {
  program = await illinois();
});

test('a meeting settles the items that can be done, and no other', () => {
  for (const activity of new PaperYear(program).model.meetings.keys()) {
    const year = new PaperYear(program, { on: '2026-10-15' }).on('2026-11-10');
    const items = year.model.meetings.get(activity)!.map(({ key }) => key);
    const waive = { type: 'waive', task: items[0]!, reason: 'Flood.' } as const;
    year.do({ kind: 'correct', correction: waive });
    const doable = items.filter((key) => year.standing(key).doable);
    expect(doable).not.toContain(items[0]);
    const entry = year.do({ kind: 'meeting', activity, who: [] })!;
    expect(entry.settledTasks.filter((key) => items.includes(key)).toSorted()).toEqual(
      doable.toSorted(),
    );
  }
});

describe('a task that is done', () => {
  test('by its own role is done on nobody’s behalf, and by another on that of its role', () => {
    const of = (actor: string) => {
      const year = new PaperYear(program);
      return year.do({ kind: 'complete', task: 'nov-1/principal/1', evidence: [] }, actor)!;
    };
    expect(of('principal').onBehalfOf).toBeUndefined();
    expect(of('isbe').onBehalfOf).toEqual(['principal']);
  });

  test('is not waived', () => {
    const year = new PaperYear(program);
    year.complete('nov-1/principal/1');
    const correction = { type: 'waive', task: 'nov-1/principal/1', reason: 'Flood.' } as const;
    expect(() => year.do({ kind: 'correct', correction })).toThrow(/nothing to waive/);
  });
});

test('an undo gives a region back the day on which it had come to its state', () => {
  const year = new PaperYear(program).on('2026-10-20');
  year.send('designation.letterReceived');
  year.on('2026-10-25').send('designation.coordinatorMet');
  const correction = { type: 'undo', region: 'designation', reason: 'Not yet.' } as const;
  year.on('2026-10-28').do({ kind: 'correct', correction });
  expect(year.state.regions.designation).toEqual({ state: 'letterReceived', since: '2026-10-20' });
});

test.each(['sip.draftingOpened', 'iqfsr.exempted', 'resourceAllocationReview.passedBy'])(
  'no way of people’s acts is walked to %s, which comes by itself',
  (type) => {
    const year = new PaperYear(program);
    expect(() => year.do({ kind: 'through', type, data: {} })).toThrow(ConflictError);
  },
);
