import { z } from 'zod';
import { listOf, pageQuery } from '../http/schemas.ts';
import { logEntry, yearName } from '../planning-years/schemas.ts';

const name = z.string().max(100);

export const interventionsQuery = z.strictObject({
  ...pageQuery,
  program: name.optional(),
  year: yearName.optional(),
  district: name.optional().describe("The district's code"),
  school: name.optional().describe("The school's code"),
});

export const interventions = listOf(
  z
    .strictObject({
      planningYear: z.uuid(),
      program: z.string(),
      year: z.string(),
      school: z.string().nullable().describe("The school's code; null for a district's run"),
      district: z.string(),
      reason: z.string(),
      event: logEntry,
    })
    .meta({ id: 'Intervention' }),
).meta({ id: 'Interventions' });
