import { z } from 'zod';
import type { Trx } from '../context.ts';

/** A mail that somebody would get about some years. */
export const plannedMail = z
  .strictObject({
    recipient: z.strictObject({ id: z.uuid(), name: z.string() }),
    on: z.string(),
    roles: z.array(z.string()).describe('By which of their roles they get it'),
    tasks: z.array(z.uuid()).describe('Which it would speak of'),
  })
  .meta({ id: 'PlannedMail' });
export type PlannedMail = z.infer<typeof plannedMail>;

/** The mails of the coming month about these years: the room of reminders knows. */
export type MailsOfYears = (
  trx: Trx,
  program: string,
  ids: readonly string[],
) => Promise<PlannedMail[]>;

export interface MailChanges {
  added: PlannedMail[];
  dropped: PlannedMail[];
}

export function mailChanges(before: PlannedMail[], after: PlannedMail[]): MailChanges {
  const [was, is] = [new Set(before.map(nameOf)), new Set(after.map(nameOf))];
  return {
    added: after.filter((mail) => !was.has(nameOf(mail))),
    dropped: before.filter((mail) => !is.has(nameOf(mail))),
  };
}

const nameOf = (mail: PlannedMail): string => JSON.stringify(mail);
