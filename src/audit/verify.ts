import { createHash } from 'node:crypto';
import { type BelongsTo, isSamePlace } from '../planning-years/belongs-to.ts';
import { link } from '../planning-years/chain.ts';
import type { LogEntry } from '../planning-years/state.ts';
import { auditLeaf, headLeaf, NO_SEAL, sealDigest } from './leaves.ts';
import { FORMATS, type Line, type LineOf, line as shape } from './lines.ts';
import type { TellSeal } from './outside.ts';

export interface Verified {
  planningYears: number;
  entries: number;
  facts: number;
  seals: number;
  /** The last seal: whoever has written it down elsewhere can compare. */
  lastSeal: { sealedOn: string; digest: string } | null;
  /** The head of every log, by planning year. */
  heads: Map<string, { seq: number; hash: string }>;
  /** Sealed things that the file does not show; of an export of everything, that is a fault. */
  notShown: number;
  /** What is wrong, in the order of the file. Empty when all is well. */
  faults: string[];
}

/**
 * Checks an export by itself: every chain, every head, every seal. Reads it once, line by line.
 *
 * @param outside the seals as they were told outside of the database: see `outside.ts`
 */
export async function verifyExport(
  lines: AsyncIterable<string>,
  outside: readonly TellSeal[] = [],
): Promise<Verified> {
  const check = new Check(outside);
  for await (const line of lines) check.line(line);
  return check.end();
}

