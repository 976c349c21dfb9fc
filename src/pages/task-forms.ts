import type { EventSpec } from '../../machines/region.ts';
import type { Fault, InvalidInputError } from '../errors.ts';
import { noteBody } from '../notes/schemas.ts';
import { completeBody, reopenBody } from '../tasks/schemas.ts';
import { checked } from './checked.ts';
import { dataFieldsOf } from './data-fields.ts';
import type { Faults, Field, Typed } from './fields.ts';

/** The forms of a task's page, by what they do. */
export const FORMS = ['complete', 'reopen', 'notes'] as const;
export type FormName = (typeof FORMS)[number];

const LINK: Field[] = [
  {
    name: 'linkUrl',
    label: 'Link to evidence (if there is one)',
    kind: 'url',
    hint: 'An address that begins with https:// or http://.',
  },
  { name: 'linkTitle', label: 'What the link shows', kind: 'text' },
];

export const completeFields = (today: string, spec: EventSpec | undefined): Field[] => [
  { name: 'effectiveOn', label: 'Day on which it happened', kind: 'date', max: today },
  ...dataFieldsOf(spec).fields,
  { name: 'note', label: 'Note (if there is something to say)', kind: 'lines' },
  ...LINK,
];

/** @param others at how many other schools it can be taken back along with it */
export const reopenFields = (others: number): Field[] => [
  ...(others > 0
    ? [
        {
          name: 'everywhere',
          label: `Take it back at ${otherSchools(others)}, too`,
          kind: 'checkbox' as const,
          hint: 'Without this it is taken back at this school alone.',
        },
      ]
    : []),
  {
    name: 'reason',
    label: 'Why',
    kind: 'lines',
    hint: 'Needed when something else is taken back with it.',
  },
];

export const noteFields: Field[] = [
  { name: 'text', label: 'Note', kind: 'lines', required: true },
  ...LINK,
];

export const otherSchools = (n: number): string => `${n} other ${n === 1 ? 'school' : 'schools'}`;

/** What the API takes, made of what was typed. @throws InvalidInputError as the API would */
export const completionOf = (typed: Typed, spec: EventSpec | undefined) =>
  checked(completeBody, {
    ...particularsOf(typed),
    evidence: linksOf(typed),
    data: dataFieldsOf(spec).read(typed),
  });

export const reopeningOf = ({ reason, everywhere }: Typed) =>
  checked(reopenBody, {
    ...(reason?.trim() && { reason }),
    ...(everywhere && { everywhere: true }),
  });

export const noteOf = (typed: Typed) =>
  checked(noteBody, { text: typed.text ?? '', links: linksOf(typed) });

/** What is wrong, by the field that it was typed into. */
export const faultsByField = ({ details }: InvalidInputError): Faults =>
  Object.fromEntries(
    // Of several at one field the first is told.
    (details.errors as Fault[])
      .toReversed()
      .map(({ pointer, detail }) => [fieldNamed(pointer), detail]),
  );

function fieldNamed(pointer: string): string {
  const [, part = '', ...rest] = pointer.split('/');
  if (part === 'data') return `data.${rest[0] ?? ''}`;
  if (part !== 'evidence' && part !== 'links') return part;
  return rest[1] === 'title' ? 'linkTitle' : 'linkUrl';
}

const particularsOf = ({ effectiveOn, note }: Typed) => ({
  ...(effectiveOn && { effectiveOn }),
  ...(note?.trim() && { note }),
});

/** A link without a title is called by its address. */
function linksOf({ linkUrl = '', linkTitle = '' }: Typed) {
  const url = linkUrl.trim();
  const title = linkTitle.trim() || url.slice(0, 300);
  return title === '' ? [] : [{ title, url }];
}
