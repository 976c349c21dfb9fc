import { readdirSync, readFileSync } from 'node:fs';

/** In MB; 0 where the system does not tell. */
export interface Memory {
  /** The most that the process ever took. */
  process: number;
  /** The most that PostgreSQL took, all of its processes together, what they share counted once. */
  database: number;
}

/** Watches a process and the PostgreSQL whose data lie in a folder of some name, until it is stopped. */
export function watchMemory(pid: number | undefined, folder: string): () => Memory {
  const peak: Memory = { process: 0, database: 0 };
  const look = () => {
    peak.process = Math.max(peak.process, field(`/proc/${pid}/status`, 'VmHWM'));
    const shares = familyOf(folder).map((id) => field(`/proc/${id}/smaps_rollup`, 'Pss'));
    peak.database = Math.max(
      peak.database,
      shares.reduce((sum, share) => sum + share, 0),
    );
  };
  const watch = setInterval(look, EVERY);
  return () => {
    clearInterval(watch);
    return peak;
  };
}

/** In milliseconds: adding up what processes share takes the system some of them. */
const EVERY = 2_000;

/** The process whose command line names the folder as its data, and its children. */
function familyOf(folder: string): string[] {
  const all = numbersIn('/proc');
  const parents = all.filter((id) => textOf(`/proc/${id}/cmdline`).includes(`-D\0${folder}`));
  return all.filter((id) => {
    const parent = /^PPid:\s+(\d+)/m.exec(textOf(`/proc/${id}/status`))?.[1] ?? '';
    return parents.includes(id) || parents.includes(parent);
  });
}

/** A field of kilobytes, in MB. */
const field = (path: string, name: string): number =>
  Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(textOf(path))?.[1] ?? 0) / 1024;

function numbersIn(folder: string): string[] {
  try {
    return readdirSync(folder).filter((name) => /^\d+$/.test(name));
  } catch {
    return [];
  }
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
