import { z } from 'zod';

export const FORMAT = 'planning-year-audit/2';

/** Those of earlier releases can be verified as well; they tell less of whose a year is. */
export const FORMATS: readonly string[] = ['planning-year-audit/1', FORMAT];

const belongsTo = z.strictObject({
  program: z.string(),
  year: z.string(),
  organizationKind: z.enum(['school', 'district']),
  organizationCode: z.string(),
  districtCode: z.string(),
});

const hex = z.string().regex(/^[0-9a-f]{64}$/);
const seq = z.int();

/** The lines of an export, by their kind; {@link exportAudit} tells their order. */
export const line = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('header'),
    format: z.string(),
    /** Everything that there is, so that nothing sealed may be missing. */
    complete: z.boolean(),
    by: z.string(),
    exportedAt: z.string(),
  }),
  z.object({
    kind: z.literal('seal'),
    sealedOn: z.string(),
    sealedAt: z.string(),
    previous: hex,
    digest: hex,
    leaves: z.array(hex),
  }),
  z.object({
    kind: z.literal('planningYear'),
    planningYear: z.string(),
    program: z.string(),
    year: z.string(),
    organizationCode: z.string(),
    /** From format 2 on. */
    organizationKind: z.enum(['school', 'district']).optional(),
    districtCode: z.string().optional(),
  }),
  z.object({ kind: z.literal('entry'), seq, hash: hex, entry: z.string() }),
  z.object({ kind: z.literal('head'), seq, hash: hex }),
  z.object({
    kind: z.literal('sealedHead'),
    sealedOn: z.string(),
    seq,
    hash: hex,
    belongsTo: belongsTo.nullable().default(null),
  }),
  z.object({
    kind: z.literal('fact'),
    id: z.string(),
    at: z.string(),
    what: z.string(),
    actor: z.string(),
    requestId: z.string().nullable(),
    planningYear: z.string().nullable(),
    detail: z.record(z.string(), z.unknown()),
    sealedOn: z.string().nullable(),
  }),
  z.object({
    kind: z.literal('trailer'),
    counts: z.record(z.string(), z.int()),
    sha256: hex,
  }),
]);

export type Line = z.infer<typeof line>;
export type LineOf<Kind extends Line['kind']> = Extract<Line, { kind: Kind }>;
