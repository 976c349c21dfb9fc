import { inFile, type Mistake } from './mistake.ts';

const REGIONS = 'test/machines/regions.test.ts';
const QER = 'test/machines/qer.test.ts';
const ADVANCE = 'test/machines/advance.test.ts';
const APPLY = 'test/machines/apply.test.ts';
const REACH = 'test/machines/reach.test.ts';
const WAY = 'test/machines/way.test.ts';
const YEAR = 'test/machines/whole-year.test.ts';
const CONTRACT = 'test/machines/contract.test.ts';
const rules = inFile('machines/isbe-comprehensive/rules.ts', REGIONS, YEAR, QER, CONTRACT);
const qer = inFile('machines/isbe-comprehensive/qer.ts', QER, REGIONS, CONTRACT);
const sip = inFile(
  'machines/isbe-comprehensive/sip.ts',
  REGIONS,
  YEAR,
  CONTRACT,
  'test/machines/event-data.test.ts',
);
const advance = inFile('machines/advance.ts', ADVANCE, APPLY, YEAR);
const reach = inFile('machines/reach.ts', REACH, ADVANCE, YEAR);
const way = inFile('machines/way.ts', WAY, 'test/planning-years/take-over.test.ts');

/** The statecharts: what may follow what. */
export default [
  rules(
    'A school of which nobody knows begins the rubric',
    'released(facts) && facts.conditions.cps === false',
    'released(facts) && facts.conditions.cps !== true',
  ),
  rules(
    'Schools of Chicago begin the rubric',
    'released(facts) && facts.conditions.cps === false',
    'released(facts)',
  ),
  rules(
    'Any school is exempt',
    'holds: (facts) => facts.conditions.cps === true,',
    'holds: (facts) => facts.conditions.cps !== undefined,',
  ),
  rules(
    'A district is passed over that nobody has said so of',
    'facts.conditions.resourceAllocationReview === false',
    'facts.conditions.resourceAllocationReview !== true',
  ),
  rules(
    'A district is selected that nobody has said so of',
    'facts.conditions.resourceAllocationReview === true',
    'facts.conditions.resourceAllocationReview !== false',
  ),
  rules('A quarter is over on its last day', 'facts.today > date;', 'facts.today >= date;'),
  rules(
    'A date that nobody has set has passed',
    'return date !== undefined && facts.today > date;',
    'return date === undefined || facts.today > date;',
  ),
  rules(
    'A report that was discussed counts as not issued',
    "inState(facts, 'needsAssessment', 'reportIssued', 'discussed')",
    "inState(facts, 'needsAssessment', 'reportIssued')",
  ),
  rules(
    'Only the very day of the release counts',
    "inState(facts, 'designation', 'released', 'letterReceived', 'coordinatorMet')",
    "inState(facts, 'designation', 'released')",
  ),
  rules(
    'A grant that was applied for counts as approved',
    "inState(facts, 'planningGrant', 'approved')",
    "inState(facts, 'planningGrant', 'submitted', 'approved')",
  ),
  rules(
    'The plan is completed without priorities',
    "inState(facts, 'rootCause', 'prioritiesNamed')",
    "inState(facts, 'rootCause', 'prioritiesNamed', 'notStarted')",
  ),
  qer(
    'A report is never asked for after all',
    "noApprovedGrant: { type: 'final', on: { [`${key}.reopened`]: 'preparing' } },",
    "noApprovedGrant: { type: 'final' },",
  ),
  qer(
    'A report without an approval is not warned of',
    '(grantApproved(facts) ? [] : [NO_APPROVAL])',
    '[]',
  ),
  qer(
    'That there is nothing to report can be said by nobody but ISBE',
    "title: 'Nothing to report in this quarter',\n        by: ['district', 'coordinator', 'isbe'],",
    "title: 'Nothing to report in this quarter',\n        by: ['isbe'],",
  ),
  qer(
    'A quarter’s report is asked for while it lasts',
    'guard: `quarter${quarter}Closed` as const,',
    "guard: 'released',",
  ),
  sip(
    'The board approves a plan that is not before it',
    "beforeBoard: { on: { 'sip.approved': 'approved', 'sip.returned': 'drafting' } },",
    "beforeBoard: { on: { 'sip.approved': 'approved', 'sip.returned': 'drafting' } },\n      // ",
    {
      find: "readyForBoard: { on: { 'sip.putBeforeBoard': 'beforeBoard' } },",
      put: "readyForBoard: { on: { 'sip.putBeforeBoard': 'approved' } },",
    },
  ),
  sip(
    'A plan that comes back is complete',
    "'sip.returned': 'drafting'",
    "'sip.returned': 'complete'",
  ),
  sip(
    'A plan is complete without its priorities',
    "{ target: 'complete', guard: 'prioritiesNamed' }",
    "{ target: 'complete' }",
  ),
  sip('Nobody attests that the plan is complete', 'required: true,', 'required: false,'),
  sip(
    'Any address is one where the plan can be read',
    '{ protocol: /^https?$/, normalize: true }',
    '{ protocol: /^[a-z]+$/, normalize: true }',
    {
      tests: ['test/machines/event-data.test.ts', REGIONS],
      unnoticed: 'The pattern behind it asks for http or https once more.',
    },
  ),
  advance(
    'What follows from what follows does not',
    'for (let before = -1; before < applied.length; ) {',
    'for (let before = -1; before < 0; ) {',
  ),
  advance(
    'A guard sees the regions as they were',
    'const seen = { ...facts, regions: now };',
    'const seen = { ...facts, regions };',
  ),
  advance(
    'A correction opens again what would at once come back',
    'const applied = steps.filter(({ region, from }) => after[region] !== from);',
    'const applied = steps;',
    { tests: [ADVANCE, 'test/planning-years/corrections.test.ts'] },
  ),
  advance(
    'One region’s end ends the year',
    'machines.regions.every((region) => isFinal(',
    'machines.regions.some((region) => isFinal(',
  ),
  advance(
    'An event moves the regions that it was given',
    'return { ok: true, regions: { ...regions, [region.key]: to }, transition };',
    '(regions as Record<string, string>)[region.key] = to;\n  return { ok: true, regions, transition };',
  ),
  advance(
    'Why an event is refused is told as a wrong state',
    'if (!edge?.guard || !rule) return',
    'if (edge?.guard || !rule) return',
  ),
  advance(
    'An event of another region’s name is taken',
    'return region && Object.hasOwn(region.events, type) ? region : undefined;',
    'return region;',
    { tests: [APPLY, 'test/http/sweep.test.ts'] },
  ),
  reach(
    'A state that passes the school by counts as far',
    '&& !region.states[current]?.doesNotApply)',
    ')',
  ),
  reach(
    'What stands at a state has not come to it',
    'placeOf(region, current).state === state ||\n  ',
    '',
  ),
  reach(
    'Returns lead ahead',
    '!returns && whenCorrected === undefined',
    'whenCorrected === undefined',
  ),
  reach('Corrections lead ahead', '!returns && whenCorrected === undefined', '!returns'),
  reach(
    'What time brings can be sent by hand',
    'byRole: leaving.filter((type) => isByHand(region.events[type]!)),',
    'byRole: leaving,',
  ),
  way('A way leads through what does not apply', '&& !region.states[edge.to]?.doesNotApply', ''),
  way(
    'The first way is taken, not the shortest',
    'if (!ways.has(to)) ways.set(to, [...way, step]);',
    'ways.set(to, [...way, step]);',
    { tests: [WAY, 'test/planning-years/through.test.ts'] },
  ),
  way(
    'A rule that holds counts against a state',
    'rule && !rule.holds(facts) ? [...way, rule] : way',
    'rule ? [...way, rule] : way',
  ),
] satisfies Mistake[];
