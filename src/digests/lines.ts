import type { Messages } from './messages.en.ts';
import type { Counts, DigestModel, HoldUp, Item, OrganizationDigest, OtherEnd } from './model.ts';
import type { Entry, Line, Link } from './outline.ts';

/** Names come from files: none may break a line or a header. */
export const oneLine = (text: string): string =>
  text.replaceAll(/[\p{Cc}\p{Zl}\p{Zp}\s]+/gu, ' ').trim();

/** Whoever holds one role need not be told that each of their things is for it. */
export const titleOf = (
  { title, role }: Pick<Item, 'title' | 'role'>,
  { roles }: DigestModel,
): string =>
  roles.length === 1 && roles[0] === role ? oneLine(title) : `${oneLine(title)} (${oneLine(role)})`;

export const whenOf = ({ dueOn, daysLeft, safeBy, kind }: Item, messages: Messages): string =>
  messages.when(dueOn, daysLeft, safeBy, kind);

/** An entry that says no more than this. */
export const entryOf = (said: Partial<Entry> & { text: string }): Entry => ({
  url: null,
  detail: null,
  lines: [],
  places: [],
  morePlaces: null,
  ...said,
});

/** A section; what goes beyond `most` entries is counted. */
export const sectionOf = (
  heading: string | null,
  entries: readonly Entry[],
  most: number,
  messages: Messages,
) => ({
  heading,
  entries: entries.slice(0, most),
  more: entries.length > most ? messages.more(entries.length - most) : null,
});

/** Most things that one line each says it waits for, or holds up. */
const ENDS = 3;

/** What a thing waits for. */
export const waitLines = (
  waitsOn: readonly OtherEnd[],
  publicUrl: string,
  messages: Messages,
): Line[] =>
  limited(waitsOn, messages, (end) => ({
    before: end.own ? messages.comesAfter : messages.waitsOn(end.roles.map(oneLine)),
    ...linkTo(end, publicUrl),
  }));

/** What it holds up. */
export const holdLines = (
  holdsUp: HoldUp['holdsUp'],
  publicUrl: string,
  messages: Messages,
): Line[] =>
  limited(holdsUp, messages, (end) => ({
    before: end.own ? messages.holdsUpYours : messages.holdsUp(end.roles.map(oneLine)),
    ...linkTo(end, publicUrl),
  }));

function limited(
  ends: readonly OtherEnd[],
  messages: Messages,
  lineOf: (end: OtherEnd) => Line,
): Line[] {
  const lines = ends.slice(0, ENDS).map(lineOf);
  if (ends.length > ENDS)
    lines.push({ before: '', text: messages.more(ends.length - ENDS), url: null });
  return lines;
}

const linkTo = ({ title, taskId }: OtherEnd, publicUrl: string): Link => ({
  text: oneLine(title),
  url: taskId === null ? null : taskUrl(publicUrl, taskId),
});

export const countsOf = (organizations: readonly OrganizationDigest[]): Counts => {
  const counts: Counts = { late: 0, today: 0, soon: 0, month: 0 };
  for (const { waitingOnYou, late, due, month, waiting } of organizations) {
    const first = (as: HoldUp['as']) => waitingOnYou.filter((item) => item.as === as);
    const today = [...due, ...first('due')].filter(isToday).length;
    counts.late += late.length + first('late').length;
    counts.today += today;
    counts.soon += due.length + first('due').length - today;
    counts.month += month.length + waiting.length + first('month').length;
  }
  return counts;
};

export const isToday = ({ daysLeft }: Item): boolean => daysLeft === 0;

/** Where a mail's links lead. */
export const taskUrl = (publicUrl: string, taskId: string): string =>
  `${publicUrl}/tasks/${taskId}`;
export const refusedUrl = (publicUrl: string, suppressionId: string): string =>
  `${publicUrl}/refused-addresses/${suppressionId}`;
export const yearUrl = (publicUrl: string, planningYearId: string): string =>
  `${publicUrl}/planning-years/${planningYearId}`;
export const preferencesUrl = (publicUrl: string): string => `${publicUrl}/me/preferences`;
