import { describe, expect, test } from '@jest/globals';
import { checkPack } from '../../calendar/check.ts';
import type { Pack } from '../../calendar/shape.ts';
import { machinesOf } from '../../machines/index.ts';
import type { Facts, ProgramMachines, Rule } from '../../machines/region.ts';
import { withEdges, withEvent, withRules } from '../machines/support/variants.ts';
import { pack, tasks } from './illinois.ts';
import { raised } from './raised.ts';

const machines = machinesOf('isbe-comprehensive')!;

/** The program with one task changed. */
const withTask = (id: string, change: object): Pack => {
  const copy = structuredClone(pack);
  const found = copy.months
    .flatMap(({ activities }) => activities.flatMap(({ tasks }) => tasks))
    .find((each) => each.id === id);
  Object.assign(found!, change);
  return copy;
};

describe('calendar and charts', () => {
  test('speak of the same events, states, roles, facts and dates', () => {
    expect(checkPack(pack, machines)).toEqual([]);
  });

  test('each act in the charts is brought about by the tasks of the parties to it', () => {
    const raisedBy = Object.groupBy(
      tasks.filter(({ raises }) => raises),
      ({ raises }) => raises!,
    );
    const found = Object.entries(raisedBy).map(([event, by]) => [event, by!.map(({ id }) => id)]);
    expect(Object.fromEntries(found)).toEqual(raised);
  });

  test.each([
    [{ raises: 'iqfsr.finished' }, 'raises "iqfsr.finished", which is no event of a region'],
    [{ raises: 'sip.draftingOpened' }, 'which the engine applies by itself'],
    [{ raises: 'qer2.submitted' }, 'which is not an act of the role "principal"'],
    [{ opensWhen: { rubric: 'done' } }, 'opens with region "rubric", which does not exist'],
    [{ opensWhen: { iqfsr: 'done' } }, 'opens with state "done", which region iqfsr does not have'],
    [{ region: 'rubric' }, 'is work of region "rubric", which does not exist'],
  ])('a task with %j is told', (change, told) => {
    expect(checkPack(withTask('jan-1/principal/2', change), machines)).toEqual([
      expect.stringMatching(new RegExp(`^Task jan-1/principal/2 .*${told}`)),
    ]);
  });

  test('a date, a fact or a role that the charts need and the program lacks is told', () => {
    const { quarter2Ends: _, ...dates } = pack.program.dates;
    const program = {
      ...pack.program,
      dates,
      facts: pack.program.facts.filter(({ id }) => id !== 'cps'),
      roles: pack.program.roles.filter(({ id }) => id !== 'slt'),
    };
    const told = checkPack({ ...pack, program }, machines).join('\n');
    expect(told).toContain('looks at the date "quarter2Ends"');
    expect(told).toContain('looks at the fact "cps"');
    expect(told).toContain('is an act of "slt", which is no role of the program');
  });

  describe('a state that does not apply is never reached by silence:', () => {
    const byItself = withEvent(machines, 'qer2.noGrant', { by: [], automatic: true });
    const guardedBy = (guard: string) =>
      withEdges(byItself, 'qer2', 'preparing', {
        'qer2.noGrant': { target: 'noApprovedGrant', guard },
      });
    const guardedAs = (holds: Rule['holds']) =>
      withRules(guardedBy('quarter2Closed'), { quarter2Closed: holds });
    const past = ({ today, dates }: Facts) => today > dates.quarter2Ends!;
    const refused = [
      'Event qer2.noGrant leads to "noApprovedGrant" by itself and from no fact of the school: make it somebody\'s act.',
    ];

    test.each<[string, ProgramMachines]>([
      [
        'without any guard',
        withEdges(byItself, 'qer2', 'preparing', { 'qer2.noGrant': 'noApprovedGrant' }),
      ],
      ['when a date has passed', guardedBy('quarter2Closed')],
      ['as long as a date has not passed', guardedAs((facts) => !past(facts))],
      ['when another region has come far enough', guardedBy('prioritiesNamed')],
      [
        'when a date has passed and nobody has ticked an approval',
        guardedAs((facts) => past(facts) && facts.regions.planningGrant !== 'approved'),
      ],
      [
        'when several regions stand where they may',
        guardedAs(
          ({ regions }) => regions.designation === 'coordinatorMet' && regions.sip === 'complete',
        ),
      ],
      [
        'while a fact of the school is unknown',
        guardedAs((facts) => facts.conditions.cps === null),
      ],
      [
        'from a fact, or else from a date',
        guardedAs((facts) => facts.conditions.cps === true || past(facts)),
      ],
    ])('an event that comes by itself %s is told', (_, charts) => {
      expect(checkPack(pack, charts)).toEqual(refused);
    });

    test.each<[string, ProgramMachines]>([
      ['a fact of the school', guardedBy('cpsSchool')],
      ['a fact and the state of a region', guardedBy('notSelectedForReview')],
      ['a fact and a date', guardedAs((facts) => past(facts) && facts.conditions.cps === false)],
    ])('one that follows from %s is not', (_, charts) => {
      expect(checkPack(pack, charts)).toEqual([]);
    });
  });

  test('the charts of another program are told', () => {
    expect(checkPack(pack, { ...machines, program: 'mo-csip-2017' })).toEqual([
      'The charts are those of mo-csip-2017, the calendar is that of isbe-comprehensive.',
    ]);
  });
});
