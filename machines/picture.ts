import { z } from 'zod';
import {
  type Edge,
  edges,
  initialState,
  isFinal,
  type ProgramMachines,
  type Region,
} from './region.ts';

/** The regions side by side as a Mermaid state diagram; a guard stands in brackets behind its event. */
export function mermaid(machines: ProgramMachines): string {
  return ['stateDiagram-v2', ...machines.regions.flatMap(drawRegion), ''].join('\n');
}

/** The same as data: what a program reads to know every state, event and guard. */
export function asJson(machines: ProgramMachines): MachinesJson {
  return {
    program: machines.program,
    version: machines.version,
    regions: machines.regions.map((region) => ({
      key: region.key,
      title: region.title,
      initial: initialState(region),
      states: Object.entries(region.states).map(([key, { title, doesNotApply }]) => ({
        key,
        title,
        final: isFinal(region, key),
        doesNotApply: doesNotApply ?? false,
        on: edges(region)
          .filter(({ from }) => from === key)
          .map((edge) => describe(machines, region, edge)),
      })),
    })),
  };
}

export interface MachinesJson {
  program: string;
  version: string;
  regions: { key: string; title: string; initial: string; states: StateJson[] }[];
}

export interface StateJson {
  key: string;
  title: string;
  final: boolean;
  doesNotApply: boolean;
  on: EdgeJson[];
}

export interface EdgeJson {
  event: string;
  title: string;
  target: string;
  guard: { name: string; reason: string } | null;
  by: readonly string[];
  automatic: boolean;
  /** The condition whose correction brings it. */
  whenCorrected: string | null;
  returns: boolean;
  /** JSON Schema of the event's `data`, when it carries any. */
  dataSchema?: z.core.JSONSchema.BaseSchema;
  /** Whether that data may not be left out. */
  dataRequired?: boolean;
}

function describe(machines: ProgramMachines, region: Region, edge: Edge): EdgeJson {
  const spec = region.events[edge.type]!;
  const rule = edge.guard ? machines.rules[edge.guard] : undefined;
  return {
    event: edge.type,
    title: spec.title,
    target: edge.to,
    guard: edge.guard && rule ? { name: edge.guard, reason: rule.reason } : null,
    by: spec.by,
    automatic: spec.automatic ?? false,
    whenCorrected: spec.whenCorrected ?? null,
    returns: spec.returns ?? false,
    ...(spec.data && {
      dataSchema: z.toJSONSchema(spec.data.schema, { io: 'input' }),
      dataRequired: spec.data.required,
    }),
  };
}

function drawRegion(region: Region): string[] {
  // State names repeat from region to region, and a diagram has one namespace.
  const node = (state: string) => `${region.key}_${state}`;
  const states = Object.entries(region.states);
  return [
    `  state "${label(region.title)}" as ${region.key} {`,
    ...states.map(([key, { title }]) => `    state "${label(title)}" as ${node(key)}`),
    `    [*] --> ${node(initialState(region))}`,
    ...edges(region).map(({ from, to, type, guard }) => {
      const title = label(region.events[type]!.title) + (guard ? ` [${guard}]` : '');
      return `    ${node(from)} --> ${node(to)} : ${title}`;
    }),
    ...states.filter(([key]) => isFinal(region, key)).map(([key]) => `    ${node(key)} --> [*]`),
    '  }',
  ];
}

/** Mermaid ends a label at these and knows no way to escape them. */
const label = (text: string): string => text.replace(/[":;#{}[\]\n]+/g, ',');
