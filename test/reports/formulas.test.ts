import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { csvLine } from '../../src/reports/csv.ts';
import { DISTRICTS, type SmallState, smallState } from './support/small-state.ts';

/** What a spreadsheet would run stands in a CSV file as text. */

const STARTS = ['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠'];
const BEFORE = ['', ' ', '  ', '"', "'", '\u00a0', '\ufeff', '\u200b', '\t', '\r', ' " '];
const REST = ['1+1', 'cmd|"/c calc"!A1', 'HYPERLINK("http://x.example","a,b")', 'SUM(A1:A9)\r\n=2'];
const formulas = BEFORE.flatMap((before) =>
  STARTS.flatMap((start) => REST.map((rest) => before + start + rest)),
);

/** The cells of a line, by a reader of its own; a spreadsheet may leave out what stands in front. */
const cellsOf = (file: string): string[][] => parse(file, { record_delimiter: '\r\n' });
const runs = (cell: string): boolean =>
  STARTS.includes(cell[0] ?? '') ||
  STARTS.includes(cell.replace(/^[\s"\u200b\ufeff]+/, '')[0] ?? '');

describe('a cell', () => {
  test('that would be a formula is text, with an apostrophe in front', () => {
    expect(formulas.length).toBeGreaterThan(400);
    for (const formula of formulas) {
      const [[before, cell, after]] = cellsOf(csvLine(['a', formula, 'b'])) as [string[]];
      expect([before, cell, after]).toEqual(['a', `'${formula}`, 'b']);
    }
  });

  test('of whatever text is one cell, which runs nothing and is that text', () => {
    const piece = fc.constantFrom(...STARTS, ...BEFORE, ...REST, ',', 'a', 'é', '🏫', '""');
    const text = fc.array(piece, { maxLength: 8 }).map((pieces) => pieces.join(''));
    fc.assert(
      fc.property(text, text, (one, other) => {
        const [cells, ...more] = cellsOf(csvLine([one, other])) as [string[]];
        expect([cells.length, more]).toEqual([2, []]);
        for (const [at, given] of [one, other].entries()) {
          expect(runs(cells[at]!)).toBe(false);
          expect([given, `'${given}`]).toContain(cells[at]);
        }
      }),
      { numRuns: 2000 },
    );
  });

  test('that holds no formula stays as it is', () => {
    const plain = ['Lincoln - North', 'A+ School', 'x=1', '2026-11-10', '"Quoted" School', 'é', ''];
    expect(cellsOf(csvLine(plain))).toEqual([plain]);
  });
});

describe('the milestones as a file', () => {
  let state: SmallState;
  beforeAll(async () => {
    state = await smallState();
    for (const school of state.schools) await state.open(school);
    await state.coach('Ann A.', 'district', DISTRICTS[0]!);
  });
  afterAll(() => state.close());

  test('hold formulas in names, counties and districts as text', async () => {
    const { db } = state.ctx;
    let cells = 0;
    for (let from = 0; from < formulas.length; from += state.schools.length) {
      const some = formulas.slice(from, from + state.schools.length);
      // Straight into the table: the doors would refuse or trim some of them.
      for (const [n, formula] of some.entries()) {
        const code = state.schools[n]!;
        const place = { name: formula, county: formula };
        await db.updateTable('schools').set(place).where('code', '=', code).execute();
        const district = db.updateTable('districts').set({ name: formula });
        await district.where('code', '=', code.slice(0, 14)).execute();
        await db.updateTable('people').set({ name: formula }).execute();
      }
      const reply = await state.admin.get('/v1/reports/milestones', { accept: 'text/csv' });
      const [header, ...rows] = cellsOf(reply.body) as [string[], ...string[][]];
      expect(rows).toHaveLength(state.schools.length * 17);
      for (const row of rows) expect([row.length, row.some(runs)]).toEqual([header.length, false]);
      const names = new Set(rows.map((row) => row[header.indexOf('schoolName')]));
      for (const formula of some) expect(names).toContain(`'${formula}`);
      cells += rows.length * header.length;
    }
    process.stderr.write(`formulas: ${formulas.length} texts, ${cells} cells, 0 that run\n`);
  });
});
