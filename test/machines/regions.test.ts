import { describe, expect, test } from '@jest/globals';
import { programs } from '../../machines/index.ts';
import { automaticEvents, nextEvents } from '../../machines/reach.ts';
import {
  edges,
  initialState,
  isFinal,
  nextState,
  type ProgramMachines,
  type Region,
} from '../../machines/region.ts';
import { withRules } from './support/variants.ts';

const cases = programs.flatMap((machines) =>
  machines.regions.map((region) => ({
    name: `${machines.program} ${region.key}`,
    machines,
    region,
  })),
);

describe.each(cases)('$name, whatever its guards answer at each step', ({ machines, region }) => {
  const steps = allSteps(machines, region);
  const states = Object.keys(region.states);

  test('every state can be reached', () => {
    expect([...walk(steps, initialState(region))].sort()).toEqual([...states].sort());
  });

  test('from every state some final state can be reached', () => {
    for (const state of states)
      expect([...walk(steps, state)].some((reached) => isFinal(region, reached))).toBe(true);
  });

  test('somebody or the engine can lead it on from every state that is not final', () => {
    for (const state of states) {
      // What leads back, as out of a final state, leads to no end.
      const onward = nextEvents(region, state).filter((type) => !region.events[type]!.returns);
      const senders = onward.flatMap((type) => region.events[type]!.by);
      const canLeave = senders.length > 0 || automaticEvents(region, state).length > 0;
      expect(canLeave).toBe(!isFinal(region, state));
    }
  });

  test('every edge is taken by some answer of the guards', () => {
    const taken = new Set(steps.map(({ from, to }) => `${from} -> ${to}`));
    for (const { from, to } of edges(region)) expect(taken).toContain(`${from} -> ${to}`);
  });

  test('what comes by itself never goes round in a circle', () => {
    const byItself = edges(region).filter(({ type }) => region.events[type]!.automatic);
    for (const { from, to } of byItself) expect(walk(byItself, to)).not.toContain(from);
  });
});

interface Step {
  from: string;
  to: string;
}

/** All steps of a region under all combinations of the answers that its own guards can give. */
function allSteps(machines: ProgramMachines, region: Region): Step[] {
  const guards = [...new Set(edges(region).flatMap(({ guard }) => guard ?? []))];
  const answers = Array.from({ length: 2 ** guards.length }, (_, bits) =>
    Object.fromEntries(guards.map((guard, at) => [guard, () => ((bits >> at) & 1) === 1])),
  );
  return answers.flatMap((answer) => {
    const answering = withRules(machines, answer).regions.find(({ key }) => key === region.key)!;
    return Object.keys(region.states).flatMap((from) =>
      Object.keys(region.events).flatMap((type) => {
        const facts = { regions: {}, conditions: {}, today: '', dates: {} };
        const to = nextState(answering, from, { type, facts });
        return to === null ? [] : [{ from, to }];
      }),
    );
  });
}

function walk(steps: readonly Step[], from: string): Set<string> {
  const reached = new Set([from]);
  for (const state of reached)
    for (const step of steps) if (step.from === state) reached.add(step.to);
  return reached;
}
