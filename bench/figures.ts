import type { Group } from './figure.ts';
import { reads } from './figures/reads.ts';
import { transitions } from './figures/transition.ts';
import { transitionsOverHttp } from './figures/transition-http.ts';

/** Every figure, in the order of the table. */
export const groups: readonly Group[] = [transitions, transitionsOverHttp, reads];
