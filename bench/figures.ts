import type { Group } from './figure.ts';
import { digests } from './figures/digest.ts';
import { feeds } from './figures/feed.ts';
import { mails } from './figures/mail.ts';
import { openings } from './figures/open.ts';
import { policy } from './figures/policy.ts';
import { reads } from './figures/reads.ts';
import { simulation } from './figures/simulate.ts';
import { summaries } from './figures/summary.ts';
import { sweeps } from './figures/sweep.ts';
import { transitions } from './figures/transition.ts';
import { transitionsOverHttp } from './figures/transition-http.ts';

/** Every figure, in the order of the table. */
export const groups: readonly Group[] = [
  transitions,
  transitionsOverHttp,
  reads,
  summaries,
  policy,
  sweeps,
  mails,
  digests,
  feeds,
  openings,
  simulation,
];
