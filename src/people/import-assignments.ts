import { sql } from 'kysely';
import type { ProgramFile } from '../../calendar/shape.ts';
import type { Trx } from '../context.ts';
import { ConflictError } from '../errors.ts';
import { newId } from '../ids.ts';
import { closedSchools } from '../schools/closed.ts';
import { knownDistricts, knownSchools } from '../schools/store.ts';
import { knownVendors } from './known-vendors.ts';
import type { Known } from './plan-assignments.ts';
import type { AssignmentLine } from './read-assignments.ts';
import type { Change, Span } from './timeline.ts';

/**
 * What a file is held against, in a fixed number of statements whatever its size. Its people, and
 * all that was ever held at its organizations, stay as they are until the transaction ends.
 */
export async function knownOf(
  trx: Trx,
  program: ProgramFile,
  lines: readonly AssignmentLine[],
): Promise<Known> {
  await lockAssignments(trx);
  const codes = [...new Set(lines.map(({ code }) => code))];
  const roles = [...new Set(lines.map(({ role }) => role))];
  return {
    organizations: await organizationsOf(trx, program, codes),
    closed: await closedSchools(trx, codes),
    people: await peopleOf(trx, lines),
    held: await heldAt(trx, program.id, codes, roles),
  };
}

/** Another who gives roles waits: they would not see the people and spans that this one adds. */
export const lockAssignments = (trx: Trx) =>
  sql`select pg_advisory_xact_lock(hashtext('assignments import'))`.execute(trx);

/** Writes what was planned; the same changes, with the ids of what is new. */
export async function saveAssignments(
  trx: Trx,
  program: string,
  planned: readonly Change[],
  now: Date,
): Promise<Change[]> {
  const newcomers = newcomersOf(planned).map((person) => ({ ...person, id: newId(now) }));
  const ids = new Map(newcomers.map(({ email, id }) => [email, id]));
  const changes = planned.map((change) => ({
    ...change,
    id: change.id ?? newId(now),
    person: { ...change.person, id: change.person.id ?? ids.get(change.person.email)! },
  }));
  await addPeople(trx, newcomers, now);
  await endAssignments(trx, only(changes, 'ended'));
  await addAssignments(trx, program, only(changes, 'created'));
  return changes;
}

/** The people who are yet to be added, each once. */
export const newcomersOf = (changes: readonly Change[]): Span['person'][] => [
  ...new Map(
    changes.filter(({ person }) => person.id === null).map(({ person }) => [person.email, person]),
  ).values(),
];

async function organizationsOf(
  trx: Trx,
  { agency }: ProgramFile,
  codes: string[],
): Promise<Known['organizations']> {
  const each = (kind: 'district' | 'school' | 'vendor', known: Set<string>) =>
    [...known].map((code) => [code, { kind, code }] as const);
  return new Map<string, Span['organization']>([
    ...each('school', await knownSchools(trx, codes)),
    ...each('district', await knownDistricts(trx, codes)),
    ...each('vendor', await knownVendors(trx, codes)),
    [agency.code, { kind: 'state', code: agency.code }],
  ]);
}

async function peopleOf(trx: Trx, lines: readonly AssignmentLine[]): Promise<Known['people']> {
  const addresses = [...new Set(lines.map(({ email }) => email.toLowerCase()))];
  const people = await trx
    .selectFrom('people')
    .select(['id', 'name', 'email'])
    .where(sql<boolean>`lower(email) = any(${addresses}::text[])`)
    .orderBy('id')
    .forUpdate()
    .execute();
  return new Map(people.map((person) => [person.email.toLowerCase(), person]));
}

/** All that was ever held at these organizations in these roles; locked. */
export async function heldAt(
  trx: Trx,
  program: string,
  codes: string[],
  roles: string[],
): Promise<Span[]> {
  const rows = await trx
    .selectFrom('assignments as a')
    .innerJoin('people as p', 'p.id', 'a.personId')
    .select(['a.id', 'a.organizationKind', 'a.organizationCode', 'a.role', 'a.fromOn', 'a.toOn'])
    .select(['a.personId', 'p.name', 'p.email'])
    .where('a.program', '=', program)
    .where(sql<boolean>`a.organization_code = any(${codes}::text[])`)
    .where(sql<boolean>`a.role = any(${roles}::text[])`)
    .orderBy('a.id')
    .forUpdate('a')
    .execute();
  return rows.map((row) => ({
    id: row.id,
    organization: { kind: row.organizationKind, code: row.organizationCode },
    role: row.role,
    person: { id: row.personId, name: row.name, email: row.email },
    from: row.fromOn,
    to: row.toOn,
  }));
}

async function addPeople(trx: Trx, people: Span['person'][], now: Date): Promise<void> {
  const { rows } = await sql`
    insert into people (id, name, email, created_at)
    select id, name, email, ${now}::timestamptz
    from jsonb_to_recordset(${JSON.stringify(people)}::jsonb) as p (id uuid, name text, email text)
    on conflict ((lower(email))) do nothing returning id`.execute(trx);
  if (rows.length < people.length)
    throw new ConflictError(
      'people-changed',
      'Somebody of the file was added by another request at the same moment. Send the file again.',
    );
}

async function endAssignments(trx: Trx, ended: readonly Change[]): Promise<void> {
  await sql`
    update assignments a set to_on = e.to, version = a.version + 1
    from jsonb_to_recordset(${JSON.stringify(ended)}::jsonb) as e (id uuid, "to" date)
    where a.id = e.id`.execute(trx);
}

async function addAssignments(
  trx: Trx,
  program: string,
  created: readonly Change[],
): Promise<void> {
  await sql`
    insert into assignments (id, person_id, program, role, organization_kind, organization_code, from_on, to_on)
    select id, (person ->> 'id')::uuid, ${program}, role, organization ->> 'kind', organization ->> 'code', "from", "to"
    from jsonb_to_recordset(${JSON.stringify(created)}::jsonb)
      as c (id uuid, person jsonb, role text, organization jsonb, "from" date, "to" date)`.execute(
    trx,
  );
}

const only = (changes: readonly Change[], kind: Change['change']): Change[] =>
  changes.filter(({ change }) => change === kind);
