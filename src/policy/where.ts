import {
  type Expression,
  type ExpressionBuilder,
  type ExpressionWrapper,
  type RawBuilder,
  type SqlBool,
  type StringReference,
  sql,
} from 'kysely';
import type { Actor, Grant } from '../actor.ts';
import { LATELY } from './can.ts';
import { isNarrow, type PolicyRow, type Right, rightOf } from './table.ts';

/** Where the rows tell what the policy asks about. What is left out, the rows do not have. */
export type Columns<DB, TB extends keyof DB> = {
  [what in 'program' | 'district' | 'school' | 'role' | 'team' | 'person' | 'age']?:
    | StringReference<DB, TB>
    | RawBuilder<unknown>;
};

/** The rows that `can` would say yes to. */
export function whereCan<DB, TB extends keyof DB>(
  eb: ExpressionBuilder<DB, TB>,
  actor: Actor,
  policy: PolicyRow,
  columns: Columns<DB, TB>,
): ExpressionWrapper<DB, TB, SqlBool> {
  return eb.or(
    actor.grants.flatMap((grant) => {
      const right = rightOf(policy, grant.kind);
      if (right === undefined) return [];
      return [eb.and([...reached(grant, columns), ...permitted(right, grant, actor, columns)])];
    }),
  );
}

type Conditions = Expression<SqlBool>[];
type Some = Partial<Record<keyof Columns<never, never>, string | RawBuilder<unknown>>>;

function reached({ kind, role, program, scope }: Grant, columns: Some): Conditions {
  return [
    ...(program !== null && columns.program !== undefined ? equal(columns.program, program) : []),
    ...(isNarrow(kind) && columns.role !== undefined ? equal(columns.role, role) : []),
    ...('districts' in scope ? among(columns.district, scope.districts) : []),
    ...('schools' in scope ? among(columns.school, scope.schools) : []),
  ];
}

function permitted(right: Right, { role, scope }: Grant, actor: Actor, columns: Some): Conditions {
  switch (right) {
    case 'scope':
    case 'reported':
      return [];
    case 'everywhere':
      return 'all' in scope ? [] : NONE;
    case 'ownRole':
      return columns.role === undefined ? NONE : equal(columns.role, role);
    case 'own':
      return columns.person === undefined || actor.person === null
        ? NONE
        : equal(columns.person, actor.person);
    case 'team':
      return columns.team === undefined ? NONE : [sql<SqlBool>`${ref(columns.team)}`];
    case 'lately':
      return columns.age === undefined ? NONE : [sql<SqlBool>`${ref(columns.age)} <= ${LATELY}`];
    default:
      return right satisfies never;
  }
}

const NONE: Conditions = [sql<SqlBool>`false`];

const ref = (column: string | RawBuilder<unknown>) =>
  typeof column === 'string' ? sql.ref(column) : column;

const equal = (column: string | RawBuilder<unknown>, value: string): Conditions => [
  sql<SqlBool>`${ref(column)} = ${value}`,
];

const among = (column: string | RawBuilder<unknown> | undefined, values: string[]): Conditions =>
  column === undefined ? NONE : [sql<SqlBool>`${ref(column)} = any(${values}::text[])`];
