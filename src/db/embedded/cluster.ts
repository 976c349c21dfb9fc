import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Account } from './account.ts';
import type { Binaries } from './binaries.ts';

/** One PostgreSQL cluster on disk. */
export interface Cluster {
  /** Holds `data`, `password` and `log`. */
  home: string;
  account: Account | null;
  binaries: Binaries;
  /** Server settings beside our own, e.g. `{ fsync: 'off' }` in tests. */
  settings: Record<string, string>;
}

export const USER = 'planning_year';

export const dataFolder = ({ home }: Cluster): string => join(home, 'data');

export const password = ({ home }: Cluster): string =>
  readFileSync(join(home, 'password'), 'utf8').trim();
