import { entryOf, oneLine, refusedUrl, yearUrl } from './lines.ts';
import type { Messages } from './messages.en.ts';
import type { DigestModel, RefusedAddress } from './model.ts';
import type { Block, Entry } from './outline.ts';

/** Most addresses that are told, most places of each. */
const ADDRESSES = 15;
const PLACES = 5;

/** Addresses to mend, each once, however many places its person has. */
export function refusedBlock(model: DigestModel, publicUrl: string, messages: Messages): Block {
  const { refused } = model;
  const entries = refused
    .slice(0, ADDRESSES)
    .map((one) => addressEntry(one, model, publicUrl, messages));
  const left = refused.length - entries.length;
  const more = left > 0 ? messages.more(left) : null;
  return { heading: null, sections: [{ heading: messages.refused, entries, more }] };
}

function addressEntry(
  { id, name, roles, address, reason, said, everywhere, places }: RefusedAddress,
  { unit }: DigestModel,
  publicUrl: string,
  messages: Messages,
): Entry {
  const links = everywhere
    ? []
    : places.map((place) => ({
        text: oneLine(place.name),
        url: yearUrl(publicUrl, place.planningYearId),
      }));
  const [only] = links;
  const where = links.length === 1 && only ? only.text : messages.places(links.length, unit);
  return entryOf({
    text: messages.refusedOf(oneLine(name), roles.map(oneLine)),
    url: refusedUrl(publicUrl, id),
    detail: [
      messages.refusedBy(oneLine(address), oneLine(said), reason),
      ...(only ? [messages.at(where)] : []),
    ].join('; '),
    places: links.length > 1 ? links.slice(0, PLACES) : [],
    morePlaces: links.length > PLACES ? messages.morePlaces(links.length - PLACES, unit) : null,
  });
}
