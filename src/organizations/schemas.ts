import { z } from 'zod';
import { isoDate, line, listOf, pageQuery, text } from '../http/schemas.ts';

/** From the whole to its parts; lists come in this order. */
export const KINDS = ['state', 'district', 'school', 'vendor'] as const;
export type OrganizationKind = (typeof KINDS)[number];

/** Ed-Fi's EducationOrganizationCategory; it knows no vendors. */
export const CATEGORIES = {
  state: 'State Education Agency',
  district: 'Local Education Agency',
  school: 'School',
  vendor: 'Other',
} as const satisfies Record<OrganizationKind, string>;

const kind = z.enum(KINDS);

export const organizationView = z
  .strictObject({
    kind,
    code: z.string(),
    name: z.string(),
    category: z.enum(CATEGORIES).describe('As Ed-Fi names it'),
    type: z.string().nullable().describe('Of a school, as the directory has it'),
    parent: z
      .strictObject({ kind, code: z.string() })
      .nullable()
      .describe('A school’s district, a district’s agency; null: it is part of no other'),
    operationalStatus: z.enum(['Active', 'Closed']).describe('As Ed-Fi names it'),
    closedOn: isoDate.nullable().describe('The first day on which it is no more'),
    successor: z.string().nullable().describe('The code under which it goes on'),
    demo: z.boolean().describe('Invented, for demonstration'),
  })
  .meta({ id: 'EducationOrganization' });
export type Organization = z.infer<typeof organizationView>;

export const organizations = listOf(organizationView).meta({ id: 'EducationOrganizations' });

export const organizationsQuery = z.strictObject({
  kind: kind.optional(),
  parent: line(100).optional().describe('Code of a district or an agency: its parts'),
  q: text(200).optional().describe('Part of a name or code'),
  ...pageQuery,
});
