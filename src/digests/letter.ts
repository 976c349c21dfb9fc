import { sql } from 'kysely';
import type { Context } from '../context.ts';
import { isAddress } from '../mail/compose.ts';
import type { Mail, MailAddress } from '../mail/mailer.ts';
import { calendarFile } from './calendar-file.ts';
import { deadlinesIn } from './deadlines.ts';
import { renderDigest } from './digest.ts';
import { messagesFor } from './languages.ts';
import { oneLine } from './lines.ts';
import type { DigestModel } from './model.ts';
import { unsubscribeHeaders, unsubscribeSecret } from './unsubscribe.ts';

/** What letters are written with, beside their models: looked up for all of a batch at once. */
export interface Desk {
  publicUrl: string;
  now: Date;
  /** Of those who have named one, by person id. */
  languages: ReadonlyMap<string, string | null>;
  /** Of the coordinators who are to be answered, by person id. */
  addresses: ReadonlyMap<string, MailAddress>;
  secret: Buffer;
}

/** @param readers ids of the people who are written to */
export async function openDesk(
  { db, clock, config }: Pick<Context, 'db' | 'clock' | 'config'>,
  readers: readonly string[],
  models: readonly DigestModel[],
): Promise<Desk> {
  const now = clock.now();
  const coordinators = [...new Set(models.flatMap(({ coordinator }) => coordinator ?? []))];
  const languages = await db
    .selectFrom('preferences')
    .select(['personId', 'language'])
    .where(sql<boolean>`person_id = any(${readers}::uuid[])`)
    .execute();
  const people = await db
    .selectFrom('people')
    .select(['id', 'name', 'email'])
    .where(sql<boolean>`id = any(${coordinators}::uuid[])`)
    .execute();
  return {
    publicUrl: config.publicUrl,
    now,
    languages: new Map(languages.map(({ personId, language }) => [personId, language])),
    addresses: new Map(
      // Whose address is none is answered by nobody; the mail goes all the same.
      people
        .filter(({ email }) => isAddress(email))
        .map(({ id, name, email }) => [id, { name: oneLine(name), address: email }]),
    ),
    secret: await unsubscribeSecret(db, now),
  };
}

type Letter = Pick<Mail, 'subject' | 'text' | 'html' | 'replyTo' | 'headers' | 'calendar'>;

/**
 * A digest as a mail: in the reader's language, answered by their coordinator, with the deadlines
 * that it names as a calendar file, and, where all of it is optional, with headers that switch it off.
 */
export function letterTo(personId: string, model: DigestModel, desk: Desk): Letter {
  const { publicUrl, now, secret } = desk;
  const messages = messagesFor(desk.languages.get(personId) ?? null);
  const replyTo = model.coordinator === null ? undefined : desk.addresses.get(model.coordinator);
  const deadlines = deadlinesIn(model, now);
  const { optionalKinds: kinds } = model;
  return {
    ...renderDigest(model, publicUrl, messages),
    ...(replyTo && { replyTo }),
    ...(kinds && { headers: unsubscribeHeaders(secret, publicUrl, { personId, kinds }) }),
    ...(deadlines.length > 0 && {
      calendar: calendarFile(deadlines, { as: 'publication', publicUrl, messages }),
    }),
  };
}
