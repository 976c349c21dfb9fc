import { z } from 'zod';
import { leftOut } from '../http/import-schemas.ts';

export const schoolView = z
  .strictObject({
    rcdts: z.string().describe('The code that names the school'),
    name: z.string(),
    district: z.strictObject({ code: z.string(), name: z.string() }),
    city: z.string(),
    county: z.string(),
    schoolType: z.string(),
    grades: z.string(),
    enrollment: z.int().nullable(),
    demo: z.boolean().describe('Invented, for demonstration'),
    closedOn: z.iso
      .date()
      .nullable()
      .describe('The first day on which it is no more under this code'),
    successor: z
      .string()
      .nullable()
      .describe('The code under which it, or what it merged into, goes on'),
    version: z.int(),
  })
  .meta({ id: 'School' });

export const schoolImportResult = z
  .strictObject({
    created: z.int(),
    updated: z
      .int()
      .describe(
        'Schools that read otherwise now, by their own row or by their district’s new name',
      ),
    unchanged: z.int(),
    renamedDistricts: z.array(
      z.strictObject({ code: z.string(), from: z.string(), to: z.string() }),
    ),
    absent: z.array(z.string()).describe('Codes in the directory that the file lacks; they stay'),
    ...leftOut,
  })
  .meta({ id: 'SchoolImportResult' });
