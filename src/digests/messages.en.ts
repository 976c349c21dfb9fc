import type { TaskKind } from '../../calendar/shape.ts';
import { daysToAim, type Forms, grammarOf } from './grammar.ts';
import type { Counts, RefusedAddress, Unit } from './model.ts';

const { longDate, dayAndMonth, monthName, list, inDays, count, form } = grammarOf('en-US');

const PLACES: Record<Unit, Forms> = {
  school: { one: 'school', other: 'schools' },
  district: { one: 'district', other: 'districts' },
  mixed: { one: 'place', other: 'places' },
};
const TASKS: Forms = { one: 'task', other: 'tasks' };
const ADDRESSES: Forms = { one: 'email address', other: 'email addresses' };
const NEED: Forms = { one: 'needs', other: 'need' };
const IS: Forms = { one: 'is', other: 'are' };

/** The words of the mails. A second language is a second file of this shape. */
export const english = {
  language: 'en',
  name: 'English',

  subject: ({ late, today, soon, month }: Counts, on: string, where: string) =>
    `${
      [
        late > 0 && `${late} late`,
        today > 0 && `${today} due today`,
        soon > 0 && `${soon} due soon`,
      ]
        .filter(Boolean)
        .join(', ') || (month > 0 ? `Your ${monthName(on)} tasks` : 'Roles with no one assigned')
    }: ${where}`,
  places: (places: number, unit: Unit) => count(places, PLACES[unit]),

  greeting: (name: string) => `Hello ${name},`,
  summary: ({ late, today, soon, month }: Counts, on: string, where: string) => {
    const counted = [
      { tasks: late, are: 'late' },
      { tasks: today, are: 'due today' },
      { tasks: soon, are: 'due soon' },
      { tasks: month, are: `on the list for ${monthName(on)}` },
    ].filter(({ tasks }) => tasks > 0);
    const parts = counted.map(({ tasks, are }, at) => {
      const number = at === 0 ? count(tasks, TASKS) : tasks;
      return `${number} ${form(tasks, IS)} ${are}`;
    });
    return parts.length > 0
      ? `As of ${longDate(on)}, at ${where}: ${list(parts)}.`
      : `As of ${longDate(on)}, at ${where}: some roles have no one assigned.`;
  },

  waitingOnYou: 'Waiting on you',
  late: 'Late',
  lateOf: (role: string, tasks: number) => `${role}, ${tasks} late`,
  dueToday: 'Due today',
  dueSoon: 'Due soon',
  month: (on: string) => `Your ${monthName(on)} tasks`,
  waiting: 'Waiting on others',
  unreached: 'Roles with no one assigned',

  waitsOn: (roles: string[]) => (roles.length > 0 ? `waits on ${list(roles)}:` : 'waits:'),
  comesAfter: 'comes after your own:',
  holdsUp: (roles: string[]) => `holds up ${list(roles)}:`,
  holdsUpYours: 'holds up your own:',

  unset: 'Dates not set yet',
  setDate: (parameter: string | null) =>
    `Set this year’s date under parameters${parameter === null ? '' : `: ${parameter}`}`,
  unsetSubject: (tasks: number, where: string) =>
    `${count(tasks, { one: 'date', other: 'dates' })} not set yet: ${where}`,
  unsetSummary: (on: string, tasks: number, where: string) =>
    `As of ${longDate(on)}, ${count(tasks, TASKS)} at ${where} ${form(tasks, { one: 'has', other: 'have' })} no date yet. Nobody is reminded of a task without a date.`,

  refused: 'Email addresses that need attention (each link says what to do)',
  refusedOf: (name: string, roles: string[]) => `${name} (${list(roles)})`,
  refusedBy: (address: string, said: string, reason: RefusedAddress['reason']) =>
    ({
      refused: `${address} gets no email: the mail server said “${said}”`,
      bounced: `${address} gets no email: the mail server said “${said}”`,
      undelivered: `an email to ${address} did not arrive: the mail server said “${said}”`,
      complained: `${address}: an email was marked as spam. Only what has a date is still sent`,
    })[reason],
  refusedSubject: (addresses: number) =>
    `${count(addresses, ADDRESSES)} ${form(addresses, NEED)} attention`,
  refusedSummary: (on: string, addresses: number) =>
    `As of ${longDate(on)}, ${count(addresses, ADDRESSES)} ${form(addresses, NEED)} attention. Reminders may not reach ${form(addresses, { one: 'this person', other: 'these people' })}.`,

  when: (
    dueOn: string | null,
    daysLeft: number | null,
    safeBy: string | null,
    kind: TaskKind = 'deadline',
  ) => {
    if (dueOn === null || daysLeft === null) return 'Date to be announced';
    const is = kind === 'occasion' ? 'on' : 'due';
    const when = `${is} ${longDate(dueOn)}, ${inDays(daysLeft)}`;
    if (daysLeft < 0) return `was ${when}`;
    const aim = daysToAim(dueOn, daysLeft, safeBy);
    return aim === null ? when : `${when}; aim for ${aim === 0 ? 'today' : longDate(safeBy!)}`;
  },
  wasDue: (dueOn: string) => `was due ${dayAndMonth(dueOn)}`,
  at: (places: string) => `at ${places}`,
  unreachedRole: (role: string, tasks: number) =>
    `${role}: no one is assigned; ${count(tasks, TASKS)} ${form(tasks, { one: 'waits', other: 'wait' })}`,
  more: (more: number) => `and ${more} more`,
  inShort: (unit: Unit) => `Your ${PLACES[unit].other} at a glance, those in most need first`,
  morePlaces: (places: number, unit: Unit) => `and ${places} more ${form(places, PLACES[unit])}`,
  short: ({ late, today, soon, month }: Counts, unreached: number) =>
    list(
      [
        late > 0 && `${late} late`,
        today > 0 && `${today} due today`,
        soon > 0 && `${soon} due soon`,
        month > 0 && `${month} this month`,
        unreached > 0 &&
          `${count(unreached, { one: 'role', other: 'roles' })} with no one assigned`,
      ].filter((part) => part !== false),
    ),

  calendar: 'The dates are attached as a calendar file.',
  why: (roles: string[], programs: string[]) =>
    `You receive this email because you are listed as ${list(roles)} in ${list(programs)}. At most one of these comes a day.`,
  notYours: (agencies: string[], answered: boolean) =>
    answered
      ? 'Questions? Not yours? Reply to this email: it reaches your coordinator.'
      : `Not yours? Contact ${list(agencies)}.`,
  choose: (url: string) => `Choose which emails you get: ${url}`,
  optional: 'To stop emails like this one, use “unsubscribe” in your mail program.',

  event: {
    summary: (title: string, place: string) => `Due: ${title} (${place})`,
    safeBy: (date: string) => `Aim for ${longDate(date)}.`,
  },
  feed: (name: string) => `Deadlines of ${name}`,

  signIn: {
    subject: 'Sign in to the planning year',
    before:
      'Someone, most likely you, asked to sign in with this address. Within ten minutes, open this link in the same browser and press the button there:',
    button: 'Sign in',
    after: 'It works once. Not you? Ignore this email: no one gets in without it.',
  },

  // Kinds are named as they stand within a sentence.
  unsubscribe: {
    question: (kinds: string[]) => `Stop ${list(kinds)}?`,
    button: 'Stop these emails',
    stopped: (kinds: string[]) => `You will no longer receive ${list(kinds)}.`,
    stoppedBefore: (kinds: string[]) => `You have already stopped ${list(kinds)}.`,
    undo: 'Undo',
    undone: (kinds: string[]) => `Undone. You will receive ${list(kinds)} again.`,
    always: 'These emails always come:',
    alwaysComes: [
      'deadlines',
      'webinars and other events with a date',
      'what is late',
      'news about the designation',
    ],
    others: 'This link also named emails about dates. They cannot be stopped.',
    never: 'This email cannot be stopped',
    whyNever: 'It tells you about dates that you must not miss.',
    choose: 'Choose which emails you receive',
  },
};

export type Messages = typeof english;
