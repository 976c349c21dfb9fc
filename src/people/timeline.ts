import type { Rejected } from '../http/csv.ts';
import { daysAfter } from '../programs/today.ts';
import type { Work } from '../turns.ts';

/** An assignment as it stands, or as a file would make it. */
export interface Span {
  /** Null: new. */
  id: string | null;
  organization: { kind: 'state' | 'district' | 'school' | 'vendor'; code: string };
  role: string;
  /** `id` null: new. An address names one person, however it is written. */
  person: { id: string | null; name: string; email: string };
  from: string;
  /** The last day; null: open. */
  to: string | null;
}

export interface Change extends Span {
  /** The row that brings it about. */
  row: number;
  change: 'created' | 'ended';
}

/** A row of a file: what should be. */
export interface Wish {
  row: number;
  span: Span;
}

type Fault = Omit<Rejected, 'row'>;

/** A span while what is held at its place is being planned. */
export interface Entry {
  span: Span;
  /** The row that creates it; null while it is in the database. */
  createdBy: number | null;
  /** The row that ends an assignment of the database. */
  endedBy: number | null;
  /** It lasts until somebody takes over, although its last day may follow from that already. */
  open: boolean;
}

export const entryOf = (span: Span): Entry => ({
  span,
  createdBy: null,
  endedBy: null,
  open: span.to === null,
});

/** What became of it; nothing when it stays as it was. */
export const changeOf = ({ span, createdBy, endedBy }: Entry): Change[] =>
  createdBy !== null
    ? [{ row: createdBy, change: 'created', ...span }]
    : endedBy !== null
      ? [{ row: endedBy, change: 'ended', ...span }]
      : [];

/**
 * Takes the rows about one place into its timeline; one may have to wait for another that makes room
 * for it.
 *
 * @param alone one person holds the role at a time
 */
export function* takeAll(
  timeline: Entry[],
  wishes: readonly Wish[],
  alone: boolean,
): Work<{ unchanged: number; rejected: Rejected[] }> {
  let waiting = wishes.toSorted((a, b) => compare(a.span.from, b.span.from));
  let unchanged = 0;
  for (;;) {
    const refused: { wish: Wish; fault: Fault }[] = [];
    for (const wish of waiting) {
      const outcome = take(timeline, wish, alone);
      if (outcome === 'unchanged') unchanged += 1;
      else if (outcome) refused.push({ wish, fault: outcome });
      yield;
    }
    if (refused.length === 0 || refused.length === waiting.length)
      return {
        unchanged,
        rejected: refused.map(({ wish: { row }, fault }) => ({ row, ...fault })),
      };
    waiting = refused.map(({ wish }) => wish);
  }
}

/** Puts a row into what is held at its place. */
function take(timeline: Entry[], { row, span }: Wish, alone: boolean): 'unchanged' | Fault | null {
  const [own, all] = halves(timeline, ({ span: { person } }) => isSame(person, span.person));
  const others = alone ? all : [];
  const next = others.map((other) => other.span.from).filter((from) => from > span.from);
  const last = span.to ?? (next.length > 0 ? daysAfter(next.sort(compare)[0]!, -1) : null);

  const same = own.find((entry) => entry.span.from === span.from);
  if (same) return again(same, { row, span }, last);

  const wish: Entry = {
    span: { ...span, to: last },
    createdBy: row,
    endedBy: null,
    open: span.to === null,
  };
  const meeting = (entry: Entry) => overlap(entry.span, wish.span);
  const before = others.filter(meeting);
  const inTheWay =
    own.find(meeting) ?? before.find((other) => !other.open || other.span.from >= span.from);
  if (inTheWay) return overlaps(inTheWay, own.includes(inTheWay));
  for (const other of before) end(other, row, daysAfter(span.from, -1));
  timeline.push(wish);
  return null;
}

/** A row about an assignment that exists. */
function again(same: Entry, { row, span }: Wish, last: string | null): 'unchanged' | Fault | null {
  const { to } = same.span;
  if (to === span.to || to === last) {
    same.open = span.to === null;
    return 'unchanged';
  }
  if (to === null && span.to !== null) {
    same.open = false;
    end(same, row, span.to);
    return null;
  }
  return {
    code: 'to-differs',
    detail: `${span.person.email} holds this role there ${daysOf(same.span)} already; correct the row, or set the last day of that assignment`,
  };
}

function end(entry: Entry, row: number, to: string): void {
  entry.span = { ...entry.span, to };
  entry.endedBy = row;
}

const overlaps = ({ span, createdBy }: Entry, own: boolean): Fault => {
  const who = `${span.person.email} holds this role there ${daysOf(span)}${createdBy === null ? '' : ` by row ${createdBy}`}`;
  return own
    ? { code: 'overlaps', detail: `${who} already; choose other days` }
    : {
        code: 'overlaps',
        detail: `${who}, and one person holds it at a time; end that assignment first, or choose other days`,
      };
};

const overlap = (a: Span, b: Span): boolean =>
  (b.to === null || a.from <= b.to) && (a.to === null || b.from <= a.to);

const daysOf = ({ from, to }: Span): string =>
  to === null ? `from ${from} on` : `from ${from} to ${to}`;

const isSame = (a: Span['person'], b: Span['person']): boolean =>
  a.email.toLowerCase() === b.email.toLowerCase();

const halves = <T>(all: T[], isFirst: (item: T) => boolean): [T[], T[]] => [
  all.filter(isFirst),
  all.filter((item) => !isFirst(item)),
];

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
