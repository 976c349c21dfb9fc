import type { Fault, InvalidInputError } from '../errors.ts';
import { assignmentEnd, personChange } from '../people/schemas.ts';
import type { PolicyRow } from '../policy/table.ts';
import { checked } from './checked.ts';
import type { Faults, Field, Typed } from './fields.ts';

/**
 * The forms of an address to mend, each with the row of the policy table that decides about it, as it
 * does about the same call of the API.
 */
export const ADDRESS_FORMS = {
  release: 'addresses.mend',
  change: 'people.manage',
  end: 'assignments.manage',
} as const satisfies Record<string, PolicyRow>;
export type AddressForm = keyof typeof ADDRESS_FORMS;

export const changeFields: Field[] = [
  { name: 'email', label: 'New e-mail address', kind: 'email', required: true },
];

export const endFields: Field[] = [
  { name: 'toOn', label: 'Last day in this role', kind: 'date', required: true },
];

/** What the API takes, made of what was typed. @throws InvalidInputError as the API would */
export const changeOf = ({ email = '' }: Typed) => checked(personChange, { email: email.trim() });
export const endOf = ({ toOn = '' }: Typed) => checked(assignmentEnd, { toOn });

/** What is wrong, by the field that it was typed into. */
export const faultsByField = ({ details }: InvalidInputError): Faults =>
  Object.fromEntries(
    // Of several at one field the first is told.
    (details.errors as Fault[])
      .toReversed()
      .map(({ pointer, detail }) => [pointer.slice(1), detail]),
  );
