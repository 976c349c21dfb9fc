import { describe, expect, test } from '@jest/globals';
import { pack } from './illinois.ts';

const { program } = pack;
const demo = pack.demo!;
const district = (code: string) => new RegExp(program.directory.districtPattern).exec(code)![1]!;
const active = demo.schools.filter(({ year }) => year && year.standing !== 'done');

const vendorsOf = (school: string) =>
  demo.vendors
    .filter(({ districts }) => districts.includes(district(school)))
    .map(({ code }) => code);

/** Whether somebody has the role for the school, its district or the state, or by a contract. */
const answered = (role: string, school: string) =>
  demo.people.some(({ assignments }) =>
    assignments.some(
      ({ role: held, organization: { code } }) =>
        held === role &&
        [program.agency.code, district(school), school, ...vendorsOf(school)].includes(code),
    ),
  );

describe('the demonstration', () => {
  test('has schools of every standing, and some that only stand in the directory', () => {
    expect(demo.districts).toHaveLength(4);
    expect(demo.schools).toHaveLength(16);
    expect(active).toHaveLength(12);
    expect(new Set(active.map(({ year }) => year!.standing))).toEqual(
      new Set(['prompt', 'late', 'justReleased']),
    );
    expect(demo.schools.filter(({ year }) => year?.standing === 'done')).toHaveLength(1);
    expect(demo.schools.filter(({ year }) => !year)).toHaveLength(3);
  });

  test('has four CPS schools with a year, by the code that spares them the IQFSR', () => {
    const cps = new RegExp(program.facts.find(({ id }) => id === 'cps')!.codePattern!);
    expect(demo.schools.filter(({ code, year }) => year && cps.test(code))).toHaveLength(4);
  });

  test('is seen to be invented: names say so, and there are no regions 98 and 99', () => {
    for (const { name } of [...demo.districts, ...demo.schools, ...demo.vendors])
      expect(name).toMatch(/^Example .*\(demonstration\)$/);
    for (const { code } of [...demo.districts, ...demo.schools]) expect(code).toMatch(/^9[89]-/);
    for (const { email } of demo.people) expect(email).toMatch(/\.invalid$/);
  });

  test('someone answers for every role of every school, but for the one gap left on purpose', () => {
    const gaps = demo.schools.flatMap(({ name, code }) =>
      program.roles.filter(({ id }) => !answered(id, code)).map(({ id }) => `${id} of ${name}`),
    );
    expect(gaps).toEqual(['slt of Example Bluegill Middle School (demonstration)']);
  });

  test('a district is selected for the resource review as a whole or not at all', () => {
    const said = new Map<string, unknown>();
    for (const { code, year } of demo.schools) {
      if (!year) continue;
      const selected = year.facts.resourceAllocationReview;
      if (said.has(district(code))) expect(selected).toBe(said.get(district(code)));
      said.set(district(code), selected);
    }
    expect(new Set(said.values())).toEqual(new Set([true, false, null]));
  });
});

describe('codes', () => {
  test.each([
    ['01-001-0010-26-0001', '01-001-0010-26'],
    ['15-016-299C-25-900C', '15-016-299C-25'],
    ['99-903-003A-26-2001', '99-903-003A-26'],
  ])('%s names a school, its first four parts the district', (code, expected) => {
    expect(code).toMatch(new RegExp(program.directory.codePattern));
    expect(district(code)).toBe(expected);
  });

  test.each([
    '15-016-2990-25',
    '150162990250001',
    '15-016-2990-25-00011',
    ' 15-016-2990-25-0001',
    '15-016-299c-25-0001',
  ])('"%s" names none', (code) =>
    expect(code).not.toMatch(new RegExp(program.directory.codePattern)),
  );
});
