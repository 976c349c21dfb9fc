import { z } from 'zod';

/**
 * A backup is gzip over lines of JSON:
 *
 * 1. the {@link Header};
 * 2. for every table, in an order in which they can be loaded, a {@link Section} and then a line for
 *    each row: an array with a string for each of the header's columns, PostgreSQL's own text of the
 *    value (ISO dates, UTC, hexadecimal bytes), or null;
 * 3. the {@link Trailer};
 * 4. a {@link Seal} over every byte before its line, signed by the installation that wrote it.
 *
 * A reader refuses a format number that it does not know. The schema that the rows belong to is that
 * of the header's migrations, so it is not told again.
 */
export const FORMAT = 1;

export const header = z.strictObject({
  planningYearBackup: z.literal(FORMAT),
  createdAt: z.iso.datetime(),
  /** Names of the migrations that had been applied, oldest first. */
  migrations: z.array(z.string()).min(1),
  tables: z.array(z.strictObject({ name: z.string(), columns: z.array(z.string()) })),
  sequences: z.array(
    z.strictObject({ name: z.string(), lastValue: z.string(), isCalled: z.boolean() }),
  ),
});
export type Header = z.infer<typeof header>;

export const section = z.strictObject({ table: z.string() });
export type Section = z.infer<typeof section>;

export const trailer = z.strictObject({
  /** How many rows each table has. */
  rows: z.record(z.string(), z.int().nonnegative()),
  /** The log's last entry of every planning year, in the order of their ids. */
  heads: z.array(z.tuple([z.string(), z.int(), z.string()])),
});
export type Trailer = z.infer<typeof trailer>;
export type Head = Trailer['heads'][number];

const signature = z.strictObject({
  /** The installation's public key, SPKI in base64. */
  key: z.string(),
  /** Ed25519, in base64. */
  signature: z.string(),
});
export type Signature = z.infer<typeof signature>;

export const seal = z.strictObject({
  sha256: z.string(),
  /** Who wrote it; releases before this one did not sign. */
  signed: signature.optional(),
});
export type Seal = z.infer<typeof seal>;

/** What tells another format number from a file that is no backup at all. */
export const anyFormat = z.looseObject({ planningYearBackup: z.int() });
