import { z } from 'zod';
import { id, isoDate, line, listOf, pageQuery } from '../http/schemas.ts';

export const unreachedQuery = z.strictObject({
  ...pageQuery,
  program: line(100).optional(),
  district: line(100).optional().describe('Code of a district'),
});
export type UnreachedQuery = z.infer<typeof unreachedQuery>;

/** Where a page ends. */
export const unreachedKey = z.strictObject({
  organization: z.string(),
  planningYear: id,
  role: z.string(),
});
export type UnreachedKey = z.infer<typeof unreachedKey>;

const unreachedRole = z
  .strictObject({
    planningYear: id,
    school: z.string().nullable().describe('null: a district’s run'),
    name: z.string().describe('Of the school, or of the district'),
    district: z.strictObject({ code: z.string(), name: z.string() }),
    role: z.string(),
    roleTitle: z.string(),
    suppressed: z
      .array(id)
      .describe('People who hold the role, but whose address refuses mail: mend it'),
    tasks: z.int().describe('Open tasks; 0: all of them are blocked for now'),
    nextDueOn: isoDate
      .nullable()
      .describe('Next due date of an open or blocked task, today or later'),
  })
  .meta({ id: 'UnreachedRole' });

export const unreachedRoles = listOf(unreachedRole).meta({ id: 'UnreachedRoles' });
export type UnreachedRole = z.infer<typeof unreachedRole>;
