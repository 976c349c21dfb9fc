import { setup } from 'xstate';
import {
  type EventSpec,
  guardsOf,
  type ProgramMachines,
  type Region,
  type Rule,
} from '../../../machines/region.ts';

/** The same charts under other rules. */
export function withRules(
  machines: ProgramMachines,
  changed: Record<string, Rule['holds']>,
): ProgramMachines {
  const rules = Object.fromEntries(
    Object.entries(machines.rules).map(([name, rule]) => [
      name,
      { ...rule, holds: changed[name] ?? rule.holds },
    ]),
  );
  const regions = machines.regions.map((region) => rebuilt(region, rules, region.chart.config));
  return { ...machines, rules, regions };
}

/** The same rules over a chart in which edges are added or changed, or taken away by `null`. */
export function withEdges(
  machines: ProgramMachines,
  key: string,
  state: string,
  on: Record<string, string | { target: string; guard: string } | null>,
): ProgramMachines {
  const regions = machines.regions.map((region) => {
    if (region.key !== key) return region;
    const config = structuredClone(region.chart.config);
    const node = config.states![state]!;
    const edges = Object.entries({ ...node.on, ...on }).filter(([, target]) => target !== null);
    node.on = Object.fromEntries(edges) as typeof node.on & object;
    return rebuilt(region, machines.rules, config);
  });
  return { ...machines, regions };
}

/** The same charts, with an event that is brought about otherwise. */
export function withEvent(
  machines: ProgramMachines,
  type: string,
  changed: Partial<EventSpec>,
): ProgramMachines {
  const regions = machines.regions.map((region) => {
    const spec = region.events[type];
    return spec
      ? { ...region, events: { ...region.events, [type]: { ...spec, ...changed } } }
      : region;
  });
  return { ...machines, regions };
}

const rebuilt = (
  region: Region,
  rules: ProgramMachines['rules'],
  config: Region['chart']['config'],
): Region => ({
  ...region,
  chart: setup({ guards: guardsOf(rules as Record<string, Rule>) as object }).createMachine(
    config as object,
  ),
});
