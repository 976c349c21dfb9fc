import { IANAZone } from 'luxon';
import { mailDays } from '../../calendar/mail-days.ts';
import type { Pack } from '../../calendar/shape.ts';
import type { DbOrTrx } from '../context.ts';
import type { Programs } from '../programs/programs.ts';
import type { MailTerms } from './timing.ts';

/** What people may set for themselves; null: as the program has it. */
export interface OwnTerms {
  zone: string | null;
  digestAt: string | null;
}

/**
 * When mail about a program may reach somebody with these preferences. Whose zone is none gets it by
 * the program's: nothing that is due is missed for it.
 */
export function mailTerms(pack: Pack, { zone, digestAt }: OwnTerms): MailTerms {
  return {
    zone: zone !== null && isZone(zone) ? zone : pack.program.zone,
    digestAt: digestAt ?? pack.reminders.digestAt,
    quietHours: pack.reminders.quietHours,
    isMailDay: mailDays(pack),
  };
}

/**
 * All the terms that anybody has, by program: few, however many people there are, so that the clock
 * is read once for each of them and the rest is one statement.
 */
export async function termsInUse(
  db: DbOrTrx,
  programs: Programs,
): Promise<{ program: string; own: OwnTerms; terms: MailTerms }[]> {
  const chosen = await db
    .selectFrom('preferences')
    .select(['zone', 'digestAt'])
    .distinct()
    .execute();
  const usual = { zone: null, digestAt: null };
  const all = [usual, ...chosen.filter(({ zone, digestAt }) => zone !== null || digestAt !== null)];
  return programs.all.flatMap(({ id, pack }) =>
    all.map((own) => ({ program: id, own, terms: mailTerms(pack, own) })),
  );
}

/** Whether the clocks of a zone are known. */
export function isZone(zone: string): boolean {
  const known = zones.get(zone) ?? IANAZone.isValidZone(zone);
  zones.set(zone, known);
  return known;
}

// People's own zones are few, and to ask for one costs more than all else.
const zones = new Map<string, boolean>();
