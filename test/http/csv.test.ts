import { describe, expect, test } from '@jest/globals';
import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { MOST_ROWS, readCsv } from '../../src/http/csv.ts';
import { csvRecords } from '../../src/http/csv-records.ts';

const cellsOf = (text: string) => [...csvRecords(text)].map(({ cells }) => cells);

describe('a CSV text', () => {
  const cell = fc.string({ unit: fc.constantFrom('a', 'ñ', ' ', ',', '"', '\n', '\r\n', '😀') });
  const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`;

  test('gives back the cells that were written, whatever they hold and however lines end', () => {
    const rows = fc.array(fc.array(cell, { minLength: 1, maxLength: 5 }), { maxLength: 8 });
    fc.assert(
      fc.property(rows, fc.constantFrom('\n', '\r\n', '\r'), (file, newline) => {
        const text = file.map((row) => row.map(quoted).join(',') + newline).join('');
        expect(cellsOf(text)).toEqual(file);
        expect(cellsOf(text.slice(0, -newline.length))).toEqual(file);
      }),
      { numRuns: 500 },
    );
  });

  test('gives back the same whatever separates the cells', () => {
    const rows = fc.array(fc.array(cell, { minLength: 1, maxLength: 5 }), { maxLength: 8 });
    fc.assert(
      fc.property(rows, fc.constantFrom(';', '\t', '|', ']', '^', '\\'), (file, separator) => {
        const text = file.map((row) => `${row.map(quoted).join(separator)}\n`).join('');
        expect([...csvRecords(text, separator)].map(({ cells }) => cells)).toEqual(file);
        const plain = [['a', 'b,c', ''], ['ñ']];
        const unquoted = plain.map((row) => `${row.join(separator)}\r\n`).join('');
        expect([...csvRecords(unquoted, separator)].map(({ cells }) => cells)).toEqual(plain);
      }),
      { numRuns: 200 },
    );
  });

  test('is read as another reader reads it, or refused by both', () => {
    const letters = fc.constantFrom('a', 'b ', ',', '"', '""', '\n', ',"', '",');
    fc.assert(
      fc.property(fc.string({ unit: letters, maxLength: 30 }), (text) => {
        const attempt = (read: () => string[][]) => {
          try {
            return read();
          } catch {
            return 'refused';
          }
        };
        const options = { relax_column_count: true, record_delimiter: '\n' };
        expect(attempt(() => cellsOf(text))).toEqual(attempt(() => parse(text, options)));
      }),
      { numRuns: 3_000 },
    );
  });

  test.each([
    ['a quote within a cell', 'a,b\n1,2"3\n', 2, 'a quote within a cell'],
    ['text behind a quoted cell', 'a\n\n"1" 2\n', 3, 'goes on behind the quote'],
    ['a quote that never ends', 'a\n"1\n\n\n2\n', 2, 'never ends'],
    ['lines within cells', 'a\n"1\n2"\n"3\n', 4, 'never ends'],
  ])('with %s says so, and where', async (_, text, row, detail) => {
    const fault = { row, code: 'malformed', detail: expect.stringContaining(detail) };
    await expect(readCsv(text, ['a', 'b'].slice(0, text.startsWith('a,') ? 2 : 1))).rejects.toThrow(
      expect.objectContaining({
        code: 'malformed-csv',
        details: { rejected: [fault], rejectedTotal: 1 },
      }),
    );
  });

  test('may have as many rows as are taken, empty ones too, and not one more', async () => {
    const file = `a\n${'\n'.repeat(MOST_ROWS - 1)}x`;
    expect(await readCsv(file, ['a'])).toEqual({
      rows: [{ row: MOST_ROWS + 1, cells: { a: 'x' } }],
      rejected: [],
    });
    await expect(readCsv(`${file}\n\n`, ['a'])).rejects.toThrow(
      expect.objectContaining({ code: 'too-many-rows' }),
    );
  });

  test('with columns called like what every object has keeps to its own', async () => {
    const columns = ['constructor', '__proto__', 'toString'];
    const { rows } = await readCsv(`${columns.join(',')}\n1,2,3\n`, columns);
    expect(Object.entries(rows[0]!.cells)).toEqual([
      ['constructor', '1'],
      ['__proto__', '2'],
      ['toString', '3'],
    ]);
    await expect(readCsv(`${columns.join(',')}\n1,2,3\n`, ['a'])).rejects.toThrow(
      'has unknown "constructor", "__proto__", "toString"',
    );
  });
});
