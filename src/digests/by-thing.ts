import { countsOf, oneLine, taskUrl, titleOf, whenOf, yearUrl } from './lines.ts';
import type { Messages } from './messages.en.ts';
import type { DigestModel, Item, OrganizationDigest } from './model.ts';
import type { Block, Entry, Link, Section } from './outline.ts';

/** Most things of a section, most places of a thing, most organizations told in short. */
const ENTRIES = 15;
const PLACES = 5;
const IN_SHORT = 15;

/**
 * For somebody with many organizations, who would otherwise read the same lines a hundred times: each
 * thing once with the places that it is due at, then the organizations in most need in a line each.
 */
export function byThing(model: DigestModel, publicUrl: string, messages: Messages): Block[] {
  const told = (heading: string, of: (organization: OrganizationDigest) => readonly Item[]) =>
    things(heading, of, model, publicUrl, messages);
  const sections = [
    told(messages.late, ({ late }) => late),
    told(messages.due, ({ due }) => due),
    told(messages.month(model.on), ({ month }) => month),
    told(messages.waiting, ({ waiting }) => waiting),
    unreached(model, publicUrl, messages),
  ].filter(({ entries }) => entries.length > 0);
  return [{ heading: null, sections }, inShort(model, publicUrl, messages)];
}

function things(
  heading: string,
  of: (organization: OrganizationDigest) => readonly Item[],
  model: DigestModel,
  publicUrl: string,
  messages: Messages,
): Section {
  const all = model.organizations.flatMap((organization) =>
    of(organization).map((item) => ({
      item,
      place: { text: oneLine(organization.name), url: taskUrl(publicUrl, item.taskId) },
    })),
  );
  const alike = Map.groupBy(all, ({ item }) => [item.title, item.role, item.dueOn].join('\n'));
  const entries = [...alike.values()]
    .sort(([a], [b]) => compare(a!.item.dueOn ?? '9999', b!.item.dueOn ?? '9999'))
    .map((same): Entry => {
      const [{ item }] = same as [(typeof all)[number]];
      const places = same.map(({ place }) => place);
      const title = titleOf(item, model);
      return entryAt(title, whenOf(item, messages), places, model, messages);
    });
  return {
    heading,
    entries: entries.slice(0, ENTRIES),
    more: entries.length > ENTRIES ? messages.more(entries.length - ENTRIES) : null,
  };
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
    return entryAt(messages.unreachedRole(oneLine(role), tasks), null, places, model, messages);
  });
  return { heading: messages.unreached, entries, more: null };
}

/** A thing at one place links to itself there; at several, each place has a link of its own. */
function entryAt(
  title: string,
  when: string | null,
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
    places: one ? [] : places.slice(0, PLACES),
    morePlaces: places.length > PLACES ? messages.morePlaces(places.length - PLACES, unit) : null,
  };
}

function inShort(model: DigestModel, publicUrl: string, messages: Messages): Block {
  const { organizations, unit } = model;
  const entries = organizations.slice(0, IN_SHORT).map((organization) => ({
    text: `${oneLine(organization.name)} (${oneLine(organization.code)})`,
    url: yearUrl(publicUrl, organization.planningYearId),
    detail: messages.short(countsOf([organization]), organization.unreached.length),
    places: [],
    morePlaces: null,
  }));
  const left = organizations.length - entries.length;
  const more = left > 0 ? messages.morePlaces(left, unit) : null;
  return {
    heading: { text: messages.inShort(unit), url: null },
    sections: [{ heading: null, entries, more }],
  };
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
