import type { Region } from '../region.ts';
import { charts, grantApproved, type Quarter } from './rules.ts';

/**
 * The quarterly expenditure report on one quarter. The source asks for it without a condition, so it
 * never falls away by itself: that there is nothing to report is somebody's word, and can be taken back.
 */
export function qer(quarter: Quarter): Region {
  const key = `qer${quarter}`;
  return {
    key,
    title: `Quarterly expenditure report, ${ordinals[quarter]} quarter`,
    chart: charts.createMachine({
      id: key,
      initial: 'quarterOpen',
      states: {
        quarterOpen: {
          on: {
            [`${key}.quarterClosed`]: {
              target: 'preparing',
              guard: `quarter${quarter}Closed` as const,
            },
          },
        },
        preparing: {
          on: {
            [`${key}.submitted`]: { target: 'submitted', guard: 'released' },
            [`${key}.noGrant`]: { target: 'noApprovedGrant', guard: 'released' },
          },
        },
        submitted: { type: 'final' },
        noApprovedGrant: { type: 'final', on: { [`${key}.reopened`]: 'preparing' } },
      },
    }),
    states: {
      quarterOpen: { title: 'Quarter under way' },
      preparing: { title: 'Report in preparation' },
      submitted: { title: 'Submitted' },
      noApprovedGrant: { title: 'No approved grant to report on', doesNotApply: true },
    },
    events: {
      [`${key}.quarterClosed`]: { title: 'Quarter ended', by: [], automatic: true },
      [`${key}.submitted`]: {
        title: 'Quarterly expenditure report submitted',
        by: ['district'],
        warn: (_, facts) => (grantApproved(facts) ? [] : [NO_APPROVAL]),
      },
      [`${key}.noGrant`]: {
        title: 'Nothing to report in this quarter',
        by: ['district', 'coordinator', 'isbe'],
      },
      [`${key}.reopened`]: {
        title: 'Report asked for after all',
        by: ['district', 'coordinator', 'isbe'],
        returns: true,
      },
    },
  };
}

const NO_APPROVAL = {
  code: 'grant-not-approved',
  detail:
    'No approval of the planning grant is on record. The report counts all the same; see that the approval is recorded.',
};

const ordinals = { 2: 'second', 3: 'third', 4: 'fourth' };
