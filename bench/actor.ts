import { actorWith } from '../src/actor.ts';

/** Whoever the measurements act as. */
export const ACTOR = actorWith('bench', {
  kind: 'coach',
  role: 'coordinator',
  program: null,
  scope: { all: true },
});
