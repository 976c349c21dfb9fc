import type { Pack, RoleKind } from '../../calendar/shape.ts';
import { addDays } from '../reminders/days.ts';
import type { DirectoryEntry } from '../schools/read-directory.ts';
import { type Draws, drawsOf } from './draws.ts';

/** How somebody keeps to a calendar; one who is `leaving` changes jobs in the course of the year. */
export type Character = 'prompt' | 'late' | 'absent' | 'leaving';

export interface Person {
  /** From 1 on, in the order of invention. */
  number: number;
  name: string;
  email: string;
  role: string;
  kind: RoleKind;
  organizations: Organization[];
  character: Character;
  /** First and last date of each absence. */
  absences: [from: string, to: string][];
}

/** One person's time in a post; `to` is the last day, null while nobody knows of an end. */
export interface Tenure {
  person: Person;
  from: string;
  to: string | null;
}

export interface Organization {
  kind: 'state' | 'district' | 'school';
  code: string;
}

/** A role for some organizations, held by one person after another, perhaps with a gap between. */
export interface Post {
  role: string;
  /** Where it has something to do. */
  organizations: Organization[];
  /** The vendor that the post is at: its contracts let it reach the organizations. */
  vendor: string | null;
  tenures: Tenure[];
}

export interface Period {
  /** The day since which people have held their posts. */
  since: string;
  first: string;
  last: string;
}

/** Invents everybody who has a part in the schools' year. */
export function inventPosts(
  pack: Pack,
  schools: readonly DirectoryEntry[],
  period: Period,
  seed: number,
): Post[] {
  let number = 0;
  const newcomer = (who: Omit<Person, 'number' | 'name' | 'email' | 'absences'>, draws: Draws) => {
    number += 1;
    return {
      ...who,
      number,
      name: `Person ${number} Example`,
      email: `${who.role}-${number}@simulation.example.invalid`,
      absences: who.character === 'absent' ? absences(period, draws) : [],
    };
  };
  return pack.program.roles.flatMap(({ id: role, kind }) =>
    placesOf(pack, kind, schools).map((organizations, seat): Post => {
      const draws = drawsOf(seed, 'post', role, String(seat), organizations[0]!.code);
      const character = kind === 'state' ? 'prompt' : characterOf(draws);
      const first = newcomer({ role, kind, organizations, character }, draws);
      const vendor = kind === 'vendor' ? `VENDOR-${seat + 1}` : null;
      const post = { role, organizations, vendor };
      if (character !== 'leaving')
        return { ...post, tenures: [{ person: first, from: period.since, to: null }] };
      const to = dateWithin(period, draws);
      const from = addDays(to, 1 + draws.between(0, LONGEST_GAP));
      const better = draws.chance(0.7) ? 'prompt' : 'late';
      const next = newcomer({ role, kind, organizations, character: better }, draws);
      const tenures = [
        { person: first, from: period.since, to },
        { person: next, from, to: null },
      ];
      return { ...post, tenures };
    }),
  );
}

const LONGEST_GAP = 35;
const DISTRICTS_A_COACH = 3;

/** The organizations of each post of a kind of role. */
function placesOf(
  pack: Pack,
  kind: RoleKind,
  schools: readonly DirectoryEntry[],
): Organization[][] {
  const districts = [...new Set(schools.map(({ districtCode }) => districtCode))].map(
    (code): Organization => ({ kind: 'district', code }),
  );
  const each = schools.map(({ code }): Organization[] => [{ kind: 'school', code }]);
  switch (kind) {
    case 'state':
      return [[{ kind: 'state', code: pack.program.agency.code }]];
    case 'coach':
      return chunks(districts, DISTRICTS_A_COACH);
    case 'local':
    case 'vendor':
    case 'board':
      return districts.map((district) => [district]);
    case 'school':
      return each;
    // Every other team has two people who get its mail.
    case 'team':
      return each.flatMap((school, at) => (at % 2 === 0 ? [school] : [school, school]));
    default:
      return kind satisfies never;
  }
}

const chunks = <T>(list: T[], size: number): T[][] =>
  Array.from({ length: Math.ceil(list.length / size) }, (_, at) =>
    list.slice(at * size, (at + 1) * size),
  );

function characterOf(draws: Draws): Character {
  const drawn = draws.next();
  return drawn < 0.6 ? 'prompt' : drawn < 0.78 ? 'late' : drawn < 0.89 ? 'absent' : 'leaving';
}

/** One or two absences of two to seven weeks. */
const absences = (period: Period, draws: Draws): [string, string][] =>
  Array.from({ length: draws.between(1, 2) }, () => {
    const from = dateWithin(period, draws);
    return [from, addDays(from, draws.between(14, 49))];
  });

/** Well within the period: neither in its first weeks nor in its last two months. */
function dateWithin({ first, last }: Period, draws: Draws): string {
  const days = (Date.parse(last) - Date.parse(first)) / 86_400_000;
  return addDays(first, draws.between(20, Math.max(20, days - 60)));
}
