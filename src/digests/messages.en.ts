import { type Forms, grammarOf } from './grammar.ts';
import type { Counts, Unit } from './model.ts';

const { longDate, monthName, list, inDays, count, form } = grammarOf('en-US');

const PLACES: Record<Unit, Forms> = {
  school: { one: 'school', other: 'schools' },
  district: { one: 'district', other: 'districts' },
  mixed: { one: 'place', other: 'places' },
};
const THINGS: Forms = { one: 'thing', other: 'things' };
const ADDRESSES: Forms = { one: 'address', other: 'addresses' };

/** The words of the mails. A second language is a second file of this shape. */
export const english = {
  language: 'en',
  name: 'English',

  subject: ({ late, due, month }: Counts, on: string, where: string) =>
    `${
      [late > 0 && `${late} late`, due > 0 && `${due} due soon`].filter(Boolean).join(', ') ||
      (month > 0 ? `What ${monthName(on)} expects` : 'Mail that would reach nobody')
    }: ${where}`,
  places: (places: number, unit: Unit) => count(places, PLACES[unit]),

  greeting: (name: string) => `Hello ${name},`,
  summary: ({ late, due, month }: Counts, on: string, where: string) => {
    const parts = [
      late > 0 && `${count(late, THINGS)} ${form(late, { one: 'is', other: 'are' })} late`,
      due > 0 && `${count(due, THINGS)} ${form(due, { one: 'is', other: 'are' })} due soon`,
      month > 0 &&
        `${monthName(on)} expects ${late + due > 0 ? `${month} more` : count(month, THINGS)}`,
    ].filter((part) => part !== false);
    return parts.length > 0
      ? `As of ${longDate(on)}: at ${where}, ${list(parts)}.`
      : `As of ${longDate(on)}: at ${where}, reminders would reach nobody.`;
  },

  late: 'Late',
  due: 'Due soon',
  month: (on: string) => `Expected in ${monthName(on)}`,
  waiting: 'Waiting on others',
  unreached: 'Mail that would reach nobody',

  refused: 'Addresses that refuse mail (ask for others; each link says what to do next)',
  refusedOf: (name: string, roles: string[]) => `${name} (${list(roles)})`,
  refusedBy: (address: string, said: string) => `${address}: the mail server said “${said}”`,
  refusedSubject: (addresses: number) =>
    `${count(addresses, ADDRESSES)} ${form(addresses, { one: 'refuses', other: 'refuse' })} mail`,
  refusedSummary: (on: string, addresses: number) =>
    `As of ${longDate(on)}: ${count(addresses, ADDRESSES)} ${form(addresses, { one: 'refuses', other: 'refuse' })} mail, so nothing reaches ${form(addresses, { one: 'its person', other: 'their people' })}.`,

  when: (dueOn: string | null, daysLeft: number | null, safeBy: string | null) =>
    dueOn === null || daysLeft === null
      ? 'its date has not been set yet'
      : daysLeft < 0
        ? `was due ${longDate(dueOn)}, ${inDays(daysLeft)}`
        : `due ${longDate(dueOn)}, ${inDays(daysLeft)}${safeBy ? `; aim for ${longDate(safeBy)}` : ''}`,
  at: (places: string) => `at ${places}`,
  unreachedRole: (role: string, tasks: number) =>
    `${role}: nobody holds this role; ${count(tasks, THINGS)} ${form(tasks, { one: 'waits', other: 'wait' })} for somebody to be assigned`,
  more: (more: number) => `and ${more} more`,
  inShort: (unit: Unit) => `${capital(PLACES[unit].other)} in short, those in most need first`,
  morePlaces: (places: number, unit: Unit) => `and ${places} more ${form(places, PLACES[unit])}`,
  short: ({ late, due, month }: Counts, unreached: number) =>
    list(
      [
        late > 0 && `${late} late`,
        due > 0 && `${due} due soon`,
        month > 0 && `${month} expected this month`,
        unreached > 0 && `${count(unreached, { one: 'role', other: 'roles' })} held by nobody`,
      ].filter((part) => part !== false),
    ),

  calendar: 'The dates are attached as a calendar file.',
  why: (roles: string[], programs: string[]) =>
    `You get this mail because you are registered as ${list(roles)} in: ${programs.join('; ')}. What is due comes in one mail a day at most.`,
  notYours: (agencies: string[], answered: boolean) =>
    answered
      ? 'Questions, or is this not your work? Answer this mail: it reaches your coordinator.'
      : `If this is not your work, please tell: ${list(agencies)}.`,
  optional:
    'It holds nothing that you must have: “unsubscribe” in your mail program switches this kind of mail off.',

  event: {
    summary: (title: string, place: string) => `Due: ${title} (${place})`,
    safeBy: (date: string) => `Aim for ${longDate(date)}.`,
  },
  feed: (name: string) => `Deadlines of ${name}`,

  signIn: {
    subject: 'Sign in to the planning year',
    before:
      'Somebody, most likely you, asked to sign in with this address. Open this link within ten minutes, in the browser in which you asked for it, and press the button there:',
    button: 'Sign in',
    after:
      'It works once. If it was not you, there is nothing to do: without this mail nobody gets in.',
  },

  unsubscribe: {
    title: 'Switch off mail',
    question: 'Do you want no more mail of these kinds?',
    button: 'Switch it off',
    done: 'This mail is switched off. What is due or late will still be told to you.',
  },
};

export type Messages = typeof english;

const capital = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1);
