import { type Selectable, sql } from 'kysely';
import type { Witness } from '../actor.ts';
import type { Db, DbOrTrx, Trx } from '../context.ts';
import type { MailSettingsTable } from '../db/tables.ts';

/** What an administrator decides about all mail. */
export interface MailSettings {
  /** Counts the changes; 0: never changed. */
  version: number;
  /** Mails that may be tried within an hour. */
  perHour: number;
  /** While it stands no mail goes out; what is due is recorded and waits. */
  paused: { since: Date; reason: string } | null;
  /** The only addresses that get mail, in lower case; null: everybody does. */
  trialAddresses: string[] | null;
}

const USUAL: MailSettings = { version: 0, perHour: 5_000, paused: null, trialAddresses: null };

export async function mailSettings(db: DbOrTrx): Promise<MailSettings> {
  const row = await db.selectFrom('mailSettings').selectAll().executeTakeFirst();
  if (!row) return USUAL;
  const { version, perHour, pausedSince, pausedReason, trialAddresses } = row;
  if (faultOfSettings({ ...row, perHour: USUAL.perHour }))
    return { ...USUAL, version, paused: UNREADABLE, trialAddresses: [] };
  const paused = pausedSince && { since: pausedSince, reason: pausedReason ?? '' };
  return { version, perHour: perHour < 1 ? USUAL.perHour : perHour, paused, trialAddresses };
}

/** Nobody knows then whom mail may go to. */
export const UNREADABLE = { since: new Date(0), reason: 'The settings of mail cannot be read.' };

/** What keeps stored settings from being used; null: nothing. */
export function faultOfSettings(
  row: Pick<Selectable<MailSettingsTable>, 'perHour' | 'pausedSince' | 'trialAddresses'>,
): string | null {
  const { perHour, pausedSince, trialAddresses } = row;
  if (perHour < 1) return 'No mail may go out in an hour; it goes as is usual.';
  if (pausedSince !== null && !(pausedSince instanceof Date)) return 'Mail is paused since no day.';
  const listed =
    trialAddresses === null ||
    (Array.isArray(trialAddresses) && trialAddresses.every((one) => typeof one === 'string'));
  return listed ? null : 'The addresses of the trial are no list.';
}

/** The settings, which nobody else changes until the transaction ends. */
export async function lockedMailSettings(trx: Trx): Promise<MailSettings> {
  await trx
    .insertInto('mailSettings')
    .values({ single: true, version: 0, perHour: USUAL.perHour, updatedAt: new Date(0) })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  await trx.selectFrom('mailSettings').select('version').forUpdate().execute();
  return mailSettings(trx);
}

/** Whether mail may go to an address: in trial mode to the listed ones alone. */
export const isListed = ({ trialAddresses }: MailSettings, address: string): boolean =>
  trialAddresses?.includes(address.toLowerCase()) ?? true;

/** Whether all mail waits. */
export const mailPaused = async (db: DbOrTrx): Promise<boolean> =>
  (await mailSettings(db)).paused !== null;

/** Saves settings that were read with {@link lockedMailSettings}; each change is kept, with who made it. */
export async function saveMailSettings(
  trx: Trx,
  settings: MailSettings,
  by: Witness,
  now: Date,
): Promise<MailSettings> {
  const version = settings.version + 1;
  const { perHour, paused, trialAddresses } = settings;
  await trx
    .updateTable('mailSettings')
    .set({
      version,
      perHour,
      pausedSince: paused?.since ?? null,
      pausedReason: paused?.reason ?? null,
      trialAddresses: trialAddresses && JSON.stringify(trialAddresses),
      updatedAt: now,
    })
    .execute();
  await trx
    .insertInto('mailSettingsChanges')
    .values({
      version,
      actor: JSON.stringify(by),
      recordedAt: now,
      settings: JSON.stringify({ perHour, paused, trialAddresses }),
    })
    .execute();
  return { ...settings, version };
}

/** Pauses all mail until it is released; a pause that stands already stays as it is. */
export async function pauseMail(trx: Trx, reason: string, by: Witness, now: Date): Promise<void> {
  const settings = await lockedMailSettings(trx);
  await saveMailSettings(trx, { ...settings, paused: { since: now, reason } }, by, now);
}

/** Lets mail go out again: the next scan takes up what has waited. @returns whether it was paused */
export async function releaseMail(trx: Trx, by: Witness, now: Date): Promise<boolean> {
  const settings = await lockedMailSettings(trx);
  if (!settings.paused) return false;
  await saveMailSettings(trx, { ...settings, paused: null }, by, now);
  return true;
}

/** The changes, the newest first. */
export async function settingsPage(db: Db, page: { after: number | null; fetch: number }) {
  let query = db
    .selectFrom('mailSettingsChanges')
    .select(['version', 'recordedAt'])
    .select(sql<Witness>`actor`.as('actor'))
    .select(sql<KeptSettings>`settings`.as('settings'))
    .orderBy('version', 'desc')
    .limit(page.fetch);
  if (page.after !== null) query = query.where('version', '<', page.after);
  const rows = await query.execute();
  return rows.map(({ version, recordedAt, actor, settings }) => {
    // What holds nothing of it is left out of the list by its schema.
    const { perHour, paused, trialAddresses } = settings ?? {};
    return {
      version,
      recordedAt,
      actor,
      perHour,
      paused: paused && { since: new Date(paused.since), reason: paused.reason },
      trialAddresses,
    };
  });
}

/** As JSON has it. */
interface KeptSettings extends Omit<MailSettings, 'version' | 'paused'> {
  paused: { since: string; reason: string } | null;
}
