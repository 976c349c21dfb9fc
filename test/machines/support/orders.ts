import type { Happening, Kind } from './years.ts';

/**
 * The orders of the planning year, forbidden and free ones, written from the domain's own sentences and
 * from the source table. It knows neither charts nor rules, only what was tried, when, and whether it
 * happened.
 */
export function faults(happened: readonly Happening[]): string[] {
  const seen = new Map<string, string>();
  return happened.flatMap((happening) => {
    const { type, on, how } = happening;
    const found = isRefusal(how)
      ? refusedWrongly(happening, seen)
      : happening.stood
        ? misfits(happening.school, happening.stood)
        : [...ordersBroken(happening, seen), ...leftOut(happening, seen)];
    if (!isRefusal(how)) {
      // What is returned has to be done anew.
      for (const undone of undoneBy[type] ?? []) seen.delete(undone);
      seen.set(type, on);
    }
    return found.map((sentence) => `${on} ${type}: ${sentence}`);
  });
}

/** What can still be done in a year in which all is done: somebody may take back a report's absence. */
export function waysBack(happened: readonly Happening[]): string[] {
  const last = (region: string) =>
    happened.findLast(({ type, how }) => type.startsWith(`${region}.`) && !isRefusal(how))?.type;
  return Object.keys(quarters).flatMap((region) =>
    last(region) === `${region}.noGrant` ? [`${region}.reopened`] : [],
  );
}

const isRefusal = (how: Happening['how']) => how === 'refusedByRule' || how === 'refusedByState';

function ordersBroken(
  { school, type, on, how }: Happening,
  seen: ReadonlyMap<string, string>,
): string[] {
  const broken: string[] = [];
  const demand = (holds: boolean, sentence: string) => {
    if (!holds) broken.push(sentence);
  };
  const [region = '', act = ''] = type.split('.');
  const quarter = quarters[region];

  if (type !== 'designation.released' && !heedsNoRelease.test(type))
    demand(seen.has('designation.released'), 'nothing before the designation is released');
  if (how === 'byItself') demand(comesByItself.test(type), 'nobody has said so');
  for (const earlier of needs[type] ?? []) demand(seen.has(earlier), `not before ${earlier}`);

  if (type === 'iqfsr.exempted') demand(school.cps === true, 'only CPS schools are exempt');
  else if (region === 'iqfsr') demand(school.cps !== true, 'CPS schools are exempt');
  if (type === 'iqfsr.introduced') demand(school.cps === false, 'nobody knows whether it applies');
  if (type === 'resourceAllocationReview.passedBy')
    demand(school.resourceAllocationReview === false, 'ISBE has not passed the district over');
  if (type === 'resourceAllocationReview.selected')
    demand(school.resourceAllocationReview !== false, 'ISBE has passed the district over');
  if (type === 'resourceAllocationReview.takenIn')
    demand(school.resourceAllocationReview === true, 'the designation does not name the district');
  if (type === 'resourceAllocationReview.reconsidered')
    demand(school.resourceAllocationReview === null, 'the designation says who is selected');

  if (quarter) {
    demand(on > quarter.ends, 'the quarter is not over');
    if (act === 'reopened') demand(seen.has(`${region}.noGrant`), 'nobody said so before');
  }
  return broken;
}

/** What must have come by itself before anybody could send something. */
function leftOut({ type, on, how }: Happening, seen: ReadonlyMap<string, string>): string[] {
  if (how !== 'sent' || type === 'designation.released') return [];
  const overdue = Object.entries(quarters).filter(
    ([region, { ends }]) => on > ends && !seen.has(`${region}.quarterClosed`),
  );
  return [
    ...overdue.map(([region]) => `the quarter of ${region} is over and has not closed`),
    ...(seen.has('sip.draftingOpened') ? [] : ['the plan does not open with the release']),
  ];
}

/** A rule refuses only what an order forbids, and what waits for nothing more is never refused. */
function refusedWrongly(happening: Happening, seen: ReadonlyMap<string, string>): string[] {
  const { type, how } = happening;
  const isForbidden = ordersBroken(happening, seen).length > 0;
  const order = free[type];
  const isFree =
    order?.after.every((earlier) => seen.has(earlier)) &&
    !order.until.some((later) => seen.has(later));
  return [
    ...(how === 'refusedByRule' && !isForbidden ? ['refused, though no order forbids it'] : []),
    ...(isFree ? ['refused, though it waits for nothing more'] : []),
  ];
}

