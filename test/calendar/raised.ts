const acts = `
designation.released: oct-1/isbe/1
designation.letterReceived: oct-1/district/1, oct-1/principal/1
designation.coordinatorMet: nov-3/district/1, nov-3/principal/1
orientation.informed: may-2/coordinator/1
leadershipTeam.named: nov-4/district/2, nov-4/principal/2
leadershipTeam.compositionReviewed: nov-4/slt/1
leadershipTeam.beganWork: dec-1/coordinator/2, jan-1/coordinator/3, feb-1/coordinator/1, mar-1/coordinator/2, apr-1/coordinator/1
iqfsr.introduced: nov-4/district/3, nov-4/principal/3
iqfsr.facilitated: dec-1/district/2, dec-1/principal/2
iqfsr.consensusReached: jan-1/slt/1
iqfsr.enteredInIwas: jan-1/principal/2
needsAssessment.contractSigned: nov-5/district/1, nov-5/vendor/1
needsAssessment.meetingsSet: nov-5/district/2, nov-5/principal/1, nov-5/vendor/2, nov-5/vendor/3
needsAssessment.dataAnalysed: apr-3/district/1, apr-3/principal/1, apr-3/vendor/1
needsAssessment.reportIssued: may-1/vendor/1
needsAssessment.discussed: may-1/district/1, may-1/principal/1, may-1/slt/1
planningGrant.allocationsReleased: nov-6/isbe/1
planningGrant.preparationBegun: nov-6/district/1
planningGrant.submitted: dec-4/district/1
planningGrant.approved: dec-4/isbe/approve
qer2.submitted: jan-2/district/submit
qer3.submitted: apr-2/district/1
qer4.submitted: jun-4/district/1
resourceAllocationReview.selected: feb-2/isbe/1
resourceAllocationReview.dataSubmitted: feb-2/district/1
resourceAllocationReview.reportReceived: mar-4/isbe/1
resourceAllocationReview.reviewed: mar-4/isbe/2, mar-4/district/2, mar-4/principal/2
stakeholderGroup.named: mar-1/district/1, mar-1/principal/1, mar-1/slt/1
rootCause.meetingSet: may-1/district/2, may-1/principal/2
rootCause.conducted: may-1/principal/conduct
rootCause.prioritiesNamed: may-1/district/3, may-1/principal/3
sip.completed: jun-1/principal/2
sip.readyForBoard: jul-1/district/1, jul-1/principal/1
sip.putBeforeBoard: jul-1/district/board
sip.approved: jul-1/district/vote
implementationGrant.released: may-3/isbe/1
implementationGrant.draftingBegun: may-3/district/1
implementationGrant.submitted: jun-3/district/submit
implementationGrant.approved: jul-2/coordinator/1
implementationGrant.finalSubmitted: jul-2/district/1
planningYearReport.submitted: jun-3/principal/1
planningYearReport.approved: jun-3/district/1
learningPartner.identified: jul-2/district/2, jul-2/principal/1, jul-2/slt/1
learningPartner.contractScheduled: jul-3/district/1
learningPartner.contractApproved: jul-3/district/approve
surveys.progressSent: mar-2/coordinator/1
surveys.annualCompleted: may-4/district/1, may-4/principal/1
`;

/** The tasks whose doing is the act, by the event that it brings about: the last of them raises it, of the monthly guidance any. */
export const raised = Object.fromEntries(
  acts
    .trim()
    .split('\n')
    .map((line) => {
      const [event = '', ids = ''] = line.split(': ');
      return [event, ids.split(', ')];
    }),
);
