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

/** When mail about a program may reach somebody with these preferences. */
export function mailTerms(pack: Pack, { zone, digestAt }: OwnTerms): MailTerms {
  return {
    zone: zone ?? pack.program.zone,
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
