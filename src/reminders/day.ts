import { type RawBuilder, sql } from 'kysely';
import type { Pack } from '../../calendar/shape.ts';
import type { Trx } from '../context.ts';

/** A program's reminders on one date: what every statement of a scan has to know. */
export interface Day {
  trx: Trx;
  pack: Pack;
  today: string;
  now: Date;
  tables: LedgerTables;
}

/**
 * Where the ledger stands, and all that it follows from. A preview plays its days on tables of its own,
 * under names of their own: statements that a connection has prepared for the real ones never meet them.
 */
export interface LedgerTables {
  reminders: RawBuilder<unknown>;
  planningYears: RawBuilder<unknown>;
  tasks: RawBuilder<unknown>;
  heldRoles: RawBuilder<unknown>;
}

export const REAL: LedgerTables = {
  reminders: sql.table('reminders'),
  planningYears: sql.table('planning_years'),
  tasks: sql.table('tasks'),
  heldRoles: sql.table('held_roles'),
};

/** Ids of planning years; null: all of them. */
export type Years = readonly string[] | null;

export const among = (id: RawBuilder<unknown>, years: Years): RawBuilder<boolean> =>
  years === null ? sql`true` : sql`${id} = any(${years}::uuid[])`;

/** As `y`. */
export const activeYears = ({ pack, tables }: Day) => sql`
  (select * from ${tables.planningYears}
   where program = ${pack.program.id} and status = 'active') y`;

export const coachesOf = ({ program }: Pack): string[] =>
  program.roles.filter(({ kind }) => kind === 'coach').map(({ id }) => id);
