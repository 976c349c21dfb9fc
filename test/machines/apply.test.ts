import { describe, expect, test } from '@jest/globals';
import {
  advance,
  apply,
  initialRegions,
  isDone,
  possible,
  regionOf,
} from '../../machines/advance.ts';
import { machinesOf, programs } from '../../machines/index.ts';
import { machines, on, types, yearAt } from './support/given.ts';
import { withRules } from './support/variants.ts';
import { finish, kinds, openYear } from './support/years.ts';

test('a program is found by its name only', () => {
  expect(programs).toContain(machines);
  expect(machinesOf('no-such-program')).toBeUndefined();
  expect(machinesOf('constructor')).toBeUndefined();
});

describe('an event that somebody sends', () => {
  test('moves its own region and leaves the given record alone', () => {
    const before = yearAt({ needsAssessment: 'dataAnalysed' });
    const outcome = apply(
      machines,
      before,
      { type: 'needsAssessment.reportIssued' },
      on('2027-05-10'),
    );
    expect(outcome).toEqual({
      ok: true,
      regions: { ...before, needsAssessment: 'reportIssued' },
      transition: {
        type: 'needsAssessment.reportIssued',
        region: 'needsAssessment',
        from: 'dataAnalysed',
        to: 'reportIssued',
      },
    });
    expect(before.needsAssessment).toBe('dataAnalysed');
  });

  test.each([
    'sip.adopted',
    'sip',
    '',
    'constructor',
    '__proto__',
    'sip.constructor',
    'xstate.init',
  ])('is refused as unknown when no region has it: "%s"', (type) => {
    expect(apply(machines, yearAt(), { type }, on('2026-11-01'))).toEqual({
      ok: false,
      refusal: { kind: 'unknown', type },
    });
    expect(regionOf(machines, type)).toBeUndefined();
  });

  test('is refused when its region does not stand where it could leave from', () => {
    expect(apply(machines, yearAt(), { type: 'sip.approved' }, on('2027-07-01'))).toEqual({
      ok: false,
      refusal: { kind: 'state', type: 'sip.approved', region: 'sip', state: 'drafting' },
    });
  });

  test('is refused by a guard with the rule, its reason and what it waits for', () => {
    const regions = yearAt({ rootCause: 'conducted' });
    const event = { type: 'rootCause.prioritiesNamed' };
    expect(apply(machines, regions, event, on('2027-05-01'))).toEqual({
      ok: false,
      refusal: {
        kind: 'guard',
        type: 'rootCause.prioritiesNamed',
        region: 'rootCause',
        state: 'conducted',
        rule: 'reportIssued',
        reason: 'The final needs assessment report has not been issued yet.',
        waitsFor: ['needsAssessment.reportIssued'],
      },
    });
  });

  test('does not begin the IQFSR while nobody knows whether the school is a CPS school', () => {
    const unknown = on('2026-11-01', { cps: null });
    expect(apply(machines, yearAt(), { type: 'iqfsr.introduced' }, unknown)).toMatchObject({
      ok: false,
      refusal: { kind: 'guard', rule: 'releasedOutsideCps' },
    });
  });

  test('finds a stored year of another version out', () => {
    const { sip: _, ...without } = yearAt();
    expect(() => apply(machines, without, { type: 'sip.completed' }, on('2027-06-01'))).toThrow(
      'needs a migration',
    );
    const renamed = yearAt({ sip: 'adopted' });
    expect(() => apply(machines, renamed, { type: 'sip.completed' }, on('2027-06-01'))).toThrow(
      'no state "adopted"',
    );
  });
});

describe('what is possible now', () => {
  test.each(['2026-10-01', '2027-08-01'])(
    'before the release is the release alone, also on %s',
    (today) => {
      const { regions } = advance(machines, initialRegions(machines), on(today));
      expect(types(possible(machines, regions, on(today)))).toEqual(['designation.released']);
    },
  );

  test('is exactly what would be accepted, with the step that it makes', () => {
    const regions = yearAt({
      designation: 'coordinatorMet',
      sip: 'beforeBoard',
      qer2: 'preparing',
      rootCause: 'conducted',
    });
    const now = possible(machines, regions, on('2027-01-10'));
    expect(types(now)).toContain('sip.returned');
    expect(types(now)).toContain('qer2.submitted');
    expect(types(now)).not.toContain('rootCause.prioritiesNamed');
    for (const { type, region, from, to, spec } of now) {
      expect(spec.automatic).toBeUndefined();
      expect(apply(machines, regions, { type }, on('2027-01-10'))).toMatchObject({
        ok: true,
        transition: { type, region, from, to },
      });
    }
    for (const region of machines.regions)
      for (const type of Object.keys(region.events))
        if (!types(now).includes(type) && !region.events[type]!.automatic)
          expect(apply(machines, regions, { type }, on('2027-01-10')).ok).toBe(false);
  });

  test('is nothing once the year is done, and not before', () => {
    const year = openYear(machines, kinds[0]!, 0);
    expect(isDone(machines, year.regions)).toBe(false);
    expect(finish(year)).toBe(true);
    expect(isDone(machines, year.regions)).toBe(true);
    expect(possible(machines, year.regions, on('2027-08-01'))).toEqual([]);
    expect(isDone(machines, { ...year.regions, surveys: 'awaited' })).toBe(false);
  });
});

test('rules that are changed in a copy leave the program as it was', () => {
  const lax = withRules(machines, { reportIssued: () => true });
  const regions = yearAt({ rootCause: 'conducted' });
  const event = { type: 'rootCause.prioritiesNamed' };
  expect(apply(lax, regions, event, on('2027-05-01')).ok).toBe(true);
  expect(apply(machines, regions, event, on('2027-05-01')).ok).toBe(false);
});
