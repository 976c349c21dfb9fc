import type { Actor } from '../src/actor.ts';

/** Whoever the measurements act as. */
export const ACTOR: Actor = {
  id: 'bench',
  kind: 'coach',
  role: 'coordinator',
  program: null,
  scope: { all: true },
};