class Check {
  readonly #result: Verified = {
    planningYears: 0,
    entries: 0,
    facts: 0,
    seals: 0,
    lastSeal: null,
    heads: new Map(),
    notShown: 0,
    faults: [],
  };
  readonly #digest = createHash('sha256');
  readonly #counts: Record<string, number> = {};
  /** By day, the leaves that no line has accounted for yet. */
  readonly #leaves = new Map<string, Set<string>>();
  /** By day, what was told of the seal outside of the database. */
  readonly #outside: Map<string, TellSeal[]>;
  #begun = false;
  #complete = false;
  #ended = false;
  #year = '';
  /** The hashes of the year's entries so far, the first before the first entry. */
  #chain: string[] = [];
  /** What the year's row says of whose it is. */
  #row: { [Name in keyof BelongsTo]?: string | undefined } = {};
  /** What its log says of it, from which entry on. */
  #told: { seq: number; belongsTo: BelongsTo }[] = [];

  constructor(outside: readonly TellSeal[]) {
    this.#outside = Map.groupBy(outside, ({ seal }) => seal);
  }

  line(text: string): void {
    const line = this.#parsed(text);
    if (!line) return;
    if (this.#ended) {
      this.#fault('something stands after the trailer');
      return;
    }
    if (line.kind !== 'trailer') this.#digest.update(`${text}\n`);
    if (line.kind !== 'trailer' && line.kind !== 'header')
      this.#counts[line.kind] = (this.#counts[line.kind] ?? 0) + 1;
    switch (line.kind) {
      case 'header':
        this.#header(line);
        break;
      case 'seal':
        this.#seal(line);
        break;
      case 'planningYear':
        this.#begin(line);
        break;
      case 'entry':
        this.#entry(line);
        break;
      case 'head':
        this.#head(line);
        break;
      case 'sealedHead':
        this.#sealedHead(line);
        break;
      case 'fact':
        this.#fact(line);
        break;
      case 'trailer':
        this.#trailer(line);
        break;
      default:
        line satisfies never;
    }
  }

  end(): Verified {
    if (!this.#begun) this.#fault('it is no export of an audit');
    else if (!this.#ended) this.#fault('its end is missing');
    for (const day of this.#outside.keys())
      this.#fault(`the seal of ${day} is gone, and was written down outside of the database`);
    for (const [day, left] of this.#leaves) {
      this.#result.notShown += left.size;
      if (this.#complete && left.size > 0)
        this.#fault(
          `the seal of ${day} holds ${left.size} things that are not there any more, or not as they were`,
        );
    }
    return this.#result;
  }

  #parsed(text: string): Line | null {
    try {
      const parsed = shape.safeParse(JSON.parse(text));
      if (parsed.success) return parsed.data;
      this.#fault('a line is not of a kind that an export has');
    } catch {
      this.#fault('a line is no JSON');
    }
    return null;
  }

  #header({ format, complete }: LineOf<'header'>): void {
    if (!FORMATS.includes(format))
      this.#fault(`its format is "${format}", none of ${FORMATS.join(', ')}`);
    this.#begun = true;
    this.#complete = complete;
  }

  #seal({ sealedOn, sealedAt, previous, digest, leaves }: LineOf<'seal'>): void {
    const { lastSeal } = this.#result;
    if (previous !== (lastSeal?.digest ?? NO_SEAL))
      this.#fault(`the seal of ${sealedOn} does not follow from the one before`);
    if (digest !== sealDigest(previous, sealedOn, sealedAt, leaves))
      this.#fault(`the seal of ${sealedOn} is broken`);
    const told = this.#outside.get(sealedOn) ?? [];
    this.#outside.delete(sealedOn);
    if (told.some((one) => one.digest !== digest || one.previous !== previous))
      this.#fault(`the seal of ${sealedOn} is not the one that was written down outside`);
    this.#leaves.set(sealedOn, new Set(leaves));
    this.#result.seals += 1;
    this.#result.lastSeal = { sealedOn, digest };
  }

  #begin({ planningYear, kind: _, ...row }: LineOf<'planningYear'>): void {
    this.#year = planningYear;
    this.#chain = [NO_SEAL];
    this.#row = row;
    this.#told = [];
    this.#result.planningYears += 1;
  }

  #entry({ seq, hash, entry }: LineOf<'entry'>): void {
    this.#result.entries += 1;
    const expected = link(Buffer.from(this.#chain.at(-1)!, 'hex'), entry).toString('hex');
    if (seq !== this.#chain.length)
      this.#fault(`${this.#year}: entry ${this.#chain.length} is missing`);
    if (expected !== hash)
      this.#fault(`${this.#year}: entry ${seq} does not follow from those before`);
    this.#chain.push(hash);
    const told = this.#placeIn(entry);
    if (told) this.#told.push({ seq, belongsTo: told });
  }

  /** Whose the year is from an entry on, if the entry tells. */
  #placeIn(entry: string): BelongsTo | null {
    try {
      return (JSON.parse(entry) as LogEntry).belongsTo ?? null;
    } catch {
      this.#fault(`${this.#year}: an entry is no JSON`);
      return null;
    }
  }

  #head({ seq, hash }: LineOf<'head'>): void {
    if (seq !== this.#chain.length - 1 || hash !== this.#chain.at(-1))
      this.#fault(`${this.#year}: the log does not end where its planning year says`);
    this.#result.heads.set(this.#year, { seq, hash });
    const told = this.#told.at(-1);
    if (told) this.#compare(told.belongsTo, 'its log tells');
  }

  /** Holds the row's own words of whose it is against others. */
  #compare(belongsTo: BelongsTo, who: string): void {
    for (const [name, said] of Object.entries(this.#row))
      if (said !== undefined && said !== belongsTo[name as keyof BelongsTo])
        this.#fault(
          `${this.#year}: its row says that its ${name} is ${said}, and ${who} ${belongsTo[name as keyof BelongsTo]}`,
        );
  }

  #sealedHead({ sealedOn, seq, hash, belongsTo }: LineOf<'sealedHead'>): void {
    const told = this.#told.findLast((one) => one.seq <= seq);
    if (belongsTo && told && !isSamePlace(belongsTo, told.belongsTo))
      this.#fault(`${this.#year}: the seal of ${sealedOn} says otherwise whose it is than its log`);
    // Later than that, only the log tells that it became another's.
    if (belongsTo && !this.#told.some((one) => one.seq > seq))
      this.#compare(belongsTo, `the seal of ${sealedOn} holds`);
    if (this.#chain[seq] !== hash)
      this.#fault(`${this.#year}: entry ${seq} is not the one that was sealed on ${sealedOn}`);
    const leaf = headLeaf({ planningYear: this.#year, seq, hash, belongsTo });
    if (!this.#leaves.get(sealedOn)?.delete(leaf))
      this.#fault(`${this.#year}: the seal of ${sealedOn} does not hold its head`);
  }

  #fact(line: LineOf<'fact'>): void {
    const { id, what, sealedOn } = line;
    this.#result.facts += 1;
    if (sealedOn === null) return;
    const leaf = auditLeaf({ ...line, kind: what });
    if (!this.#leaves.get(sealedOn)?.delete(leaf))
      this.#fault(`fact ${id}: it is not what was sealed on ${sealedOn}`);
  }

  #trailer({ counts, sha256 }: LineOf<'trailer'>): void {
    this.#ended = true;
    if (sha256 !== this.#digest.digest('hex'))
      this.#fault('the file was changed after it was made');
    if (JSON.stringify(counts) !== JSON.stringify(this.#counts))
      this.#fault('it does not hold as many lines as it says');
  }

  #fault(what: string): void {
    if (this.#result.faults.length < MOST) this.#result.faults.push(what);
  }
}

const MOST = 1000;
