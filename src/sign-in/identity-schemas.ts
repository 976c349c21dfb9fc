import { z } from 'zod';
import { id, instant, line } from '../http/schemas.ts';

const AN_ID = '019ab3c4-5d6e-7f80-9a1b-2c3d4e5f6071';

export const identityView = z
  .strictObject({
    person: id,
    marked: z.boolean().describe('Whether the person signs in through the provider'),
    issuer: z.string().nullable().describe('The provider'),
    subject: z
      .string()
      .nullable()
      .describe('What it calls the person, for good; null until they have come by once'),
    pinnedAt: instant.nullable().describe('Since when the subject is known'),
    version: z.int(),
  })
  .meta({
    id: 'Identity',
    examples: [
      {
        ...{ person: AN_ID, marked: true, issuer: 'https://login.example.org' },
        ...{ subject: null, pinnedAt: null, version: 1 },
      },
    ],
  });

export const newIdentity = z
  .strictObject({
    subject: line(255)
      .nullable()
      .default(null)
      .describe('Where it is known; otherwise the first to come with the person’s address is it'),
  })
  .meta({ id: 'NewIdentity', examples: [{ subject: null }] });

export const signedOut = z
  .strictObject({ ended: z.int().describe('How many sessions were open') })
  .meta({ id: 'SignedOut', examples: [{ ended: 2 }] });
