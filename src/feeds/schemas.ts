import { z } from 'zod';
import { id, instant, line } from '../http/schemas.ts';

export const personParams = z.strictObject({ id });
export const feedParams = z.strictObject({ id, feed: id });

const AN_ID = '019ab3c4-5d6e-7f80-9a1b-2c3d4e5f6071';
const EXAMPLE = {
  id: AN_ID,
  label: 'The phone',
  createdAt: '2026-11-10T15:00:00.000Z',
  revokedAt: null,
  version: 1,
};

export const feedView = z
  .strictObject({
    id,
    label: z.string(),
    createdAt: instant,
    revokedAt: instant.nullable(),
    version: z.int(),
  })
  .meta({ id: 'Feed', examples: [EXAMPLE] });

export const freshFeed = z
  .strictObject({
    ...feedView.shape,
    url: z.url().describe('The secret address, told this once: whoever has it reads the feed'),
  })
  .meta({
    id: 'FreshFeed',
    examples: [
      {
        ...EXAMPLE,
        url: 'https://plans.example.org/v1/feeds/bm90LWEtdG9rZW4tYnV0LWFzLWxvbmctYXMtb25lLTEyMzQ.ics',
      },
    ],
  });

export const newFeed = z
  .strictObject({ label: line(100).describe('Where it is used') })
  .meta({ id: 'NewFeed', examples: [{ label: 'The phone' }] });
