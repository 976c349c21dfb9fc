import type { DirectoryEntry } from '../schools/read-directory.ts';
import type { Person, Post } from './people.ts';

/** Who answers for what on which day. */
export interface Roster {
  /** Who holds the role for the school on that day and is there; undefined: nobody. */
  atWork(school: DirectoryEntry, role: string, on: string): Person | undefined;
  /** Whether anybody holds the role for the school on that day, there or not. */
  isHeld(school: DirectoryEntry, role: string, on: string): boolean;
  /** Who will answer for work due on that day; the next one where the post is vacant then. */
  answersFor(school: DirectoryEntry, role: string, on: string): Person | undefined;
}

export function rosterOf(posts: readonly Post[]): Roster {
  const at = new Map<string, Post[]>();
  for (const post of posts)
    for (const { kind, code } of post.organizations) {
      const place = `${post.role} ${kind === 'state' ? '' : code}`;
      at.set(place, [...(at.get(place) ?? []), post]);
    }
  const postsOf = ({ code, districtCode }: DirectoryEntry, role: string): Post[] =>
    [code, districtCode, ''].flatMap((place) => at.get(`${role} ${place}`) ?? []);

  const holders = (school: DirectoryEntry, role: string, on: string): Person[] =>
    postsOf(school, role)
      .flatMap(({ tenures }) => tenures)
      .filter(({ from, to }) => from <= on && (to === null || on <= to))
      .map(({ person }) => person);

  return {
    atWork: (school, role, on) =>
      holders(school, role, on).find(
        ({ absences }) => !absences.some(([from, to]) => from <= on && on <= to),
      ),
    isHeld: (school, role, on) => holders(school, role, on).length > 0,
    answersFor: (school, role, on) =>
      postsOf(school, role)[0]?.tenures.find(({ to }) => to === null || on <= to)?.person,
  };
}
