import { z } from 'zod';
import { id, instant, listOf } from '../http/schemas.ts';

const heldRole = z.strictObject({
  program: z.string(),
  role: z.string(),
  roleTitle: z.string(),
  assignment: id,
  organization: z.strictObject({
    kind: z.enum(['state', 'district', 'school']),
    code: z.string(),
    name: z.string(),
  }),
});

const step = z
  .strictObject({
    when: z.enum(['addressWorks', 'addressWrong', 'personLeft']),
    hint: z.string(),
    method: z.enum(['POST', 'PATCH']),
    path: z.string(),
    operationId: z.string(),
    ifMatch: z.string().nullable().describe('The header to send; null: read it first'),
    allowed: z.boolean().describe('Whether you may; if not, ask those who are named'),
    ask: z.array(z.string()).describe('Who may'),
  })
  .meta({ id: 'MendingStep' });

export const refusedAddress = z
  .strictObject({
    id: id.describe('The same as that of its suppression, where it has one'),
    person: z.strictObject({ id, name: z.string() }),
    address: z.string(),
    reason: z
      .enum(['refused', 'bounced', 'undelivered', 'complained'])
      .describe(
        'It gets no mail: refused when a mail was sent, or bounced by a report that came later. It gets mail all the same: a mail was undelivered, or its reader has called one spam',
      ),
    said: z.string().describe('What the mail server said'),
    since: instant,
    roles: z.array(heldRole).describe('That the person holds today, within your reach'),
    planningYears: z.int().describe('How many active ones these roles cover'),
    next: z.array(step).describe('What to do, by what they answer when you ask them'),
  })
  .meta({ id: 'RefusedAddress' });

export const refusedAddresses = listOf(refusedAddress).meta({ id: 'RefusedAddresses' });
export type RefusedAddress = z.infer<typeof refusedAddress>;
