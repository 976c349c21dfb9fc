import type { Pack } from '../../calendar/shape.ts';
import type { DirectoryEntry } from '../schools/read-directory.ts';
import { districtOf, inventedCode } from './codes.ts';
import { drawsOf } from './draws.ts';

/**
 * Invented schools: those of the program's demonstration, a few of each district in turn, since
 * their codes show the program's conditions; then as many more as are wanted.
 */
export function inventSchools(pack: Pack, count: number, seed: number): DirectoryEntry[] {
  const known = demonstration(pack).slice(0, count);
  return [...known, ...further(pack, count - known.length, seed)];
}

function demonstration({ demo, program }: Pack): DirectoryEntry[] {
  if (!demo) return [];
  const districts = new Map(demo.districts.map((district) => [district.code, district]));
  const schools = demo.schools.map(({ code, name, schoolType, grades, enrollment }) => {
    const districtCode = districtOf(program.directory, code);
    const { name: districtName, city, county } = districts.get(districtCode)!;
    return { code, districtCode, districtName, name, city, county, schoolType, grades, enrollment };
  });
  return inTurn([...Map.groupBy(schools, ({ districtCode }) => districtCode).values()]);
}

/** The first of each group, then the second of each, and so on. */
const inTurn = <T>(groups: T[][]): T[] =>
  Array.from({ length: Math.max(0, ...groups.map(({ length }) => length)) }, (_, at) =>
    groups.flatMap((group) => group.slice(at, at + 1)),
  ).flat();

function further({ program }: Pack, count: number, seed: number): DirectoryEntry[] {
  const schools: DirectoryEntry[] = [];
  for (let district = 1; schools.length < count; district += 1) {
    const size = drawsOf(seed, 'district', String(district)).between(1, LARGEST_DISTRICT);
    for (let school = 1; school <= size && schools.length < count; school += 1) {
      const code = inventedCode(program.directory, district, school);
      schools.push({
        code,
        districtCode: districtOf(program.directory, code),
        districtName: `Example District ${district} (simulation)`,
        name: `Example School ${district}-${school} (simulation)`,
        city: `Example ${district}`,
        county: `Example County ${district}`,
        schoolType: 'School',
        grades: 'K - 8',
        enrollment: null,
      });
    }
  }
  return schools;
}

const LARGEST_DISTRICT = 7;
