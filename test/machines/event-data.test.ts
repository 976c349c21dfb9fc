import { describe, expect, test } from '@jest/globals';
import { regionOf } from '../../machines/advance.ts';
import { machines, on, yearAt } from './support/given.ts';

const facts = (regions: Record<string, string>, today = '2027-01-10') => ({
  ...on(today),
  regions: yearAt(regions),
});
const spec = (type: string) => regionOf(machines, type)!.events[type]!;
const takes = (type: string, data: unknown) => spec(type).data!.schema.safeParse(data).success;

describe('a leadership team has people of the school and of the district', () => {
  const warn = (data: unknown) => spec('leadershipTeam.named').warn!(data, facts({}));

  test('one that lacks a side is accepted with advice', () => {
    expect(takes('leadershipTeam.named', { fromSchool: 5, fromDistrict: 0 })).toBe(true);
    expect(warn({ fromSchool: 5, fromDistrict: 0 })).toEqual([
      {
        code: 'team-without-district',
        detail: expect.stringContaining('nobody from the district'),
      },
    ]);
    expect(warn({ fromSchool: 0, fromDistrict: 0 })).toHaveLength(2);
  });

  test('one that has both needs none, and one that nobody describes may have either', () => {
    expect(warn({ fromSchool: 5, fromDistrict: 2 })).toEqual([]);
    expect(warn(undefined)).toEqual([
      { code: 'team-unknown', detail: expect.stringContaining('not said here who sits') },
    ]);
    expect(spec('leadershipTeam.named').data!.required).toBe(false);
  });

  test.each([
    [{ fromSchool: -1, fromDistrict: 1 }],
    [{ fromSchool: 1.5, fromDistrict: 1 }],
    [{ fromSchool: 3 }],
  ])('people are counted in whole numbers: %j is refused', (data) => {
    expect(takes('leadershipTeam.named', data)).toBe(false);
  });
});

describe('a plan is complete when somebody attests to it', () => {
  const attested = (link: unknown) => takes('sip.completed', { planHeldElsewhere: true, link });

  test('with a link to where it can be read', () => {
    expect(spec('sip.completed').data!.required).toBe(true);
    expect(attested('https://plans.example.org/sip')).toBe(true);
    expect(attested('http://plans.example.org/sip')).toBe(true);
  });

  test.each(['javascript:alert(1)', 'ftp://example.org/a', 'data:text/html,x', 'plans', '', null])(
    'and not with %j',
    (link) => {
      expect(attested(link)).toBe(false);
    },
  );

  test('an attestation that says no is none', () => {
    const link = 'https://plans.example.org/sip';
    expect(takes('sip.completed', { planHeldElsewhere: false, link })).toBe(false);
    expect(takes('sip.completed', { link })).toBe(false);
  });

  test('a link keeps no NUL, which a database refuses', () => {
    const data = { planHeldElsewhere: true, link: 'https://plans.example.org/a\u0000b' };
    const parsed = spec('sip.completed').data!.schema.safeParse(data);
    expect(JSON.stringify(parsed.data ?? null)).not.toContain('\\u0000');
  });
});

describe('learning partners', () => {
  const chosen = (partners: unknown) => takes('learningPartner.identified', { partners });

  test('there may be several, and naming them may be left out', () => {
    expect(chosen(['A', 'B'])).toBe(true);
    expect(chosen(Array(10).fill('A'))).toBe(true);
    expect(spec('learningPartner.identified').data!.required).toBe(false);
  });

  test.each([
    [[]],
    [Array(11).fill('A')],
    [['  ']],
    [['a\u0000b']],
    [['\ud800']],
    ['A'],
    [['A'.repeat(201)]],
  ])('refused: %j', (partners) => {
    expect(chosen(partners)).toBe(false);
  });
});

describe('what is accepted out of its usual order comes with advice', () => {
  const warned = (type: string, regions: Record<string, string>) =>
    spec(type).warn!(undefined, facts(regions, '2027-05-10')).map(({ code }) => code);

  test.each(['qer2', 'qer3', 'qer4'])(
    '%s, while no approval of the grant is on record',
    (report) => {
      const submitted = `${report}.submitted`;
      for (const planningGrant of ['notReleased', 'released', 'inPreparation', 'submitted'])
        expect(warned(submitted, { planningGrant })).toEqual(['grant-not-approved']);
      expect(warned(submitted, { planningGrant: 'approved' })).toEqual([]);
    },
  );

  test('a root cause analysis, before the final report', () => {
    for (const needsAssessment of ['notStarted', 'meetingsSet', 'dataAnalysed'])
      expect(warned('rootCause.conducted', { needsAssessment })).toEqual(['report-not-issued']);
    for (const needsAssessment of ['reportIssued', 'discussed'])
      expect(warned('rootCause.conducted', { needsAssessment })).toEqual([]);
  });

  test('and nothing else is warned of, each warning in whole sentences under a code of its own', () => {
    const warning = machines.regions.flatMap(({ events }) =>
      Object.keys(events).filter((type) => events[type]!.warn),
    );
    expect(warning).toEqual([
      'leadershipTeam.named',
      'qer2.submitted',
      'qer3.submitted',
      'qer4.submitted',
      'rootCause.conducted',
    ]);
    for (const type of warning)
      for (const { code, detail } of spec(type).warn!(
        { fromSchool: 0, fromDistrict: 0 },
        facts({}),
      )) {
        expect(code).toMatch(/^[a-z]+(-[a-z]+)+$/);
        expect(detail).toMatch(/^[A-Z].*\.$/);
      }
  });
});