/** Regions that a correction has left where no school of its kind can stand. */
function misfits(school: Kind, { fact, before, after }: NonNullable<Happening['stood']>): string[] {
  const broken: string[] = [];
  const { iqfsr, resourceAllocationReview: review } = after;
  if (school.cps === true && !['exempt', 'enteredInIwas'].includes(iqfsr!))
    broken.push(`a CPS school whose IQFSR stands at ${iqfsr}`);
  if (school.cps !== true && iqfsr === 'exempt') broken.push('exempt, though not known as CPS');
  if (fact !== 'resourceAllocationReview') return broken;
  const was = before.resourceAllocationReview;
  if (school[fact] === true && was === 'notSelected' && review !== 'selected')
    broken.push(`selected after all, but ${review}`);
  if (school[fact] === false && review === 'selected') broken.push('selected, but is not');
  if (school[fact] === null && review === 'notSelected') broken.push('passed over by nobody');
  return broken;
}

/** The date or a condition of the school brings these, whether or not there has been a release. */
const heedsNoRelease = /^(iqfsr\.(exempted|exemptionEnded)|qer[234]\.quarterClosed)$/;

/** Nothing else follows from a date, or from a tick that nobody made. */
const comesByItself =
  /^(iqfsr\.(exempted|exemptionEnded)|qer[234]\.quarterClosed|sip\.draftingOpened|resourceAllocationReview\.(passedBy|takenIn|reconsidered))$/;

const quarters: Record<string, { ends: string }> = {
  qer2: { ends: '2026-12-31' },
  qer3: { ends: '2027-03-31' },
  qer4: { ends: '2027-06-30' },
};

const needs: Record<string, string[]> = {
  'orientation.introduced': ['designation.coordinatorMet'],
  'needsAssessment.reportIssued': ['needsAssessment.contractSigned'],
  'rootCause.conducted': ['rootCause.meetingSet'],
  'rootCause.prioritiesNamed': ['needsAssessment.reportIssued', 'rootCause.conducted'],
  'sip.completed': ['rootCause.prioritiesNamed'],
  'sip.readyForBoard': ['sip.completed'],
  'sip.putBeforeBoard': ['sip.completed', 'sip.readyForBoard'],
  'sip.approved': ['sip.completed', 'sip.putBeforeBoard'],
  'planningGrant.approved': ['planningGrant.submitted'],
  'implementationGrant.approved': ['implementationGrant.submitted'],
  'implementationGrant.finalSubmitted': ['implementationGrant.approved'],
  'planningYearReport.approved': ['planningYearReport.submitted'],
  'learningPartner.contractScheduled': ['learningPartner.identified'],
  'learningPartner.contractApproved': ['learningPartner.contractScheduled'],
  'iqfsr.enteredInIwas': ['iqfsr.consensusReached'],
};

const undoneBy: Record<string, string[]> = {
  'iqfsr.exemptionEnded': ['iqfsr.consensusReached', 'iqfsr.enteredInIwas'],
  'sip.returned': ['sip.completed', 'sip.readyForBoard', 'sip.putBeforeBoard'],
  'planningGrant.returned': ['planningGrant.submitted'],
  'qer2.reopened': ['qer2.noGrant'],
  'qer3.reopened': ['qer3.noGrant'],
  'qer4.reopened': ['qer4.noGrant'],
  'planningYearReport.returned': ['planningYearReport.submitted'],
};

/** What the source lists side by side has no order: possible after the ones, until the others. */
const free: Record<string, { after: string[]; until: string[] }> = {
  'orientation.trained': {
    after: ['designation.released'],
    until: ['orientation.trained', 'orientation.informed'],
  },
  'orientation.informed': { after: ['designation.released'], until: ['orientation.informed'] },
  'needsAssessment.reportIssued': {
    after: ['needsAssessment.meetingsSet'],
    until: ['needsAssessment.reportIssued'],
  },
  'rootCause.conducted': { after: ['rootCause.meetingSet'], until: ['rootCause.conducted'] },
  ...Object.fromEntries(
    Object.keys(quarters).flatMap((region) => {
      const after = ['designation.released', `${region}.quarterClosed`];
      const until = [`${region}.submitted`, `${region}.noGrant`];
      return [
        [`${region}.submitted`, { after, until }],
        [`${region}.noGrant`, { after, until }],
        [`${region}.reopened`, { after: [`${region}.noGrant`], until: [] }],
      ];
    }),
  ),
};
