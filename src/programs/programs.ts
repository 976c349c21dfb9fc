import type { Pack } from '../../calendar/shape.ts';
import type { ProgramMachines } from '../../machines/region.ts';

/** A program ready to run: its data and its charts. */
export interface Program {
  id: string;
  pack: Pack;
  machines: ProgramMachines;
}

export interface Programs {
  all: readonly Program[];
  /** Undefined when there is no such program. */
  get(id: string): Program | undefined;
}
