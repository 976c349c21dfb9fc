import type { RawBuilder, Selectable } from 'kysely';
import type { DbOrTrx } from '../context.ts';
import type { Tables } from '../db/tables.ts';
import { REAL } from './day.ts';

export const selectYears = (db: DbOrTrx) =>
  db
    .selectFrom('planningYears as y')
    .leftJoin('schools as s', (join) =>
      join.onRef('s.code', '=', 'y.organizationCode').on('y.organizationKind', '=', 'school'),
    )
    .innerJoin('districts as d', 'd.code', 'y.districtCode')
    .select(['y.id', 'y.program', 'y.calendarVersion', 'y.organizationKind', 'y.status', 'y.demo'])
    .select(['y.organizationCode', 'y.districtCode'])
    .select((eb) => eb.fn.coalesce('s.name', 'd.name').as('organizationName'));

/** @param from the tasks, or a copy of them on which days are played */
export const selectTasks = (db: DbOrTrx, from: RawBuilder<unknown> = REAL.tasks) =>
  db
    .selectFrom(from.$castTo<Selectable<Tables['tasks']>>().as('t'))
    .select(['t.id', 't.planningYearId', 't.taskKey', 't.role', 't.kind', 't.status'])
    .select(['t.month', 't.dueOn', 't.safeBy', 't.position', 't.version']);

export const selectAssignments = (db: DbOrTrx, from: RawBuilder<unknown> = REAL.heldRoles) =>
  db
    .selectFrom(from.$castTo<Selectable<Tables['heldRoles']>>().as('a'))
    .select(['personId', 'program', 'role', 'organizationKind', 'organizationCode'])
    .select(['fromOn', 'toOn']);

export const selectLedger = (db: DbOrTrx) =>
  db
    .selectFrom('reminders as r')
    .select(['r.id', 'r.planningYearId', 'r.taskId', 'r.role', 'r.personId', 'r.rule'])
    .select(['r.occasion', 'r.dueOn', 'r.delivery', 'r.status', 'r.messageId'])
    .orderBy('r.id');

export const selectRefused = (db: DbOrTrx) =>
  db
    .selectFrom('addressesToMend as s')
    .innerJoin('people as p', (join) =>
      join.on((eb) => eb('s.address', '=', eb.fn<string>('lower', ['p.email']))),
    )
    .select([
      's.id',
      'p.id as personId',
      'p.name',
      'p.email as address',
      's.detail as said',
      's.reason',
    ]);

export const byId = <T extends { id: string }>(rows: readonly T[]): Map<string, T> =>
  new Map(rows.map((row) => [row.id, row]));
