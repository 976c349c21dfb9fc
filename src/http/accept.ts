import { NotAcceptableError } from './http-errors.ts';

/**
 * The type that the caller likes best of those offered; the first when it does not say.
 *
 * @throws NotAcceptableError when it wants none of them
 */
export function preferredType<T extends string>(accept: string | undefined, offers: T[]): T {
  const ranges = (accept?.trim() || '*/*').split(',').map(rangeOf);
  const likings = offers.map((offer) => ({ offer, q: liking(offer, ranges) }));
  const best = likings.reduce((a, b) => (b.q > a.q ? b : a));
  if (best.q > 0) return best.offer;
  throw new NotAcceptableError(`This comes as ${offers.join(' or ')}. Accept one of them.`);
}

interface Range {
  type: string;
  q: number;
}

function rangeOf(text: string): Range {
  const [type = '', ...parameters] = text.split(';').map((part) => part.trim().toLowerCase());
  const q = parameters.find((parameter) => parameter.startsWith('q='));
  return { type, q: q === undefined ? 1 : Number(q.slice(2)) || 0 };
}

/** The quality of the most specific range that covers the type. */
function liking(offer: string, ranges: Range[]): number {
  const covering = [offer, `${offer.split('/')[0]}/*`, '*/*'];
  for (const type of covering) {
    const range = ranges.find((each) => each.type === type);
    if (range) return range.q;
  }
  return 0;
}
