import { join } from 'node:path';
import { checkPack } from '../../calendar/check.ts';
import { loadPacks } from '../../calendar/load.ts';
import type { Pack, ProgramFile } from '../../calendar/shape.ts';
import { words } from '../../calendar/words.ts';
import { machinesOf } from '../../machines/index.ts';
import type { ProgramMachines } from '../../machines/region.ts';
import type { Program, Programs } from './programs.ts';

/** A program's calendar and its charts do not fit together. */
export class ProgramError extends Error {
  override name = 'ProgramError';
  constructor(program: string, faults: string[]) {
    super([`The program ${program} can't run:`, ...faults.map((fault) => `  ${fault}`)].join('\n'));
  }
}

/**
 * Every program, checked.
 *
 * @throws PackError when the data of one is wrong
 * @throws ProgramError when its data and its charts do not fit
 */
export async function loadPrograms(): Promise<Programs> {
  const packs = await loadPacks(join(import.meta.dirname, '../../calendar'));
  const all = packs.map(programOf);
  const byId = new Map(all.map((program) => [program.id, program]));
  return { all, get: (id) => byId.get(id) };
}

function programOf(pack: Pack): Program {
  const { id } = pack.program;
  const charts = machinesOf(id);
  if (!charts)
    throw new ProgramError(id, ['It has no charts: add its folder to machines/ and to index.ts.']);
  const faults = checkPack(pack, charts);
  if (faults.length > 0) throw new ProgramError(id, faults);
  return { id, pack, machines: inItsWords(pack.program, charts) };
}

/** The charts with the agency's own words in their titles. */
function inItsWords(program: ProgramFile, machines: ProgramMachines): ProgramMachines {
  const worded = <T extends { title: string }>(named: Record<string, T>): Record<string, T> =>
    Object.fromEntries(
      Object.entries(named).map(([key, thing]) => [
        key,
        { ...thing, title: words(program, thing.title) },
      ]),
    );
  const regions = machines.regions.map((region) => ({
    ...region,
    title: words(program, region.title),
    states: worded(region.states),
    events: worded(region.events),
  }));
  return { ...machines, regions };
}
