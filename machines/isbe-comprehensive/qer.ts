import type { Region } from '../region.ts';
import { charts, type Quarter } from './rules.ts';

/**
 * The quarterly expenditure report on one quarter. It is submitted for an approved grant only; when
 * its due date passes without one, the report falls away [derived].
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
            [`${key}.submitted`]: { target: 'submitted', guard: 'grantApproved' },
            [`${key}.noGrant`]: {
              target: 'noApprovedGrant',
              guard: `noGrantByQuarter${quarter}Due` as const,
            },
          },
        },
        submitted: { type: 'final' },
        noApprovedGrant: { type: 'final' },
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
      },
      [`${key}.noGrant`]: {
        title: 'Due date passed without an approved grant',
        by: [],
        automatic: true,
      },
    },
  };
}

const ordinals = { 2: 'second', 3: 'third', 4: 'fourth' };
