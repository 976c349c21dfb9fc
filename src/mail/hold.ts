import type { DbOrTrx, Trx } from '../context.ts';

/** Why no mail goes out, and since when. */
export interface MailHold {
  since: Date;
  reason: string;
}

/** Whether all mail is held: then no digest is made, queued or sent. */
export const mailHeld = async (db: DbOrTrx): Promise<boolean> => (await findMailHold(db)) !== null;

export async function findMailHold(db: DbOrTrx): Promise<MailHold | null> {
  const row = await db.selectFrom('mailHold').select(['since', 'reason']).executeTakeFirst();
  return row ?? null;
}

/** Holds all mail until it is released. */
export async function holdMail(trx: Trx, since: Date, reason: string): Promise<void> {
  await trx
    .insertInto('mailHold')
    .values({ single: true, since, reason })
    .onConflict((conflict) => conflict.column('single').doUpdateSet({ since, reason }))
    .execute();
}

/** Lets mail go out again: the next scan takes up what has waited. @returns whether it was held */
export async function releaseMail(db: DbOrTrx): Promise<boolean> {
  const row = await db.deleteFrom('mailHold').returning('since').executeTakeFirst();
  return row !== undefined;
}
