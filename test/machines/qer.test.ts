import { describe, expect, test } from '@jest/globals';
import { advance, apply, correct, possible } from '../../machines/advance.ts';
import { machines, on, types, yearAt } from './support/given.ts';
import { kinds } from './support/years.ts';

describe.each(['qer2', 'qer3', 'qer4'])('the report %s', (key) => {
  const { events, states } = machines.regions.find((region) => region.key === key)!;
  const after = on('2027-07-21');
  const send = (act: string, state: string, set: Record<string, string> = {}) => {
    const regions = yearAt({ [key]: state, ...set });
    const outcome = apply(machines, regions, { type: `${key}.${act}` }, after);
    return outcome.ok ? outcome.regions[key] : outcome.refusal;
  };

  test('may be submitted late, and whether or not the approval of the grant is on record', () => {
    for (const planningGrant of ['notReleased', 'submitted', 'approved'])
      expect(send('submitted', 'preparing', { planningGrant })).toBe('submitted');
  });

  test('is not asked for where the district, the coordinator or ISBE says so, and only then', () => {
    expect(states.noApprovedGrant!.doesNotApply).toBe(true);
    expect(events[`${key}.noGrant`]).toMatchObject({ by: ['district', 'coordinator', 'isbe'] });
    expect(events[`${key}.noGrant`]!.automatic).toBeUndefined();
    for (const planningGrant of ['notReleased', 'submitted', 'approved'])
      expect(send('noGrant', 'preparing', { planningGrant })).toBe('noApprovedGrant');
  });

  test('is asked for again when any of them takes it back, and by nothing else', () => {
    expect(events[`${key}.reopened`]).toMatchObject({
      by: ['district', 'coordinator', 'isbe'],
      returns: true,
    });
    expect(send('reopened', 'noApprovedGrant')).toBe('preparing');
    const saidSo = yearAt({ [key]: 'noApprovedGrant', planningGrant: 'approved' });
    for (const conditions of kinds) {
      const late = on('2099-12-31', conditions);
      expect(advance(machines, saidSo, late).regions[key]).toBe('noApprovedGrant');
      for (const fact of Object.keys(conditions))
        expect(correct(machines, saidSo, late, fact).regions[key]).toBe('noApprovedGrant');
    }
  });

  test('that is submitted is neither done away with nor asked for again', () => {
    const refused = { kind: 'state', region: key, state: 'submitted' };
    expect(send('noGrant', 'submitted')).toMatchObject(refused);
    expect(send('reopened', 'submitted')).toMatchObject(refused);
  });

  test('waits for the end of its quarter and for the release', () => {
    for (const act of ['submitted', 'noGrant']) {
      expect(send(act, 'quarterOpen')).toMatchObject({ kind: 'state', state: 'quarterOpen' });
      expect(send(act, 'preparing', { designation: 'awaiting' })).toMatchObject({
        kind: 'guard',
        rule: 'released',
        waitsFor: ['designation.released'],
      });
    }
    const unreleased = yearAt({ [key]: 'preparing', designation: 'awaiting' });
    expect(types(possible(machines, unreleased, after))).toEqual(['designation.released']);
  });
});
