import { sql } from 'kysely';
import { newId } from '../ids.ts';

/**
 * A UUIDv7 of this instant for every row of one select, made in the database: the random bits are
 * shared by its rows, which are counted in the last 32 (RFC 9562, section 6.2).
 */
export function newIds(now: Date) {
  const shared = newId(now).slice(0, -8);
  return sql<string>`(${shared}::text || lpad(to_hex(row_number() over ()), 8, '0'))::uuid`;
}
