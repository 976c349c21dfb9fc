/** One record of a CSV file. */
export interface CsvRecord {
  /** The line of the text that it begins on; the first is 1. */
  line: number;
  cells: string[];
  /** In UTF-16 units of the text. */
  length: number;
}

/** What makes a text no CSV. */
export class CsvFault extends Error {
  override name = 'CsvFault';
  /** The line of the text that the record begins on. */
  readonly line: number;
  constructor(line: number, message: string) {
    super(message);
    this.line = line;
  }
}

/** No file that is taken here has so many columns. */
const MOST_CELLS = 200;
/** In UTF-16 units: what is longer is a file with a quote that never ends, or none at all. */
const LONGEST_RECORD = 4 * 1024 * 1024;
const LONGEST_QUOTED = 64 * 1024;

/**
 * Reads a CSV text (RFC 4180) record by record, each when it is asked for, in a time that grows with its
 * length alone. Lines end as they do in any system, each in its own way if need be. An empty line is a
 * record of one empty cell.
 *
 * @param separator what stands between cells: one character, no quote and no line's end
 * @throws CsvFault at a quote that stands in the wrong place or never ends, and at a record without
 *   measure
 */
export function* csvRecords(text: string, separator = ','): Generator<CsvRecord, void, undefined> {
  const plain = plainUpTo(separator);
  let at = 0;
  let line = 1;
  while (at < text.length) {
    const begun = line;
    const start = at;
    const cells: string[] = [];
    const limit = at + LONGEST_RECORD;
    for (;;) {
      const cell =
        text[at] === '"' ? quotedCell(text, at, line, separator) : plainCell(text, at, line, plain);
      cells.push(cell.text);
      line += cell.lines;
      at = cell.end;
      if (at > limit) throw endless(begun);
      if (cells.length > MOST_CELLS)
        throw new CsvFault(begun, `has more than ${MOST_CELLS} cells, which no file here has`);
      if (text[at] !== separator) break;
      at += 1;
    }
    yield { line: begun, cells, length: at - start };
    at += text.startsWith('\r\n', at) ? 2 : 1;
    line += 1;
  }
}

interface Cell {
  text: string;
  /** Where its end stands: a separator, a line's end, or the text's. */
  end: number;
  /** Line breaks within. */
  lines: number;
}

function plainCell(text: string, start: number, line: number, plain: RegExp): Cell {
  plain.lastIndex = start;
  plain.test(text);
  const end = plain.lastIndex;
  if (text[end] === '"')
    throw new CsvFault(
      line,
      'has a quote within a cell; put the whole cell in quotes, and double it',
    );
  return { text: text.slice(start, end), end, lines: 0 };
}

/** As far as nothing of what means something stands. */
const plainUpTo = (separator: string) => new RegExp(`[^"\\r\\n\\u{${hexOf(separator)}}]*`, 'uy');
const hexOf = (character: string) => character.codePointAt(0)!.toString(16);

function quotedCell(text: string, start: number, line: number, separator: string): Cell {
  const limit = start + LONGEST_QUOTED;
  let from = start + 1;
  for (;;) {
    const quote = text.indexOf('"', from);
    if (quote === -1 || quote > limit) throw quote === -1 ? endlessQuote(line) : endless(line);
    if (text[quote + 1] !== '"') {
      const inside = text.slice(start + 1, quote);
      const end = quote + 1;
      if (end < text.length && text[end] !== separator && !/[\r\n]/.test(text[end]!))
        throw new CsvFault(
          line,
          'goes on behind the quote that ends a cell; double a quote within',
        );
      return { text: inside.replaceAll('""', '"'), end, lines: inside.split('\n').length - 1 };
    }
    from = quote + 2;
  }
}

const endlessQuote = (line: number) => new CsvFault(line, 'has a quote that never ends');
const endless = (line: number) =>
  new CsvFault(line, 'is too long for a line; a quote may be missing');
