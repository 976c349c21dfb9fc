import {
  countsOf,
  entryOf,
  holdLines,
  isToday,
  oneLine,
  sectionOf,
  taskUrl,
  titleOf,
  waitLines,
  whenOf,
  yearUrl,
} from './lines.ts';
import type { Messages } from './messages.en.ts';
import type { DigestModel, HoldUp, Item, OrganizationDigest, OtherEnd } from './model.ts';
import type { Block, Entry, Line, Link, Section } from './outline.ts';

/**
 * Most things of a section (what is late is told of all roles, and no name of a year's list is hidden),
 * most places of a thing, most organizations told in short.
 */
const ENTRIES = 30;
const LATE = 60;
const PLACES = 5;
const IN_SHORT = 15;

/**
 * For somebody with many organizations, who would otherwise read the same lines a hundred times: each
 * thing once with the places that it is due at, then the organizations in most need in a line each.
 */
export function byThing(model: DigestModel, publicUrl: string, messages: Messages): Block[] {
  const told = (
    heading: string,
    of: (organization: OrganizationDigest) => readonly (Item | HoldUp)[],
    most = ENTRIES,
  ) => sectionOf(heading, things(of, model, publicUrl, messages), most, messages);
  const sections = [
    told(messages.waitingOnYou, ({ waitingOnYou }) => waitingOnYou),
    told(messages.late, ({ late }) => late, LATE),
    told(messages.dueToday, ({ due }) => due.filter(isToday)),
    told(messages.dueSoon, ({ due }) => due.filter((item) => !isToday(item))),
    told(messages.month(model.on), ({ month }) => month),
    told(messages.waiting, ({ waiting }) => waiting),
    unreached(model, publicUrl, messages),
  ].filter(({ entries }) => entries.length > 0);
  return [{ heading: null, sections }, inShort(model, publicUrl, messages)];
}

function things(
  of: (organization: OrganizationDigest) => readonly (Item | HoldUp)[],
  model: DigestModel,
  publicUrl: string,
  messages: Messages,
): Entry[] {
  const all = model.organizations.flatMap((organization) =>
    of(organization).map((item) => ({
      item,
      place: { text: oneLine(organization.name), url: taskUrl(publicUrl, item.taskId) },
    })),
  );
  return [...Map.groupBy(all, ({ item }) => nameOf(item)).values()]
    .sort(([a], [b]) => inFront(a!.item, b!.item))
    .map((same): Entry => {
      const [{ item }] = same as [(typeof all)[number]];
      const places = same.map(({ place }) => place);
      const items = same.map((one) => one.item);
      const lines = linesOf(items, publicUrl, messages);
      const title = titleOf(item, model);
      return entryAt(title, whenOf(item, messages), lines, places, model, messages);
    });
}

/** Deadlines first, so that none is ever among those that are only counted; then by date. */
const inFront = (a: Item, b: Item): number =>
  Number(b.kind === 'deadline') - Number(a.kind === 'deadline') ||
  compare(a.dueOn ?? '9999', b.dueOn ?? '9999');

/** What is told once: the same thing, due on the same day, that waits for the same. */
const nameOf = ({ title, role, dueOn, waitsOn }: Item): string =>
  [title, role, dueOn, ...waitsOn.map((end) => `${end.roles} ${end.title}`)].join('\n');

/** What a thing holds up anywhere, or what it waits for everywhere; linked where it is at one place. */
function linesOf(items: readonly (Item | HoldUp)[], publicUrl: string, messages: Messages): Line[] {
  const once = (ends: readonly OtherEnd[]): OtherEnd[] => {
    const known = new Map(ends.map((end) => [`${end.roles} ${end.title}`, end]));
    return [...known.values()].map((end) => (items.length === 1 ? end : { ...end, taskId: null }));
  };
  return [
    ...holdLines(
      once(items.flatMap((item) => ('holdsUp' in item ? item.holdsUp : []))),
      publicUrl,
      messages,
    ),
    ...waitLines(once(items[0]!.waitsOn), publicUrl, messages),
  ];
}

/** Roles that nobody holds, each once with the places where nobody does. */
function unreached(model: DigestModel, publicUrl: string, messages: Messages): Section {
  const all = model.organizations.flatMap(({ name, planningYearId, unreached: roles }) =>
    roles.map(({ role, tasks }) => ({
      role,
      tasks,
      place: { text: oneLine(name), url: yearUrl(publicUrl, planningYearId) },
    })),
  );
  const entries = [...Map.groupBy(all, ({ role }) => role)].map(([role, same]) => {
    const tasks = same.reduce((sum, one) => sum + one.tasks, 0);
    const places = same.map(({ place }) => place);
    return entryAt(messages.unreachedRole(oneLine(role), tasks), null, [], places, model, messages);
  });
  return { heading: messages.unreached, entries, more: null };
}

/** A thing at one place links to itself there; at several, each place has a link of its own. */
function entryAt(
  title: string,
  when: string | null,
  lines: Line[],
  places: Link[],
  { unit }: DigestModel,
  messages: Messages,
): Entry {
  const [only] = places;
  const one = places.length === 1 && only ? only : null;
  const at = messages.at(one ? one.text : messages.places(places.length, unit));
  return {
    text: title,
    url: one?.url ?? null,
    detail: when === null ? at : `${when}; ${at}`,
    lines,
    places: one ? [] : places.slice(0, PLACES),
    morePlaces: places.length > PLACES ? messages.morePlaces(places.length - PLACES, unit) : null,
  };
}

function inShort(model: DigestModel, publicUrl: string, messages: Messages): Block {
  const { organizations, unit } = model;
  const entries = organizations.slice(0, IN_SHORT).map((organization) =>
    entryOf({
      text: `${oneLine(organization.name)} (${oneLine(organization.code)})`,
      url: yearUrl(publicUrl, organization.planningYearId),
      detail: messages.short(countsOf([organization]), organization.unreached.length),
    }),
  );
  const left = organizations.length - entries.length;
  const more = left > 0 ? messages.morePlaces(left, unit) : null;
  return {
    heading: { text: messages.inShort(unit), url: null },
    sections: [{ heading: null, entries, more }],
  };
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
