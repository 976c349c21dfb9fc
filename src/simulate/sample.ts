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
import type { Person, Post } from './people.ts';
import type { SchoolYear } from './school-year.ts';
import type { Stage } from './stage.ts';

export interface Hands {
  one: Hand;
  wide: WideHand;
}

/**
 * The first schools are played through the API by whoever has a key, all others through the functions
 * that it calls.
 */
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
  const byApi = ({ school }: SchoolYear, person: Person) => sample.has(school) && keys.has(person);
  return {
    one: (following, person, command) =>
      (byApi(following, person) ? api : door)(following, person, command),
    wide: (act) => (byApi(act.following, act.person) ? wideApi(act) : wideDoor(act)),
  };
}

const SAMPLE = 2;
