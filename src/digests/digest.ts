import { digestHtml } from './digest-html.ts';
import { digestText } from './digest-text.ts';
import { english, type Messages } from './messages.en.ts';
import type { DigestModel, Item, OrganizationDigest } from './model.ts';

export interface Digest {
  subject: string;
  text: string;
  html: string;
}

/**
 * Puts a digest into words, once as text and once as HTML. Pure: the same model gives the same mail.
 *
 * @param publicUrl where the API answers, without a trailing slash
 */
export function renderDigest(
  model: DigestModel,
  publicUrl: string,
  messages: Messages = english,
): Digest {
  const outline = outlineOf(model, publicUrl, messages);
  return { subject: outline.subject, text: digestText(outline), html: digestHtml(outline) };
}

/** The digest's sentences in their order, the same for text and HTML. */
export interface Outline {
  language: string;
  subject: string;
  greeting: string;
  summary: string;
  organizations: { heading: string; sections: Section[] }[];
  /** Organizations in one line each, below a heading; null when all are told in full. */
  others: { heading: string; lines: string[] } | null;
  why: string;
}

export interface Section {
  heading: string;
  entries: { title: string; detail: string | null; url: string | null }[];
  /** How many are left out; null when none are. */
  more: string | null;
}

/** Somebody with a hundred schools reads the twenty in most need, and the others in one line each. */
const IN_FULL = 20;
const ENTRIES = { few: 25, many: 5 };

function outlineOf(model: DigestModel, publicUrl: string, messages: Messages): Outline {
  const { organizations, on } = model;
  const inFull = organizations.slice(0, IN_FULL);
  const others = organizations.slice(IN_FULL);
  const total = counted(organizations);
  const places = new Set(organizations.map(({ code }) => code)).size;
  const where = places === 1 ? oneLine(organizations[0]?.name ?? '') : messages.schools(places);
  const section = sectionMaker(model, publicUrl, messages);
  return {
    language: messages.language,
    subject: messages.subject(total.late, total.due, total.month, on, where),
    greeting: messages.greeting(oneLine(model.name)),
    summary: messages.summary(total.late, total.due, total.month, on, where),
    organizations: inFull.map((organization) => ({
      heading: headingOf(organization),
      sections: sectionsOf(organization, on, messages, section),
    })),
    others:
      others.length > 0
        ? {
            heading: messages.otherSchools(others.length),
            lines: others.map((organization) => inShort(organization, messages)),
          }
        : null,
    why: messages.why(model.roles, model.programs),
  };
}

type SectionMaker = (heading: string, items: Item[]) => Section;

function sectionMaker(model: DigestModel, publicUrl: string, messages: Messages): SectionMaker {
  const limit = model.organizations.length > 3 ? ENTRIES.many : ENTRIES.few;
  // Whoever holds one role need not be told which one each thing is for.
  const named = model.roles.length > 1;
  return (heading, items) => ({
    heading,
    entries: items.slice(0, limit).map(({ taskId, title, role, dueOn, daysLeft, safeBy }) => ({
      title: named ? `${oneLine(title)} (${oneLine(role)})` : oneLine(title),
      detail: messages.when(dueOn, daysLeft, safeBy),
      url: `${publicUrl}/v1/tasks/${taskId}`,
    })),
    more: items.length > limit ? messages.more(items.length - limit) : null,
  });
}

function sectionsOf(
  { late, due, month, waiting, unreached }: OrganizationDigest,
  on: string,
  messages: Messages,
  section: SectionMaker,
): Section[] {
  const roles = unreached.map(({ role, tasks }) => ({
    title: messages.unreachedRole(oneLine(role), tasks),
    detail: null,
    url: null,
  }));
  return [
    section(messages.late, late),
    section(messages.due, due),
    section(messages.month(on), month),
    section(messages.waiting, waiting),
    { heading: messages.unreached, entries: roles, more: null },
  ].filter(({ entries }) => entries.length > 0);
}

const inShort = (organization: OrganizationDigest, messages: Messages): string => {
  const { late, due, month } = counted([organization]);
  const { length } = organization.unreached;
  return `${headingOf(organization)}: ${messages.short(late, due, month, length)}`;
};

const counted = (organizations: OrganizationDigest[]) => ({
  late: sum(organizations.map(({ late }) => late.length)),
  due: sum(organizations.map(({ due }) => due.length)),
  month: sum(organizations.map(({ month, waiting }) => month.length + waiting.length)),
});

const headingOf = ({ name, code }: OrganizationDigest): string => `${oneLine(name)} (${code})`;

/** Names come from files: none may break a line or a header. */
const oneLine = (text: string): string => text.replaceAll(/[\p{Cc}\s]+/gu, ' ').trim();

const sum = (numbers: number[]): number => numbers.reduce((total, one) => total + one, 0);
