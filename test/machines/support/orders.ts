import type { Accepted, Kind } from './years.ts';

/**
 * The forbidden orders of the planning year, written from the domain's own sentences and from the
 * source table. It knows neither charts nor rules, only what was accepted and when.
 */
export function faults(accepted: readonly Accepted[]): string[] {
  const seen = new Map<string, string>();
  return accepted.flatMap(({ type, on, school, stood }) => {
    const found = stood ? misfits(school, stood) : ordersBroken(school, type, on, seen);
    // What is returned has to be done anew.
    for (const undone of undoneBy[type] ?? []) seen.delete(undone);
    seen.set(type, on);
    return found.map((sentence) => `${on} ${type}: ${sentence}`);
  });
}

function ordersBroken(
  school: Kind,
  type: string,
  on: string,
  seen: ReadonlyMap<string, string>,
): string[] {
  const broken: string[] = [];
  const demand = (holds: boolean, sentence: string) => {
    if (!holds) broken.push(sentence);
  };
  const [region = '', act = ''] = type.split('.');
  const quarter = quarters[region];

  if (type !== 'designation.released' && !broughtByTime.test(type))
    demand(seen.has('designation.released'), 'nothing before the designation is released');
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
  if (region === 'sip') demand(seen.has('rootCause.prioritiesNamed'), 'no plan before priorities');

  if (quarter) {
    const approvedOn = seen.get('planningGrant.approved');
    demand(on > quarter.ends, 'the quarter is not over');
    if (act === 'submitted')
      demand(!!approvedOn && approvedOn <= quarter.due, 'no report for a grant not approved');
    if (act === 'noGrant')
      demand(!approvedOn && on > quarter.due, 'the grant is approved or may still be');
  }
  return broken;
}

/** Regions that a correction has left where no school of its kind can stand. */
function misfits(school: Kind, { fact, before, after }: NonNullable<Accepted['stood']>): string[] {
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

const broughtByTime = /^(iqfsr\.(exempted|exemptionEnded)|qer[234]\.(quarterClosed|noGrant))$/;

const quarters: Record<string, { ends: string; due: string }> = {
  qer2: { ends: '2026-12-31', due: '2027-01-20' },
  qer3: { ends: '2027-03-31', due: '2027-04-20' },
  qer4: { ends: '2027-06-30', due: '2027-07-20' },
};

const needs: Record<string, string[]> = {
  'orientation.introduced': ['designation.coordinatorMet'],
  'needsAssessment.reportIssued': ['needsAssessment.contractSigned'],
  'rootCause.conducted': ['needsAssessment.reportIssued'],
  'rootCause.prioritiesNamed': ['needsAssessment.reportIssued', 'rootCause.conducted'],
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
  'planningYearReport.returned': ['planningYearReport.submitted'],
};
