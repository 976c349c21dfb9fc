import { z } from 'zod';
import { leftOut, MOST_CHANGES } from '../http/import-schemas.ts';
import { id, isoDate, line } from '../http/schemas.ts';

const name = line(200);
/** One address: a comma would make it two. */
const email = z.email({ error: 'must be an email address' }).max(254);

const MARIA = { name: 'Maria Lopez', email: 'maria.lopez@example.org' };
const AN_ID = '019ab3c4-5d6e-7f80-9a1b-2c3d4e5f6071';
const A_SCHOOL = { kind: 'school', code: '99-903-003A-26-2001' };
const AN_ASSIGNMENT = {
  person: AN_ID,
  program: 'a-program',
  role: 'principal',
  organization: A_SCHOOL,
  from: '2026-10-01',
  to: null,
};

export const personView = z
  .strictObject({
    id,
    name: z.string(),
    email: z.string(),
    demo: z.boolean().describe('Invented, for demonstration'),
    version: z.int(),
  })
  .meta({ id: 'Person', examples: [{ id: AN_ID, ...MARIA, demo: false, version: 1 }] });

export const newPerson = z
  .strictObject({ name, email })
  .meta({ id: 'NewPerson', examples: [MARIA] });

export const personChange = z
  .strictObject({ name: name.optional(), email: email.optional() })
  .refine((change) => change.name !== undefined || change.email !== undefined, {
    error: 'must change the name or the email',
  })
  .meta({ id: 'PersonChange', minProperties: 1, examples: [{ email: MARIA.email }] });

export const organization = z
  .strictObject({
    kind: z.enum(['state', 'district', 'school', 'vendor']),
    code: line(100).describe('Code of the school, district or vendor, or of the state agency'),
  })
  .meta({ id: 'Organization', examples: [A_SCHOOL] });

export const assignmentView = z
  .strictObject({
    id,
    person: id,
    program: z.string(),
    role: z.string(),
    organization: z.strictObject({
      kind: z.enum(['state', 'district', 'school', 'vendor']),
      code: z.string(),
    }),
    from: isoDate,
    to: isoDate.nullable().describe('The last day; null while it is open'),
    demo: z.boolean().describe('Invented, for demonstration'),
    version: z.int(),
  })
  .meta({ id: 'Assignment', examples: [{ id: AN_ID, ...AN_ASSIGNMENT, demo: false, version: 1 }] });

export const newAssignment = z
  .strictObject({
    person: id.or(newPerson).describe('Id of a person, or somebody by name and address'),
    program: line(100),
    role: line(100).describe('Id of one of the program’s roles'),
    organization,
    from: isoDate,
    to: isoDate.nullable().default(null).describe('The last day; left out: open'),
  })
  .refine(({ from, to }) => to === null || to >= from, {
    path: ['to'],
    error: 'must not be before from',
  })
  .meta({ id: 'NewAssignment', examples: [AN_ASSIGNMENT] });

export const handOver = z
  .strictObject({
    successor: id.or(newPerson).describe('Id of a person, or somebody by name and address'),
    from: isoDate.describe('The first day of the successor'),
  })
  .meta({ id: 'HandOver', examples: [{ successor: MARIA, from: '2027-01-04' }] });

export const handedOver = z
  .strictObject({ predecessor: assignmentView, successor: assignmentView })
  .meta({ id: 'HandedOver' });

export const assignmentEnd = z
  .strictObject({ toOn: isoDate.describe('The last day') })
  .meta({ id: 'AssignmentEnd', examples: [{ toOn: '2027-06-30' }] });

const importedChange = z
  .strictObject({
    row: z.int().describe('Line of the spreadsheet that brings it about'),
    change: z.enum(['created', 'ended']),
    assignment: id.nullable().describe('null: would be new'),
    organization: assignmentView.shape.organization,
    role: z.string(),
    person: z.strictObject({
      id: id.nullable().describe('null: would be new'),
      name: z.string(),
      email: z.string(),
    }),
    from: isoDate,
    to: isoDate.nullable().describe('The last day; null while it is open'),
  })
  .meta({
    id: 'ImportedAssignment',
    examples: [
      {
        row: 2,
        change: 'created',
        assignment: null,
        organization: A_SCHOOL,
        role: 'principal',
        person: { id: null, ...MARIA },
        from: '2026-10-01',
        to: null,
      },
    ],
  });

export const assignmentImportResult = z
  .strictObject({
    created: z.int().describe('Assignments made'),
    ended: z.int().describe('Assignments that were given a last day, or an earlier one'),
    unchanged: z.int().describe('Rows that say what is so already'),
    peopleCreated: z.int().describe('People who were added'),
    ...leftOut,
    changes: z
      .array(importedChange)
      .describe(`What changes, by row; the first ${MOST_CHANGES} of them`),
  })
  .meta({ id: 'AssignmentImportResult' });
