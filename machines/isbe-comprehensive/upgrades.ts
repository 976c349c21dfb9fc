import type { Upgrade } from '../region.ts';

/** What becomes of years that were written under earlier charts, oldest first. */
export const upgrades: readonly Upgrade[] = [
  {
    from: '2',
    to: '3',
    // A report fell away once its due date had passed without a tick of ISBE's approval.
    putRight: ({ region, event, automatic }) =>
      automatic && event === `${region}.noGrant` ? `${region}.reopened` : null,
  },
];
