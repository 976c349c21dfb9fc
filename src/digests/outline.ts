import { byOrganization } from './by-organization.ts';
import { byThing } from './by-thing.ts';
import { namesDeadlines } from './deadlines.ts';
import { countsOf, oneLine, preferencesUrl } from './lines.ts';
import type { Messages } from './messages.en.ts';
import type { DigestModel } from './model.ts';
import { refusedBlock } from './refused-block.ts';
import { unsetBlock } from './unset-block.ts';

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
  /** What it waits for or holds up, each on a line of its own. */
  lines: Line[];
  /** Where the thing is to be done, when it is told once for several organizations; or the things that it sums up. */
  places: Link[];
  morePlaces: string | null;
}

/** A link with the words that lead to it. */
export interface Line extends Link {
  before: string;
}

export interface Link {
  text: string;
  url: string | null;
}

/** Up to so many organizations are told one by one; for more, each thing is told once. */
const FEW = 3;

export function outlineOf(model: DigestModel, publicUrl: string, messages: Messages): Outline {
  const { organizations, unset, refused } = model;
  const blocksOf = organizations.length <= FEW ? byOrganization : byThing;
  return {
    language: messages.language,
    greeting: messages.greeting(oneLine(model.name)),
    ...openingOf(model, messages),
    blocks: [
      ...(refused.length > 0 ? [refusedBlock(model, publicUrl, messages)] : []),
      ...(unset.length > 0 ? [unsetBlock(model, publicUrl, messages)] : []),
      ...(organizations.length > 0 ? blocksOf(model, publicUrl, messages) : []),
    ],
    footer: [
      ...(namesDeadlines(model) ? [messages.calendar] : []),
      messages.why(model.roles, model.programs),
      messages.notYours(model.agencies, model.coordinator !== null),
      messages.choose(preferencesUrl(publicUrl)),
      ...(model.optionalKinds ? [messages.optional] : []),
    ],
  };
}

/** Work goes before dates to be set, and these before addresses to be mended. */
function openingOf(
  { organizations, unset, refused, on, unit }: DigestModel,
  messages: Messages,
): Pick<Outline, 'subject' | 'summary'> {
  if (organizations.length > 0) {
    const counts = countsOf(organizations);
    const where = whereOf(organizations, unit, messages);
    return {
      subject: messages.subject(counts, on, where),
      summary: messages.summary(counts, on, where),
    };
  }
  if (unset.length > 0) {
    const where = whereOf(
      unset.flatMap(({ places }) => places),
      unit,
      messages,
    );
    return {
      subject: messages.unsetSubject(unset.length, where),
      summary: messages.unsetSummary(on, unset.length, where),
    };
  }
  return {
    subject: messages.refusedSubject(refused.length),
    summary: messages.refusedSummary(on, refused.length),
  };
}

function whereOf(
  places: readonly { name: string; code: string }[],
  unit: DigestModel['unit'],
  messages: Messages,
): string {
  const codes = new Set(places.map(({ code }) => code));
  return codes.size === 1 ? oneLine(places[0]?.name ?? '') : messages.places(codes.size, unit);
}
