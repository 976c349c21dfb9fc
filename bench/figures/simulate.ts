import { spawn } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Group, Measured } from '../figure.ts';
import { watchMemory } from '../memory.ts';

const ROOT = join(import.meta.dirname, '../..');
const COMMAND = join(ROOT, 'src/commands/simulate.ts');
/** As many as leave the other figures their time. */
const SCHOOLS = 150;
/** In milliseconds. */
const PATIENCE = 300_000;

export const simulation: Group = {
  bounds: [
    // A thousand schools in a minute.
    { name: 'simulate', unit: 'schools/s', atLeast: null, aim: 16.7, absolute: true },
    { name: 'simulate.memory', unit: 'MB', atLeast: null, aim: null },
    { name: 'simulate.database', unit: 'MB', atLeast: null, aim: null },
  ],
  method: `simulate: \`npm run simulate\` with a year of ${SCHOOLS} schools, from its start to its end; the most memory that its process ever took, and the most that its PostgreSQL took, what the processes of that share counted once. The aim is that of 1,000 schools in a minute.`,
  async measure(bench) {
    bench.say(`simulating ${SCHOOLS} schools`);
    const args = ['--schools', String(SCHOOLS), '--year', '2026-27', '--json'];
    const begun = performance.now();
    const child = spawn(process.execPath, [COMMAND, ...args], {
      cwd: ROOT,
      stdio: ['ignore', 'ignore', 'inherit'],
      timeout: PATIENCE,
    });
    const watched = watchMemory(child.pid, join(tmpdir(), 'planning-year-simulation-'));
    const code = await new Promise((resolve, reject) =>
      child.on('error', reject).on('close', resolve),
    );
    const memory = watched();
    if (code !== 0) throw new Error(`The simulation ended with ${code ?? 'its time used up'}.`);
    const seconds = (performance.now() - begun) / 1000;
    return [
      figure('simulate', SCHOOLS / seconds),
      figure('simulate.memory', memory.process),
      figure('simulate.database', memory.database),
    ].filter(({ ours }) => ours > 0);
  },
};

const figure = (name: string, ours: number): Measured => ({
  ...{ name, ours },
  ...{ limit: null, ratio: null, spread: null },
});
