import { byOrganization } from './by-organization.ts';
import { byThing } from './by-thing.ts';
import { namesDeadlines } from './deadlines.ts';
import { countsOf, oneLine } from './lines.ts';
import type { Messages } from './messages.en.ts';
import type { DigestModel } from './model.ts';
import { refusedBlock } from './refused-block.ts';

/** A digest's sentences in their order, the same for text and HTML. */
export interface Outline {
  language: string;
  subject: string;
  greeting: string;
  summary: string;
  blocks: Block[];
  /** Why it came, and what one can do about it. */
  footer: string[];
}

export interface Block {
  /** With the address of what it names; null where the sections speak for themselves. */
  heading: Link | null;
  sections: Section[];
}

export interface Section {
  heading: string | null;
  entries: Entry[];
  /** How many are left out; null when none are. */
  more: string | null;
}

export interface Entry extends Link {
  detail: string | null;
  /** Where the thing is to be done, when it is told once for several organizations. */
  places: Link[];
  morePlaces: string | null;
}

export interface Link {
  text: string;
  url: string | null;
}

/** Up to so many organizations are told one by one; for more, each thing is told once. */
const FEW = 3;

export function outlineOf(model: DigestModel, publicUrl: string, messages: Messages): Outline {
  const { organizations, refused, on, unit } = model;
  const counts = countsOf(organizations);
  const places = new Set(organizations.map(({ code }) => code)).size;
  const where =
    places === 1 ? oneLine(organizations[0]?.name ?? '') : messages.places(places, unit);
  const blocksOf = organizations.length <= FEW ? byOrganization : byThing;
  return {
    language: messages.language,
    subject:
      organizations.length > 0
        ? messages.subject(counts, on, where)
        : messages.refusedSubject(refused.length),
    greeting: messages.greeting(oneLine(model.name)),
    summary:
      organizations.length > 0
        ? messages.summary(counts, on, where)
        : messages.refusedSummary(on, refused.length),
    blocks: [
      ...(refused.length > 0 ? [refusedBlock(model, publicUrl, messages)] : []),
      ...(organizations.length > 0 ? blocksOf(model, publicUrl, messages) : []),
    ],
    footer: [
      ...(namesDeadlines(model) ? [messages.calendar] : []),
      messages.why(model.roles, model.programs),
      messages.notYours(model.agencies, model.coordinator !== null),
      ...(model.optionalKinds ? [messages.optional] : []),
    ],
  };
}
