/** The words of a digest. A second language is a second file of this shape. */
export const english = {
  language: 'en',

  subject: (late: number, due: number, month: number, on: string, where: string) =>
    `${
      [late && `${late} late`, due && `${due} due soon`].filter(Boolean).join(', ') ||
      (month ? `What ${monthName(on)} expects` : 'Mail that would reach nobody')
    }: ${where}`,
  schools: (count: number) => number(count, 'school'),

  greeting: (name: string) => `Hello ${name},`,
  summary: (late: number, due: number, month: number, on: string, where: string) => {
    const parts = [
      late > 0 && `${things(late)} ${late === 1 ? 'is' : 'are'} late`,
      due > 0 && `${things(due)} ${due === 1 ? 'is' : 'are'} due soon`,
      month > 0 && `${monthName(on)} expects ${late + due > 0 ? `${month} more` : things(month)}`,
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

  when: (dueOn: string | null, daysLeft: number | null, safeBy: string | null) =>
    dueOn === null || daysLeft === null
      ? 'its date has not been set yet'
      : daysLeft < 0
        ? `was due ${longDate(dueOn)}, ${daysAgo(-daysLeft)}`
        : `due ${longDate(dueOn)}, ${inDays(daysLeft)}${safeBy ? `; aim for ${longDate(safeBy)}` : ''}`,
  unreachedRole: (role: string, tasks: number) =>
    `${role}: nobody holds this role; ${things(tasks)} ${tasks === 1 ? 'waits' : 'wait'} for somebody to be assigned`,
  more: (count: number) => `and ${count} more`,
  otherSchools: (count: number) => `${number(count, 'more school')}, in short`,
  short: (late: number, due: number, month: number, unreached: number) =>
    list(
      [
        late > 0 && `${late} late`,
        due > 0 && `${due} due soon`,
        month > 0 && `${month} expected this month`,
        unreached > 0 && `${number(unreached, 'role')} held by nobody`,
      ].filter((part) => part !== false),
    ),

  why: (roles: string[], programs: string[]) =>
    `You get this mail because you are registered as ${list(roles)} in: ${programs.join('; ')}. ` +
    'There is at most one a day. If this is not your work, tell the state agency, which keeps the list of people.',
};

export type Messages = typeof english;

const number = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;
const things = (count: number): string => number(count, 'thing');
const daysAgo = (days: number): string => (days === 1 ? 'yesterday' : `${days} days ago`);
const inDays = (days: number): string =>
  days === 0 ? 'today' : days === 1 ? 'tomorrow' : `in ${days} days`;

const list = (parts: string[]): string =>
  new Intl.ListFormat('en-US', { type: 'conjunction' }).format(parts);

const longDate = (date: string): string => LONG.format(new Date(date));
const monthName = (date: string): string => MONTH.format(new Date(date));
const LONG = new Intl.DateTimeFormat('en-US', { dateStyle: 'full', timeZone: 'UTC' });
const MONTH = new Intl.DateTimeFormat('en-US', { month: 'long', timeZone: 'UTC' });
