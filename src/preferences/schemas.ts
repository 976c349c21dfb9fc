import { IANAZone } from 'luxon';
import { z } from 'zod';
import { languages } from '../digests/languages.ts';
import { id, line } from '../http/schemas.ts';

/** So that whatever keeps the morning's mail from going can be made up on the same day. */
export const LATEST = '18:00';

const zone = line(64).refine((name) => name.includes('/') && IANAZone.isValidZone(name), {
  error: 'must be a time zone such as America/Denver',
});
const digestAt = z
  .string()
  .regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'must be a time such as 07:30')
  .refine((time) => time <= LATEST, { error: `must be ${LATEST} at the latest` });
const language = z.enum(Object.keys(languages) as [string, ...string[]]);
const kind = line(200).describe('A kind of reminder, as `program/rule`');

const fields = {
  zone: zone.nullable().describe('null: that of the program'),
  digestAt: digestAt
    .nullable()
    .describe('Local time of the day’s mail; null: as the program has it'),
  language: language.nullable().describe('Of the mails; null: English'),
  switchedOff: z
    .array(kind)
    .max(100)
    .describe('Kinds of reminders that the person does not want; only those of `optional`'),
};

const EXAMPLE = {
  zone: 'America/Denver',
  digestAt: '08:30',
  language: 'es',
  switchedOff: ['a-program/month-begins'],
};

export const newPreferences = z
  .strictObject(fields)
  .meta({ id: 'NewPreferences', examples: [EXAMPLE] });

export const preferencesView = z
  .strictObject({
    person: id,
    ...fields,
    optional: z
      .array(kind)
      .describe('What may be switched off; dates, late notices and designations may not'),
    optionalKinds: z
      .array(
        z
          .strictObject({ kind, title: z.string().describe('What people read of it') })
          .meta({ id: 'OptionalKind' }),
      )
      .describe('The same with their titles'),
    version: z.int().describe('0: nothing was ever set'),
  })
  .meta({
    id: 'Preferences',
    examples: [
      {
        person: '019ab3c4-5d6e-7f80-9a1b-2c3d4e5f6071',
        ...EXAMPLE,
        optional: ['a-program/month-begins', 'a-program/month-ending'],
        optionalKinds: [
          { kind: 'a-program/month-begins', title: 'Monthly summaries' },
          { kind: 'a-program/month-ending', title: 'Reminders before a month ends' },
        ],
        version: 1,
      },
    ],
  });
