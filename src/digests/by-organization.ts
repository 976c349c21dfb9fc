import {
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
import type { DigestModel, HoldUp, Item } from './model.ts';
import type { Block, Entry, Line } from './outline.ts';

/** Most things that a section tells: a whole year's list of one role, and no name of it hidden. */
const ENTRIES = 60;

/** For somebody with a few organizations: each with all that it needs. */
export function byOrganization(model: DigestModel, publicUrl: string, messages: Messages): Block[] {
  const section = (heading: string, entries: readonly Entry[]) =>
    sectionOf(heading, entries, ENTRIES, messages);
  const told = (item: Item): Entry =>
    toldOf(item, model, publicUrl, messages, waitLines(item.waitsOn, publicUrl, messages));
  const holding = (item: HoldUp): Entry =>
    toldOf(item, model, publicUrl, messages, holdLines(item.holdsUp, publicUrl, messages));
  return model.organizations.map((organization) => {
    const { name, code, planningYearId, waitingOnYou, late, due, month, waiting } = organization;
    return {
      heading: {
        text: `${oneLine(name)} (${oneLine(code)})`,
        url: yearUrl(publicUrl, planningYearId),
      },
      sections: [
        section(messages.waitingOnYou, waitingOnYou.map(holding)),
        section(messages.late, [
          ...late.filter(({ own }) => own).map(told),
          ...lateOfOthers(late, publicUrl, messages),
        ]),
        section(messages.dueToday, due.filter(isToday).map(told)),
        section(messages.dueSoon, due.filter((item) => !isToday(item)).map(told)),
        section(messages.month(model.on), month.map(told)),
        section(messages.waiting, waiting.map(told)),
        section(
          messages.unreached,
          organization.unreached.map(({ role, tasks }) =>
            entryOf({ text: messages.unreachedRole(oneLine(role), tasks) }),
          ),
        ),
      ].filter(({ entries }) => entries.length > 0),
    };
  });
}

const toldOf = (
  item: Item,
  model: DigestModel,
  publicUrl: string,
  messages: Messages,
  lines: Line[],
): Entry =>
  entryOf({
    text: titleOf(item, model),
    url: taskUrl(publicUrl, item.taskId),
    detail: whenOf(item, messages),
    lines,
  });

/** One line a role, with every thing of it named and linked. */
const lateOfOthers = (late: readonly Item[], publicUrl: string, messages: Messages): Entry[] =>
  [
    ...Map.groupBy(
      late.filter(({ own }) => !own),
      ({ role }) => role,
    ),
  ].map(([role, items]) =>
    entryOf({
      text: messages.lateOf(oneLine(role), items.length),
      places: items.slice(0, ENTRIES).map((item) => ({
        text: lateThing(item, messages),
        url: taskUrl(publicUrl, item.taskId),
      })),
      morePlaces: items.length > ENTRIES ? messages.more(items.length - ENTRIES) : null,
    }),
  );

function lateThing({ title, dueOn, waitsOn }: Item, messages: Messages): string {
  const waits = waitsOn.map(({ roles, title: what }) =>
    [messages.waitsOn(roles.map(oneLine)), oneLine(what)].join(' '),
  );
  const about = [...(dueOn === null ? [] : [messages.wasDue(dueOn)]), ...waits];
  return `${oneLine(title)} (${about.join('; ')})`;
}
