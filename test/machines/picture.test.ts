import { describe, expect, test } from '@jest/globals';
import { machinesOf } from '../../machines/index.ts';
import { asJson, mermaid } from '../../machines/picture.ts';
import { edges, isFinal } from '../../machines/region.ts';

const machines = machinesOf('isbe-comprehensive')!;

describe('the Mermaid picture', () => {
  const lines = mermaid(machines).split('\n');

  test('has a box for every region, a node for every state, an arrow for every edge', () => {
    expect(lines[0]).toBe('stateDiagram-v2');
    const count = (pattern: RegExp) => lines.filter((line) => pattern.test(line)).length;
    const states = machines.regions.flatMap((region) =>
      Object.keys(region.states).map((s) => ({ region, s })),
    );
    const all = machines.regions.flatMap(edges);
    expect(count(/^ {2}state "[^"]+" as [A-Za-z0-9]+ \{$/)).toBe(17);
    expect(count(/^ {4}state "[^"]+" as [A-Za-z0-9]+_[A-Za-z]+$/)).toBe(states.length);
    expect(count(/^ {4}\w+ --> \w+ : [^:;#"{}]+$/)).toBe(all.length);
    expect(count(/^ {4}\[\*\] --> \w+$/)).toBe(17);
    expect(count(/^ {4}\w+ --> \[\*\]$/)).toBe(
      states.filter(({ region, s }) => isFinal(region, s)).length,
    );
    expect(count(/^ {2}\}$/)).toBe(17);
    expect(lines).toHaveLength(
      2 +
        17 * 3 +
        states.length +
        all.length +
        states.filter(({ region, s }) => isFinal(region, s)).length,
    );
  });

  test('tells the guard behind its event', () => {
    expect(lines).toContain(
      '    rootCause_conducted --> rootCause_prioritiesNamed : Priorities for the plan named [reportIssued]',
    );
  });

  test('never lets a title break the diagram', () => {
    const [first] = machines.regions;
    const odd = { ...machines, regions: [{ ...first!, title: 'A "plan": {x};\n#1' }] };
    expect(mermaid(odd).split('\n')[1]).toBe('  state "A ,plan, ,x,1" as designation {');
  });
});

describe('the machine as JSON', () => {
  const json = JSON.parse(JSON.stringify(asJson(machines))) as ReturnType<typeof asJson>;
  const state = (region: string, key: string) =>
    json.regions.find((one) => one.key === region)!.states.find((one) => one.key === key)!;

  test('names program and version, and every region from its beginning', () => {
    expect(json).toMatchObject({ program: 'isbe-comprehensive', version: '3' });
    expect(json.regions).toHaveLength(17);
    for (const region of json.regions) expect(region.states[0]!.key).toBe(region.initial);
  });

  test('tells of an edge who sends it, where it leads and what guards it', () => {
    expect(state('rootCause', 'conducted').on).toEqual([
      {
        event: 'rootCause.prioritiesNamed',
        title: 'Priorities for the plan named',
        target: 'prioritiesNamed',
        guard: {
          name: 'reportIssued',
          reason: 'The final needs assessment report has not been issued yet.',
        },
        by: ['district', 'principal'],
        automatic: false,
        whenCorrected: null,
        returns: false,
      },
    ]);
  });

  test('marks what comes by itself, what returns work, what does not apply and what is final', () => {
    expect(state('iqfsr', 'notStarted').on[0]).toMatchObject({ automatic: true, by: [] });
    expect(state('sip', 'beforeBoard').on.map(({ returns }) => returns)).toEqual([false, true]);
    expect(state('iqfsr', 'exempt')).toMatchObject({
      ...{ final: true, doesNotApply: true },
      on: [{ automatic: false, by: [], whenCorrected: 'cps' }],
    });
    expect(state('qer2', 'noApprovedGrant')).toMatchObject({
      ...{ final: true, doesNotApply: true },
      on: [{ event: 'qer2.reopened', target: 'preparing', returns: true }],
    });
    expect(state('sip', 'drafting')).toMatchObject({ final: false, doesNotApply: false });
  });

  test('carries the schema of an event that needs data', () => {
    expect(state('sip', 'drafting').on[0]!.dataSchema).toMatchObject({
      type: 'object',
      required: ['planHeldElsewhere', 'link'],
      additionalProperties: false,
    });
    expect(state('sip', 'drafting').on[0]!.dataRequired).toBe(true);
    expect(state('leadershipTeam', 'none').on[0]!.dataRequired).toBe(false);
  });
});
