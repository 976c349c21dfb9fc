import type { Db } from '../context.ts';
import { partId } from '../ids.ts';
import type { Played } from './play.ts';

/** Gives ids their stable names: what is random in a text goes, what it stands for stays. */
export type Renaming = (text: string) => string;

/** Years are named by their school, tasks by school and key, people and their keys by number. */
export async function renamingOf(db: Db, { years, people }: Played): Promise<Renaming> {
  const names = new Map<string, string>();
  for (const { school, year } of years) {
    names.set(year.row.id, school.code);
    for (const { key } of year.model.tasks)
      names.set(partId(year.row.id, key), `${school.code}/${key}`);
  }
  for (const [{ number }, id] of people) names.set(id, `person:${number}`);
  const keys = await db.selectFrom('apiKeys').select(['id', 'label']).execute();
  // Whoever acts with a key of their own is the same person as one who acts without.
  for (const { id, label } of keys) names.set(`key:${id}`, label);
  return (text) => text.replace(ID, (id) => names.get(id) ?? 'id');
}

const ID = /(?:key:)?[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;
