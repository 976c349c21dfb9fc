import type { Migration } from 'kysely/migration';
import * as initial from './20261121T2000_initial.ts';

/** Every migration, oldest first. */
export const migrations: Record<string, Migration> = {
  '20261121T2000_initial': initial,
};
