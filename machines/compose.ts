import { type AnyStateMachine, setup } from 'xstate';
import { guardsOf, type ProgramMachines, type RegionEvent } from './region.ts';

/**
 * The whole year as one parallel statechart, made of the regions' own charts. Its snapshot's value
 * is a record from region key to state, and it is done when every region is final. The engine runs
 * region by region; this one is for pictures, for proofs and for the test that both agree.
 */
export function compose(machines: ProgramMachines): AnyStateMachine {
  return setup({
    types: {} as { context: object; events: RegionEvent },
    guards: guardsOf(machines.rules),
  }).createMachine({
    id: machines.program,
    type: 'parallel',
    // The configs come from other `setup`s, whose types say nothing of this one's guards.
    states: Object.fromEntries<object>(
      machines.regions.map(({ key, chart }) => [key, chart.config]),
    ),
  });
}
