import { z } from 'zod';
import { instant, isoDate, listOf, pageQuery } from '../http/schemas.ts';
import { FACT_KINDS } from '../http/witnessed.ts';
import { yearName } from '../planning-years/schemas.ts';

const kind = z.enum(FACT_KINDS);

export const fact = z
  .strictObject({
    id: z.uuid(),
    at: instant,
    kind,
    actor: z.string().describe('The id of a key, a person or a part of the engine; never a name'),
    requestId: z.string().nullable(),
    planningYear: z.uuid().nullable(),
    detail: z.record(z.string(), z.unknown()),
    sealedOn: isoDate.nullable().describe('The seal that holds it'),
  })
  .meta({ id: 'AuditEntry' });

export const facts = listOf(fact).meta({ id: 'AuditEntries' });

export const factsQuery = z.strictObject({
  ...pageQuery,
  kind: kind.optional(),
  actor: z.string().min(1).max(200).optional(),
  planningYear: z.uuid().optional(),
  requestId: z.string().min(1).max(200).optional(),
  from: instant.optional().describe('Not before'),
  to: instant.optional().describe('Before'),
});

export const exportQuery = z.strictObject({
  program: z.string().max(100).optional(),
  year: yearName.optional(),
});

export type FactsQuery = z.infer<typeof factsQuery>;
