import { describe, expect, test } from '@jest/globals';
import { type AnyStateMachine, getInitialSnapshot, transition } from 'xstate';
import { programs } from '../../machines/index.ts';
import { isForward } from '../../machines/reach.ts';
import { edges, initialState, isFinal, nextState } from '../../machines/region.ts';

const cases = programs.flatMap((machines) =>
  machines.regions.map((region) => ({
    name: `${machines.program} ${region.key}`,
    machines,
    region,
  })),
);

describe.each(cases)('$name', ({ machines, region }) => {
  const config = region.chart.config;
  const states = Object.entries(config.states ?? {});

  test('is flat and pure: nothing but edges with named guards', () => {
    // XState leaves an empty key for schemas behind.
    expect(Object.keys({ ...config, schemas: [] }).sort()).toEqual([
      'id',
      'initial',
      'schemas',
      'states',
    ]);
    expect((config as { schemas?: unknown }).schemas).toBeUndefined();
    for (const [, node] of states) {
      expect(['on', 'type']).toEqual(expect.arrayContaining(Object.keys(node)));
      for (const edge of Object.values(node.on ?? {})) {
        if (typeof edge === 'string') continue;
        expect(Object.keys(edge as object).sort()).toEqual(['guard', 'target']);
        expect(Object.keys(machines.rules)).toContain((edge as { guard: unknown }).guard);
      }
    }
  });

  test('names its states and events, no more and no fewer than its chart has', () => {
    expect(Object.keys(region.states)).toEqual(states.map(([key]) => key));
    const raised = new Set(edges(region).map(({ type }) => type));
    expect(Object.keys(region.events).sort()).toEqual([...raised].sort());
    expect(config.id).toBe(region.key);
    for (const type of raised) expect(type.startsWith(`${region.key}.`)).toBe(true);
    // {word} stands for a word of the agency's own.
    for (const { title } of [...Object.values(region.states), ...Object.values(region.events)])
      expect(title.replace(/\{[a-z]+\}/g, 'Word')).toMatch(/^[A-Z][^:;"#{}[\]\n]+[^.]$/);
  });

  test('leaves a state by one edge for each event, and its finals backwards alone', () => {
    const leaving = edges(region).map(({ from, type }) => `${from} ${type}`);
    expect(leaving).toEqual([...new Set(leaving)]);
    for (const [key, { doesNotApply }] of Object.entries(region.states)) {
      // Somebody takes back what was said, or a condition turns out to be another.
      const goesOn = edges(region).some(
        ({ from, type }) => from === key && isForward(region.events[type]!),
      );
      expect(isFinal(region, key)).toBe(!goesOn);
      if (doesNotApply) expect(isFinal(region, key)).toBe(true);
    }
  });

  test('tells for every event whose act it is, or that it comes by itself or with a correction', () => {
    for (const spec of Object.values(region.events)) {
      const origins = [spec.by.length > 0, spec.automatic, spec.whenCorrected !== undefined];
      expect(origins.filter(Boolean)).toHaveLength(1);
      if (spec.returns) expect(spec.by).not.toEqual([]);
    }
    for (const { type, guard } of edges(region))
      if (region.events[type]?.automatic) expect(guard).not.toBeNull();
  });

  test('gives an example for every kind of data, and refuses fields that nobody asked for', () => {
    for (const { data } of Object.values(region.events)) {
      if (!data) continue;
      expect(data.schema.parse(data.example)).toEqual(data.example);
      expect(data.schema.safeParse({ ...(data.example as object), stray: 1 }).success).toBe(false);
      expect(data.schema.safeParse(undefined).success).toBe(false);
    }
  });

  test('steps exactly as XState would', () => {
    expect(initialState(region)).toBe(getInitialSnapshot(region.chart).value);
    for (const holds of [true, false]) {
      const guards = Object.fromEntries(
        Object.keys(machines.rules).map((name) => [name, () => holds]),
      );
      const chart: AnyStateMachine = region.chart.provide({ guards });
      for (const state of Object.keys(region.states))
        for (const type of [...Object.keys(region.events), 'no.such']) {
          const event = { type, facts: { regions: {}, conditions: {}, today: '', dates: {} } };
          const before = chart.resolveState({ value: state, context: {} });
          const [after, actions] = transition(chart, before, event);
          expect(nextState({ ...region, chart }, state, event)).toBe(
            before.can(event) ? after.value : null,
          );
          expect(actions).toEqual([]);
        }
    }
  });
});

test.each(programs.map((machines) => ({ program: machines.program, machines })))(
  '$program: every rule guards an edge and waits for events that exist',
  ({ machines }) => {
    const types = machines.regions.flatMap(({ events }) => Object.keys(events));
    const used = new Set(machines.regions.flatMap((region) => edges(region).map((e) => e.guard)));
    for (const [name, { reason, waitsFor }] of Object.entries(machines.rules)) {
      expect(used).toContain(name);
      expect(types).toEqual(expect.arrayContaining([...waitsFor]));
      expect(reason).toMatch(/^[A-Z].*\.$/);
    }
  },
);
