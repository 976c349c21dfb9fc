import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { ProgramFile } from '../../calendar/shape.ts';
import { type Known, planAssignments } from '../../src/people/plan-assignments.ts';
import type { AssignmentLine } from '../../src/people/read-assignments.ts';
import type { Span } from '../../src/people/timeline.ts';

const SCHOOL = { kind: 'school', code: 's1' } as const;
const programOf = (...roles: [id: string, kind: string][]) =>
  ({ roles: roles.map(([id, kind]) => ({ id, kind })) }) as ProgramFile;
const PROGRAM = programOf(
  ['coach', 'coach'],
  ['principal', 'school'],
  ['team', 'team'],
  ['evaluator', 'vendor'],
);
/** In which several may hold the same role as the coach. */
const SHARING = programOf(['coach', 'school'], ['principal', 'school']);
const names = ['ann', 'bob', 'cy'];
const personOf = (name: string) => ({ id: `id-${name}`, name, email: `${name}@example.org` });
const people = new Map(names.map((name) => [`${name}@example.org`, personOf(name)]));
const knownWith = (held: Span[]): Known => ({
  organizations: new Map<string, Span['organization']>([
    ['s1', SCHOOL],
    ['s0', { kind: 'school', code: 's0' }],
    ['v1', { kind: 'vendor', code: 'v1' }],
  ]),
  closed: new Map([['s0', { closedOn: '2026-11-20', successor: 's1' }]]),
  people,
  held,
});

const held = (name: string, from: string, to: string | null = null, role = 'coach'): Span => ({
  ...{ id: `${name}-${from}`, organization: SCHOOL, role, person: personOf(name), from, to },
});
const line = (name: string, from: string, to: string | null = null, role = 'coach') => ({
  ...{ code: 's1', role, name, email: `${name}@example.org`, from, to },
});
const rows = (...lines: Omit<AssignmentLine, 'row'>[]): AssignmentLine[] =>
  lines.map((each, at) => ({ row: at + 2, ...each }));

const told = (lines: AssignmentLine[], before: Span[] = []) => {
  const { changes, unchanged, rejected } = planAssignments(lines, knownWith(before), PROGRAM);
  return {
    changes: changes.map(({ row, change, person, from, to }) => [
      row,
      change,
      person.name,
      from,
      to,
    ]),
    unchanged,
    rejected: rejected.map(({ row, code }) => [row, code]),
  };
};

describe('an organization has one coordinator at a time:', () => {
  test('the next one ends the one before', () => {
    expect(told(rows(line('bob', '2027-01-15')), [held('ann', '2026-10-01')])).toEqual({
      changes: [
        [2, 'ended', 'ann', '2026-10-01', '2027-01-14'],
        [2, 'created', 'bob', '2027-01-15', null],
      ],
      unchanged: 0,
      rejected: [],
    });
  });

  test('one file may tell of several, in any order', () => {
    const file = rows(
      line('bob', '2027-01-15'),
      line('cy', '2027-03-01'),
      line('ann', '2026-10-01'),
    );
    expect(told(file).changes).toEqual([
      [2, 'created', 'bob', '2027-01-15', '2027-02-28'],
      [3, 'created', 'cy', '2027-03-01', null],
      [4, 'created', 'ann', '2026-10-01', '2027-01-14'],
    ]);
  });

  test('an older file does not bring back the one before', () => {
    const after = [held('ann', '2026-10-01', '2027-01-14'), held('bob', '2027-01-15')];
    expect(told(rows(line('ann', '2026-10-01')), after)).toEqual({
      changes: [],
      unchanged: 1,
      rejected: [],
    });
  });

  test('one who begins earlier lasts until the other begins', () => {
    expect(told(rows(line('ann', '2026-10-01')), [held('bob', '2027-01-15')]).changes).toEqual([
      [2, 'created', 'ann', '2026-10-01', '2027-01-14'],
    ]);
  });

  test('a stated last day is not moved, nor can two begin on one day', () => {
    const stated = [held('ann', '2026-10-01', '2027-06-30')];
    expect(told(rows(line('bob', '2027-01-15')), stated).rejected).toEqual([[2, 'overlaps']]);
    expect(told(rows(line('bob', '2027-07-01')), stated).rejected).toEqual([]);
    const sameDay = rows(line('ann', '2026-10-01'), line('bob', '2026-10-01'));
    expect(told(sameDay).rejected).toEqual([[3, 'overlaps']]);
  });
});

test('other roles may be held by several', () => {
  const principals = [held('ann', '2026-10-01', null, 'principal')];
  expect(told(rows(line('bob', '2027-01-15', null, 'principal')), principals).changes).toEqual([
    [2, 'created', 'bob', '2027-01-15', null],
  ]);
});

test('a last day ends what is open, and contradicts another one', () => {
  const file = rows(line('ann', '2026-10-01', '2027-06-30', 'principal'));
  expect(told(file, [held('ann', '2026-10-01', null, 'principal')]).changes).toEqual([
    [2, 'ended', 'ann', '2026-10-01', '2027-06-30'],
  ]);
  const earlier = [held('ann', '2026-10-01', '2027-01-31', 'principal')];
  expect(told(file, earlier).rejected).toEqual([[2, 'to-differs']]);
  const open = rows(line('ann', '2026-10-01', null, 'principal'));
  expect(told(open, earlier).rejected).toEqual([[2, 'to-differs']]);
});

