import { describe, expect, test } from '@jest/globals';
import { firstBreak, GENESIS, link } from '../../src/planning-years/chain.ts';
import { contradiction } from '../../src/planning-years/sealed.ts';

/** A log of these texts, and its head. */
function logOf(...texts: string[]) {
  let hash: Buffer = GENESIS;
  const rows = texts.map((entry, at) => {
    hash = link(hash, entry);
    return { seq: at + 1, entry, hash };
  });
  return { rows, head: { seq: rows.length, hash } };
}

describe('a chain', () => {
  const { rows, head } = logOf('a', 'b', 'c');

  test('holds where each entry follows from those before, and the last is the head', () => {
    expect(firstBreak(rows, head)).toBeNull();
    expect(firstBreak([], { seq: 0, hash: GENESIS })).toBeNull();
  });

  test.each<[string, typeof rows, typeof head, RegExp]>([
    ['an entry is missing', rows.toSpliced(1, 1), head, /^entry 2 is missing/],
    ['the first is missing', rows.slice(1), head, /^entry 1 is missing/],
    ['an entry is there twice', [rows[0]!, ...rows], head, /^entry 2 is missing/],
    [
      'a text is changed',
      rows.with(1, { ...rows[1]!, entry: 'x' }),
      head,
      /^entry 2 does not follow/,
    ],
    [
      'a hash is changed',
      rows.with(1, { ...rows[1]!, hash: GENESIS }),
      head,
      /^entry 2 does not follow/,
    ],
    [
      'the tail is cut',
      rows.slice(0, 2),
      head,
      /^the log ends at entry 2, but its year names entry 3/,
    ],
    ['the head is behind', rows, { seq: 2, hash: rows[1]!.hash }, /^the log ends at entry 3/],
    ['the head has another hash', rows, { seq: 3, hash: GENESIS }, /^the log ends at entry 3/],
    ['all is cut', [], head, /^the log ends at entry 0/],
  ])('is broken when %s', (_, given, end, told) => {
    expect(firstBreak(given, end)).toMatch(told);
  });
});

describe('what was sealed', () => {
  const hashes = logOf('a', 'b', 'c').rows.map(({ hash }) => hash);
  const sealed = [
    { sealedOn: '2026-11-18', seq: 1, hash: hashes[0]! },
    { sealedOn: '2026-11-19', seq: 3, hash: hashes[2]! },
  ];

  test('is contradicted by no log that has gone on from there', () => {
    const later = logOf('a', 'b', 'c', 'd').rows.map(({ hash }) => hash);
    expect(contradiction(hashes, sealed)).toBeNull();
    expect(contradiction(later, sealed)).toBeNull();
    expect(contradiction([], [])).toBeNull();
  });

  test('is by one that was cut, and by one that was made anew', () => {
    expect(contradiction(hashes.slice(0, 2), sealed)).toBe(
      'the log ends at entry 2, and entry 3 was sealed on 2026-11-19',
    );
    const anew = logOf('a', 'b', 'x').rows.map(({ hash }) => hash);
    expect(contradiction(anew, sealed)).toBe(
      'entry 3 is not the one that was sealed on 2026-11-19',
    );
    expect(contradiction([], sealed)).toMatch(/^the log ends at entry 0/);
  });
});
