import { isNarrow } from '../policy/table.ts';
import { addDays } from '../reminders/days.ts';
import type { DirectoryEntry } from '../schools/read-directory.ts';
import { post } from './api.ts';
import { scopeOfAll } from './hands.ts';
import type { Person, Post } from './people.ts';
import type { Stage } from './stage.ts';

/**
 * Gives a key of their own to everybody who has a part in these schools' years, but for vendors: theirs
 * would stand for one contract, and they work for whole districts.
 */
export async function keysOf(
  stage: Stage,
  program: string,
  schools: readonly DirectoryEntry[],
  posts: readonly Post[],
): Promise<Map<Person, string>> {
  const codes = new Set(schools.flatMap(({ code, districtCode }) => [code, districtCode]));
  const keys = new Map<Person, string>();
  const today = stage.ctx.clock.now().toISOString().slice(0, 10);
  for (const { role, organizations, tenures } of posts) {
    if (!organizations.some(({ kind, code }) => kind === 'state' || codes.has(code))) continue;
    for (const { person } of tenures) {
      if (isNarrow(person.kind)) continue;
      const { key } = await post(stage, stage.adminKey, '/v1/keys', {
        role,
        program,
        scope: scopeOfAll(organizations),
        label: `simulated:${person.number}`,
        expiresOn: addDays(today, 360),
      });
      keys.set(person, String(key));
    }
  }
  return keys;
}
