import { z } from 'zod';
import { id, instant, isoDate, line } from '../http/schemas.ts';

const codes = z.array(line(100)).min(1).max(1000);

export const keyScope = z
  .union([
    z.strictObject({ schools: codes }),
    z.strictObject({ districts: codes }),
    z.strictObject({ all: z.literal(true) }),
    z.strictObject({ contract: id.describe('Id of a contract: for the keys of vendors alone') }),
  ])
  .meta({ id: 'KeyScope', examples: [{ districts: ['99-903-003A-26'] }] });

const role = line(100).describe(
  'A role of a program, `dashboard`, `webhook` (hands in delivery reports, nothing else), or `administrator`',
);

const keyFields = {
  id,
  prefix: z.string().describe('How the key begins, to tell it from others'),
  role,
  program: z.string().nullable().describe('Null: every program'),
  scope: keyScope,
  label: z.string(),
  expiresOn: isoDate.describe('The last day on which it is accepted'),
  createdAt: instant,
  lastUsedAt: instant.nullable().describe('Noted at most once a minute'),
  revokedAt: instant.nullable(),
  replaces: id.nullable().describe('The key that it takes the place of'),
  version: z.int(),
};

export const keyView = z.strictObject(keyFields).meta({ id: 'Key' });

export const freshKey = z
  .strictObject({
    ...keyFields,
    key: z.string().describe('The key itself, told this once'),
  })
  .meta({ id: 'FreshKey' });

export const newKey = z
  .strictObject({
    role,
    program: line(100).optional().describe('Needed when several programs have such a role'),
    scope: keyScope,
    label: line(200).describe('What the key is for'),
    expiresOn: isoDate.optional().describe('90 days from now when left out, 365 at most'),
  })
  .meta({
    id: 'NewKey',
    examples: [{ role: 'dashboard', scope: { all: true }, label: 'The dashboard on the wall' }],
  });

export const rotation = z
  .strictObject({
    expiresOn: isoDate.optional().describe('90 days from now when left out, 365 at most'),
  })
  .meta({ id: 'KeyRotation', examples: [{ expiresOn: '2027-06-30' }] });
