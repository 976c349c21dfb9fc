import { languages } from '../digests/languages.ts';
import { isZone } from '../digests/terms.ts';
import type { StoredFault } from '../errors.ts';
import { kindOf } from '../programs/optional-kinds.ts';
import type { Programs } from '../programs/programs.ts';
import type { Preferences } from './store.ts';

type Stored = Pick<Preferences, 'zone' | 'language' | 'switchedOff'>;

/** What keeps stored preferences from being used as they are; null: nothing. */
export function faultOfPreferences(
  programs: Programs,
  person: string,
  stored: Stored,
): StoredFault | null {
  const usable = usableOf(programs, stored);
  const wrong = [
    ...(usable.zone === stored.zone ? [] : ['zone']),
    ...(usable.language === stored.language ? [] : ['language']),
    ...(usable.switchedOff.length === stored.switchedOff.length ? [] : ['kinds']),
  ];
  if (wrong.length === 0) return null;
  const reason = `Its preferences hold what there is not (${wrong.join(', ')}).`;
  return { kind: 'person', subject: person, reason };
}

/** Preferences without what there is not: for that, those of the program hold. */
export function usableOf(programs: Programs, { zone, language, switchedOff }: Stored): Stored {
  const kinds = programs.all.flatMap(({ id, pack }) =>
    pack.reminders.rules.map((rule) => kindOf(id, rule.id)),
  );
  return {
    zone: zone !== null && isZone(zone) ? zone : null,
    language: language !== null && Object.hasOwn(languages, language) ? language : null,
    switchedOff: switchedOff.filter((kind) => kinds.includes(kind)),
  };
}
