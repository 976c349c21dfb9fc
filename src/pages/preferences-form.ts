import { DateTime } from 'luxon';
import type { Actor } from '../actor.ts';
import { languages } from '../digests/languages.ts';
import { english } from '../digests/messages.en.ts';
import type { Fault, InvalidInputError } from '../errors.ts';
import { LATEST, newPreferences } from '../preferences/schemas.ts';
import type { Preferences } from '../preferences/store.ts';
import { allOptionalKinds, type OptionalKind } from '../programs/optional-kinds.ts';
import type { Program, Programs } from '../programs/programs.ts';
import { checked } from './checked.ts';
import type { Faults, Field, Option, Typed } from './fields.ts';
import { timeZones, zoneName } from './time-zones.ts';
import { list } from './words.ts';

/** What somebody can choose about their mail. */
export interface PreferencesForm {
  /** A checkbox for each kind: ticked, it comes. By program. */
  kinds: { program: string; fields: Field[] }[];
  /** When and in which language it comes. */
  terms: Field[];
  /** The kinds that the form is about, as it sends them back. */
  shown: string;
}

/** The form for the programs in which somebody holds a role. */
export function formFor(programs: Programs, actor: Actor, now: Preferences): PreferencesForm {
  const own = programsOf(programs, actor);
  const kinds = kindsOf(programs, own);
  return {
    kinds: [...Map.groupBy(kinds, ({ program }) => program.title)].map(([program, some]) => ({
      program,
      fields: some.map(({ kind, title }) => ({
        ...{ name: nameOf(kind), label: title, kind: 'checkbox' as const },
      })),
    })),
    terms: [
      { name: 'digestAt', label: 'Time of day', kind: 'choice', options: hoursFor(own, now) },
      { name: 'zone', label: 'Time zone', kind: 'choice', options: zonesFor(own, now) },
      { name: 'language', label: 'Language of your emails', kind: 'choice', options: LANGUAGES },
    ],
    shown: kinds.map(({ kind }) => kind).join(' '),
  };
}

/** What the form shows of what was set. */
export const typedOf = ({ switchedOff, ...terms }: Preferences, { shown }: Shown): Typed => ({
  ...Object.fromEntries(
    kindsIn(shown).flatMap((kind) => (switchedOff.includes(kind) ? [] : [[nameOf(kind), 'on']])),
  ),
  ...{ digestAt: terms.digestAt ?? '', zone: terms.zone ?? '', language: terms.language ?? '' },
});

/**
 * What the API takes, made of what was typed. Kinds that the form did not show stay as they are.
 *
 * @throws InvalidInputError as the API would
 */
export function preferencesTyped(
  programs: Programs,
  typed: Typed,
  { shown }: Shown,
  before: Preferences,
) {
  const about = kindsIn(shown);
  const others = allOptionalKinds(programs).flatMap(({ kind }) =>
    before.switchedOff.includes(kind) && !about.includes(kind) ? [kind] : [],
  );
  return checked(newPreferences, {
    zone: typed.zone || null,
    digestAt: typed.digestAt || null,
    language: typed.language || null,
    switchedOff: [...others, ...about.filter((kind) => !typed[nameOf(kind)])],
  });
}

/** What is wrong, by the field that it was chosen in. */
export const faultsByField = ({ details }: InvalidInputError): Faults =>
  Object.fromEntries(
    (details.errors as Fault[])
      .toReversed()
      .map(({ pointer, detail }) => [pointer.split('/')[1] ?? '', detail]),
  );

type Shown = Pick<PreferencesForm, 'shown'>;

const nameOf = (kind: string): string => `get.${kind}`;
const kindsIn = (shown: string): string[] => shown.split(' ').filter((kind) => kind !== '');

const programsOf = ({ all }: Programs, { grants }: Actor): Program[] =>
  all.filter(({ id }) => grants.some(({ program }) => program === null || program === id));

const kindsOf = (programs: Programs, own: readonly Program[]): OptionalKind[] =>
  allOptionalKinds(programs).filter(({ program }) => own.some(({ id }) => id === program.id));

/** Every half hour between the quiet hours, and what was set. */
function hoursFor(own: readonly Program[], { digestAt }: Preferences): Option[] {
  const usual = new Set(own.map(({ pack }) => pack.reminders.digestAt));
  const first =
    own.map(({ pack }) => pack.reminders.quietHours?.until ?? '00:00').sort()[0] ?? '00:00';
  const hours = HALF_HOURS.filter((time) => time >= first && time <= LATEST);
  return [
    usualOption([...usual].map(clockTime)),
    ...[...new Set([...hours, ...(digestAt === null ? [] : [digestAt])])]
      .sort()
      .map((value) => ({ value, label: clockTime(value) })),
  ];
}

const HALF_HOURS = Array.from(
  { length: 48 },
  (_, half) => `${String(half >> 1).padStart(2, '0')}:${half % 2 === 0 ? '00' : '30'}`,
);

/** `7:30 AM` */
const clockTime = (time: string): string =>
  DateTime.fromISO(time, { zone: 'utc', locale: 'en-US' }).toLocaleString(DateTime.TIME_SIMPLE);

/** All, and what was set where its name is an old one. */
function zonesFor(own: readonly Program[], { zone }: Preferences): Option[] {
  const usual = new Set(own.map(({ pack }) => pack.program.zone));
  const zones = timeZones();
  const isListed = zone === null || zones.some(({ value }) => value === zone);
  return [
    usualOption([...usual].map(zoneName)),
    ...zones,
    ...(isListed ? [] : [{ value: zone, label: zoneName(zone), group: 'All others' }]),
  ];
}

const usualOption = (what: readonly string[]): Option => ({
  value: '',
  label: `Usual (${list(what)})`,
});

const LANGUAGES: readonly Option[] = [
  { value: '', label: english.name },
  ...Object.entries(languages)
    .filter(([value]) => value !== english.language)
    .map(([value, { name }]) => ({ value, label: name, lang: value })),
];