test('a vendor’s role is held at a vendor, and no other there', () => {
  const file = rows(
    { ...line('ann', '2026-10-01', null, 'evaluator'), code: 'v1' },
    line('bob', '2026-10-01', null, 'evaluator'),
    { ...line('cy', '2026-10-01', null, 'principal'), code: 'v1' },
  );
  const { changes, rejected } = told(file);
  expect(changes).toEqual([[2, 'created', 'ann', '2026-10-01', null]]);
  expect(rejected).toEqual([
    [3, 'misplaced-role'],
    [4, 'misplaced-role'],
  ]);
});

test('nobody holds one role there twice on a day', () => {
  const file = rows(
    line('ann', '2026-10-01', null, 'principal'),
    line('ann', '2026-12-01', null, 'principal'),
  );
  expect(told(file).rejected).toEqual([[3, 'overlaps']]);
});

test('at a school that has closed roles are told of as they were, and nobody is given one', () => {
  const at = (name: string, to: string | null) => ({
    ...line(name, '2026-10-01', to),
    code: 's0',
    role: 'team',
  });
  const { changes, rejected } = told(
    rows(at('ann', null), at('bob', '2026-11-20'), at('cy', '2026-11-19')),
  );
  expect(changes.map(([row]) => row)).toEqual([4]);
  expect(rejected).toEqual([
    [2, 'school-closed'],
    [3, 'school-closed'],
  ]);
});

describe('whatever a file says', () => {
  const dates = ['2026-10-01', '2026-11-01', '2026-12-01', '2027-01-01', '2027-02-01'];
  const anyLine = fc
    .record({
      name: fc.constantFrom(...names),
      role: fc.constantFrom('coach', 'principal'),
      days: fc.tuple(fc.nat(4), fc.option(fc.nat(4), { nil: null })),
    })
    .map(({ name, role, days: [a, b] }) => {
      const [from, to] = [Math.min(a, b ?? a), b === null ? null : Math.max(a, b)];
      return line(name, dates[from]!, to === null ? null : dates[to]!, role);
    });
  const keyOf = ({ role, email, from }: Omit<AssignmentLine, 'row'>) => role + email + from;
  const anyFile = fc
    .uniqueArray(anyLine, { selector: keyOf, maxLength: 8 })
    .map((lines) => rows(...lines));

  test('twice changes nothing, and two never meet who did not before', () => {
    let changed = 0;
    fc.assert(
      fc.property(fc.array(anyFile, { maxLength: 3 }), anyFile, (earlier, file) => {
        const before = earlier.reduce((held, each) => afterFile(held, each), [] as Span[]);
        const after = afterFile(before, file);
        changed += after.length - before.length;
        expect(planAssignments(file, knownWith(after), PROGRAM).changes).toEqual([]);
        expect(meetings(after)).toEqual([]);
      }),
      { numRuns: 2_000 },
    );
    expect(changed).toBeGreaterThan(1_000);
  });

  test('twice changes nothing, also where the coordinators met before', () => {
    let met = 0;
    fc.assert(
      fc.property(anyFile, anyFile, (earlier, file) => {
        const before = afterFile([], earlier, SHARING);
        const after = afterFile(before, file);
        met += meetings(before).length;
        expect(planAssignments(file, knownWith(after), PROGRAM).changes).toEqual([]);
        expect(meetings(after).length).toBeLessThanOrEqual(meetings(before).length);
      }),
      { numRuns: 2_000 },
    );
    expect(met).toBeGreaterThan(1_000);
  });

  /** What is held once the good rows of a file are taken. */
  function afterFile(before: Span[], file: AssignmentLine[], program = PROGRAM): Span[] {
    const { changes, unchanged, rejected } = planAssignments(file, knownWith(before), program);
    const created = changes.filter(({ change }) => change === 'created');
    const ended = new Map(
      changes.flatMap(({ change, id, to }) => (change === 'ended' ? [[id, to]] : [])),
    );
    expect(created.length + unchanged + rejected.length).toBeLessThanOrEqual(file.length);
    return [
      ...before.map((span) => (ended.has(span.id) ? { ...span, to: ended.get(span.id)! } : span)),
      ...created.map(({ row, change, ...span }) => ({
        ...span,
        id: `${span.role}-${span.person.name}-${span.from}`,
      })),
    ];
  }

  function meetings(spans: Span[]): [Span, Span][] {
    return spans.flatMap((a, at) =>
      spans
        .slice(at + 1)
        .filter((b) => a.role === b.role)
        .filter((b) => a.role === 'coach' || a.person.email === b.person.email)
        .filter((b) => (b.to === null || a.from <= b.to) && (a.to === null || b.from <= a.to))
        .map((b): [Span, Span] => [a, b]),
    );
  }
});
