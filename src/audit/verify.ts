import { createHash } from 'node:crypto';
import { link } from '../planning-years/chain.ts';
import { auditLeaf, headLeaf, NO_SEAL, sealDigest } from './leaves.ts';
import { FORMAT, type Line, type LineOf, line as shape } from './lines.ts';

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

/** Checks an export by itself: every chain, every head, every seal. Reads it once, line by line. */
export async function verifyExport(lines: AsyncIterable<string>): Promise<Verified> {
  const check = new Check();
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
  #begun = false;
  #complete = false;
  #ended = false;
  #year = '';
  /** The hashes of the year's entries so far, the first before the first entry. */
  #chain: string[] = [];

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
    if (format !== FORMAT) this.#fault(`its format is "${format}", not ${FORMAT}`);
    this.#begun = true;
    this.#complete = complete;
  }

  #seal({ sealedOn, sealedAt, previous, digest, leaves }: LineOf<'seal'>): void {
    const { lastSeal } = this.#result;
    if (previous !== (lastSeal?.digest ?? NO_SEAL))
      this.#fault(`the seal of ${sealedOn} does not follow from the one before`);
    if (digest !== sealDigest(previous, sealedOn, sealedAt, leaves))
      this.#fault(`the seal of ${sealedOn} is broken`);
    this.#leaves.set(sealedOn, new Set(leaves));
    this.#result.seals += 1;
    this.#result.lastSeal = { sealedOn, digest };
  }

  #begin({ planningYear }: LineOf<'planningYear'>): void {
    this.#year = planningYear;
    this.#chain = [NO_SEAL];
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
  }

  #head({ seq, hash }: LineOf<'head'>): void {
    if (seq !== this.#chain.length - 1 || hash !== this.#chain.at(-1))
      this.#fault(`${this.#year}: the log does not end where its planning year says`);
    this.#result.heads.set(this.#year, { seq, hash });
  }

  #sealedHead({ sealedOn, seq, hash }: LineOf<'sealedHead'>): void {
    if (this.#chain[seq] !== hash)
      this.#fault(`${this.#year}: entry ${seq} is not the one that was sealed on ${sealedOn}`);
    const leaf = headLeaf({ planningYear: this.#year, seq, hash });
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
