import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Group } from '../figure.ts';

const ROOT = join(import.meta.dirname, '../..');
const COMMAND = join(ROOT, 'src/commands/simulate.ts');
/** A tenth of what is aimed at: a thousand would take longer than all the other figures together. */
const SCHOOLS = 100;
const AIM = 1000 / 60;
/** In milliseconds. */
const PATIENCE = 180_000;

export const simulation: Group = {
  bounds: [
    { name: 'simulate', unit: 'schools/s', atLeast: null, aim: AIM },
    { name: 'simulate.memory', unit: 'MB', atLeast: null, aim: null },
  ],
  method:
    'simulate: `npm run simulate` with a year of 100 schools, and the most memory that its process ever took; the aim is that of 1,000 schools in a minute.',
  async measure(bench) {
    bench.say(`simulating ${SCHOOLS} schools`);
    const args = ['--schools', String(SCHOOLS), '--year', '2026-27', '--json'];
    const begun = performance.now();
    const child = spawn(process.execPath, [COMMAND, ...args], {
      cwd: ROOT,
      stdio: ['ignore', 'ignore', 'inherit'],
      timeout: PATIENCE,
    });
    let peak = 0;
    const watch = setInterval(() => {
      peak = Math.max(peak, peakOf(child.pid));
    }, 250);
    const code = await new Promise((resolve, reject) =>
      child.on('error', reject).on('close', resolve),
    );
    clearInterval(watch);
    if (code !== 0) throw new Error(`The simulation ended with ${code ?? 'its time used up'}.`);
    const seconds = (performance.now() - begun) / 1000;
    const alone = { limit: null, ratio: null, spread: null };
    const memory = { name: 'simulate.memory', ours: peak, ...alone };
    return [{ name: 'simulate', ours: SCHOOLS / seconds, ...alone }, ...(peak > 0 ? [memory] : [])];
  },
};

/** The most memory that a process has had, in MB; 0 where the system does not tell. */
function peakOf(pid: number | undefined): number {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    return Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024;
  } catch {
    return 0;
  }
}
