import { isbeComprehensive } from './isbe-comprehensive/index.ts';
import type { ProgramMachines } from './region.ts';

/** Every program's machines. A program is a folder here and one in `calendar/`, and a line below. */
export const programs: readonly ProgramMachines[] = [isbeComprehensive];

/** The machines of a program, or undefined when there is no such program. */
export function machinesOf(program: string): ProgramMachines | undefined {
  return programs.find((machines) => machines.program === program);
}
