import { sql } from 'kysely';

/** A UUIDv7 of this instant for every row, made in the database: `newId` of `src/ids.ts` for many. */
export function newIds(now: Date) {
  const hex = now.getTime().toString(16).padStart(12, '0');
  const time = `${hex.slice(0, 8)}-${hex.slice(8)}-7`;
  return sql<string>`(${time}::text || substr(gen_random_uuid()::text, 16))::uuid`;
}
