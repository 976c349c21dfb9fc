import type { DirectoryEntry } from '../schools/read-directory.ts';
import {
  type Hand,
  throughApi,
  throughDoor,
  type WideHand,
  widely,
  widelyThroughApi,
} from './hands.ts';
import { keysOf } from './keys.ts';
import type { Post } from './people.ts';
import type { SchoolYear } from './school-year.ts';
import type { Stage } from './stage.ts';

export interface Hands {
  one: (following: SchoolYear) => Hand;
  wide: WideHand;
}

/** The first schools are played through the API, all others through the functions that it calls. */
export async function handsFor(
  stage: Stage,
  program: string,
  schools: readonly DirectoryEntry[],
  posts: readonly Post[],
): Promise<Hands> {
  const sample = new Set(schools.slice(0, SAMPLE));
  const keys = await keysOf(stage, program, [...sample], posts);
  const [api, door] = [throughApi(stage, keys), throughDoor(stage.ctx)];
  const [wideApi, wideDoor] = [widelyThroughApi(stage, keys), widely(stage.ctx)];
  return {
    one: ({ school }) => (sample.has(school) ? api : door),
    wide: (act) => (sample.has(act.following.school) ? wideApi(act) : wideDoor(act)),
  };
}

const SAMPLE = 2;
