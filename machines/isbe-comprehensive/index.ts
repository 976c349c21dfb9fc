import type { ProgramMachines } from '../region.ts';
import { designation } from './designation.ts';
import { implementationGrant } from './implementation-grant.ts';
import { iqfsr } from './iqfsr.ts';
import { leadershipTeam } from './leadership-team.ts';
import { learningPartner } from './learning-partner.ts';
import { needsAssessment } from './needs-assessment.ts';
import { orientation } from './orientation.ts';
import { planningGrant } from './planning-grant.ts';
import { planningYearReport } from './planning-year-report.ts';
import { qer } from './qer.ts';
import { resourceAllocationReview } from './resource-allocation-review.ts';
import { rootCause } from './root-cause.ts';
import { rules } from './rules.ts';
import { sip } from './sip.ts';
import { stakeholderGroup } from './stakeholder-group.ts';
import { surveys } from './surveys.ts';
import { upgrades } from './upgrades.ts';

/** Illinois' planning year of a comprehensive school: seventeen regions side by side. */
export const isbeComprehensive: ProgramMachines = {
  program: 'isbe-comprehensive',
  version: '3',
  regions: [
    designation,
    orientation,
    leadershipTeam,
    iqfsr,
    needsAssessment,
    planningGrant,
    qer(2),
    qer(3),
    qer(4),
    resourceAllocationReview,
    stakeholderGroup,
    rootCause,
    sip,
    implementationGrant,
    planningYearReport,
    learningPartner,
    surveys,
  ],
  rules,
  upgrades,
};
