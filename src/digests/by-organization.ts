import { oneLine, taskUrl, titleOf, whenOf, yearUrl } from './lines.ts';
import type { Messages } from './messages.en.ts';
import type { DigestModel, Item } from './model.ts';
import type { Block, Section } from './outline.ts';

/** Most things that a section tells. */
const ENTRIES = 25;

/** For somebody with a few organizations: each with all that it needs. */
export function byOrganization(model: DigestModel, publicUrl: string, messages: Messages): Block[] {
  const section = (heading: string, items: readonly Item[]): Section => ({
    heading,
    entries: items.slice(0, ENTRIES).map((item) => ({
      text: titleOf(item, model),
      url: taskUrl(publicUrl, item.taskId),
      detail: whenOf(item, messages),
      places: [],
      morePlaces: null,
    })),
    more: items.length > ENTRIES ? messages.more(items.length - ENTRIES) : null,
  });
  return model.organizations.map((organization) => ({
    heading: {
      text: `${oneLine(organization.name)} (${oneLine(organization.code)})`,
      url: yearUrl(publicUrl, organization.planningYearId),
    },
    sections: [
      section(messages.late, organization.late),
      section(messages.due, organization.due),
      section(messages.month(model.on), organization.month),
      section(messages.waiting, organization.waiting),
      {
        heading: messages.unreached,
        entries: organization.unreached.map(({ role, tasks }) => ({
          text: messages.unreachedRole(oneLine(role), tasks),
          url: null,
          detail: null,
          places: [],
          morePlaces: null,
        })),
        more: null,
      },
    ].filter(({ entries }) => entries.length > 0),
  }));
}
