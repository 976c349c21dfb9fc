import type { Option } from './fields.ts';

/** Every time zone by name: those of the United States first, as people there call them. */
export const timeZones = (): readonly Option[] => {
  known ??= makeOptions();
  return known;
};

// They stay the same, and are slow to name.
let known: readonly Option[] | undefined;

function makeOptions(): Option[] {
  const home = new Set(UNITED_STATES.getTimeZones());
  const all = Intl.supportedValuesOf('timeZone').filter((zone) => zone.includes('/'));
  const option = (value: string) => ({ value, label: `${zoneName(value)} (${placeOf(value)})` });
  return [
    ...[...home].map((zone) => ({ ...option(zone), group: 'United States' })).sort(byLabel),
    ...all
      .filter((zone) => !home.has(zone))
      .map((zone) => ({ ...option(zone), group: 'All others' }))
      .sort(byLabel),
  ];
}

/** `Central Time` */
export const zoneName = (timeZone: string): string =>
  new Intl.DateTimeFormat('en-US', { timeZone, timeZoneName: 'longGeneric' })
    .formatToParts(SOME_DAY)
    .find(({ type }) => type === 'timeZoneName')?.value ?? timeZone;

/** Names change over the decades; this is what they are called now. */
const SOME_DAY = new Date('2026-01-15T12:00:00Z');

/** `Knox, Indiana` */
const placeOf = (zone: string): string =>
  zone.split('/').slice(1).reverse().join(', ').replaceAll('_', ' ');

const byLabel = (a: Option, b: Option): number => a.label.localeCompare(b.label, 'en');

// TypeScript's library does not know the method yet.
const UNITED_STATES = new Intl.Locale('und-US') as Intl.Locale & { getTimeZones(): string[] };
