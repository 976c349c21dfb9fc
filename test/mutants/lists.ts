import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Mistake } from './mistake.ts';

export const ROOT = join(import.meta.dirname, '../..');

/** What stands beside the lists in this folder. */
const OTHERS = ['lists.ts', 'mistake.ts', 'mutants.test.ts'];

/** Every list of mistakes, by the name of its file. */
export async function lists(): Promise<Map<string, readonly Mistake[]>> {
  const names = readdirSync(import.meta.dirname).filter(
    (name) => name.endsWith('.ts') && !OTHERS.includes(name),
  );
  const found = new Map<string, readonly Mistake[]>();
  for (const name of names.sort())
    found.set(name.replace(/\.ts$/, ''), (await import(`./${name}`)).default);
  return found;
}

/** How often a text stands in another. */
export const timesIn = (text: string, part: string): number => text.split(part).length - 1;
