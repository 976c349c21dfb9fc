import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type TestApp, testApp } from '../support/app.ts';
import {
  eachCell,
  type Kind,
  LETTERED,
  MEANT,
  OTHER,
  SCHOOL,
  withCell,
  written,
} from './support/files-as-written.ts';

/** The four files as they are met, each through its route: taken as meant, or refused by name. */
let app: TestApp;
const told = { taken: 0, refused: 0 };
const KINDS = ['schools', 'designations', 'assignments', 'contracts'] as const;
const send = (kind: Kind, file: string | Buffer) => app.admin.csv(`/v1/imports/${kind}`, file);

beforeAll(async () => {
  app = await testApp({ now: '2026-11-10T15:00:00Z' });
  for (const kind of KINDS) {
    const reply = await send(kind, written(MEANT[kind]));
    if (reply.statusCode !== 200) throw new Error(`${kind}: ${reply.body}`);
  }
});
afterAll(async () => {
  const { taken, refused } = told;
  process.stderr.write(
    `files: ${taken + refused} ways, ${taken} taken, ${refused} refused by name\n`,
  );
  await app.close();
});

/** What is there already is all that the file tells: it says the same as the one that was meant. */
async function expectTaken(kind: Kind, file: string | Buffer): Promise<void> {
  const reply = await send(kind, file);
  expect([reply.statusCode, reply.json().detail, reply.json().rejected]).toEqual([
    200,
    undefined,
    [],
  ]);
  const { created = 0, updated = 0, changed = 0, ended = 0, opened = 0, unchanged } = reply.json();
  expect({ written: created + updated + changed + ended + opened, unchanged }).toEqual({
    written: 0,
    unchanged: MEANT[kind].length - 1,
  });
  told.taken += 1;
}

/** A refusal: of the whole file by status and words, or of one row, which it names with its column. */
async function expectRefused(
  kind: Kind,
  file: string | Buffer,
  words: string,
  row: number | null,
  status = 422,
): Promise<void> {
  const reply = await send(kind, file);
  const { detail, rejected } = reply.json();
  expect(reply.statusCode).toBe(status);
  if (row === null) expect(detail).toContain(words);
  else expect(rejected).toEqual([expect.objectContaining({ row, detail: expect.any(String) })]);
  if (row !== null) expect(rejected[0].detail).toContain(words);
  told.refused += 1;
}

const LF = () => '\n';
const utf16 = (text: string) => Buffer.from(`\ufeff${text}`, 'utf16le');

describe.each(KINDS)('a file of %s is taken', (kind) => {
  const rows = MEANT[kind];
  const blank = rows[0]!.map(() => '');
  const ways: [who: string, file: string | Buffer][] = [
    ['Excel, CSV UTF-8: byte order mark, CRLF', `\ufeff${written(rows)}`],
    ['pandas on Linux: LF', written(rows, { end: LF })],
    ['Excel for Mac of old: CR', written(rows, { end: () => '\r' })],
    ['R: every cell in quotes', written(rows, { end: LF, quoted: true })],
    ['Google Sheets: no end of the last line', written(rows).trimEnd()],
    ['a header with CRLF over rows with LF', written(rows, { end: (n) => (n ? '\n' : '\r\n') })],
    ['one lone LF among CRLF', written(rows, { end: (n) => (n === 1 ? '\n' : '\r\n') })],
    ['each line ended otherwise', written(rows, { end: (n) => ['\r', '\n', '\r\n'][n % 3]! })],
    ['Excel: empty columns to the right', written(rows.map((row) => [...row, '', '']))],
    ['Excel: empty columns in rows alone', written(rows.map((row, n) => (n ? [...row, ''] : row)))],
    ['Excel: rows that were emptied', written([...rows, blank, blank, [...blank, '']])],
    ['LibreOffice: semicolons', written(rows, { separator: ';' })],
    ['Excel in Europe: sep=; before the header', `sep=;\r\n${written(rows, { separator: ';' })}`],
    ['Google Sheets, TSV: tabs', written(rows, { separator: '\t', end: LF })],
    ['a database: bars', written(rows, { separator: '|', end: LF })],
    [
      'upper case in the header',
      written([rows[0]!.map((name) => name.toUpperCase()), ...rows.slice(1)]),
    ],
    [
      'R: dots in the header',
      written([rows[0]!.map((name) => name.replaceAll('_', '.')), ...rows.slice(1)]),
    ],
    [
      'by hand: words in the header',
      written([
        rows[0]!.map((name) => ` ${name[0]!.toUpperCase()}${name.slice(1).replaceAll('_', ' ')} `),
        ...rows.slice(1),
      ]),
    ],
    [
      'pandas: its index',
      written(
        rows.map((row, n) => [n ? String(n - 1) : '', ...row]),
        { end: LF },
      ),
    ],
    [
      'pandas, read again: its index',
      written(rows.map((row, n) => [n ? String(n - 1) : 'Unnamed: 0', ...row])),
    ],
    [
      'R: row names',
      written(
        rows.map((row, n) => [n ? String(n) : '', ...row]),
        { quoted: true },
      ),
    ],
    ['R: NA for nothing', written(eachCell(kind, (cell) => cell || 'NA'))],
    ['pandas: nan for nothing', written(eachCell(kind, (cell) => cell || 'nan'))],
    ['a database: NULL for nothing', written(eachCell(kind, (cell) => cell || 'NULL'))],
    [
      'copied from a page: blanks that do not break',
      written(eachCell(kind, (cell) => `\u00a0${cell.replaceAll(' ', '\u00a0')} `)),
    ],
    [
      'copied from a page: what has no width',
      written(eachCell(kind, (cell) => `\u200b${cell}\u200e\ufeff`)),
    ],
    [
      'Word: typographic hyphens in codes and days',
      written(
        eachCell(kind, (cell, column) =>
          /name|email/.test(column) ? cell : cell.replaceAll('-', '\u2011'),
        ),
      ),
    ],
    ['the columns in another order', written(rows.map((row) => row.toReversed()))],
    [
      'Excel: ="text" around codes',
      written(eachCell(kind, (cell) => (/^\d\d-/.test(cell) ? `="${cell}"` : cell))),
    ],
    [
      'the last cell left out where it is empty',
      written(rows.map((row) => (row.at(-1) === '' ? row.slice(0, -1) : row))),
    ],
  ];
  test.each(ways)('%s', async (_, file) => expectTaken(kind, file));
});

describe('is taken as it is meant', () => {
  const cells = (kind: Kind, how: (cell: string, column: string) => string) =>
    written(eachCell(kind, how));
  const days = (behind: string) => (cell: string) =>
    /^\d{4}-\d\d-\d\d$/.test(cell) ? `${cell}${behind}` : cell;
  const truths = (yes: string, no: string) => (cell: string) =>
    cell === 'true' ? yes : cell === 'false' ? no : cell;
  const ways: [who: string, kind: Kind, file: string][] = [
    [
      'pandas: 210.0',
      'schools',
      cells('schools', (cell, column) => (column === 'enrollment' && cell ? `${cell}.0` : cell)),
    ],
    [
      'Excel: 210.00',
      'schools',
      cells('schools', (cell, column) => (column === 'enrollment' && cell ? `${cell}.00` : cell)),
    ],
    [
      'Excel: an apostrophe for text',
      'schools',
      cells('schools', (cell) => cell.replace(/^(?=00-)/, "'")),
    ],
    ['pandas: midnight', 'designations', cells('designations', days(' 00:00:00'))],
    ['pandas: midnight in assignments', 'assignments', cells('assignments', days(' 00:00:00'))],
    [
      'SQL Server: midnight and thousandths',
      'contracts',
      cells('contracts', days(' 00:00:00.000')),
    ],
    ['readr: midnight with T and Z', 'contracts', cells('contracts', days('T00:00:00Z'))],
    ['Excel: TRUE and FALSE', 'designations', cells('designations', truths('TRUE', 'FALSE'))],
    ['pandas: True and False', 'designations', cells('designations', truths('True', 'False'))],
    ['R: T and F', 'designations', cells('designations', truths('T', 'F'))],
    ['by hand: Y and N', 'designations', cells('designations', truths('Y', 'N'))],
    ['by hand: Yes and No', 'designations', cells('designations', truths('Yes', 'No'))],
    ['a database: 1 and 0', 'designations', cells('designations', truths('1', '0'))],
    ['pandas with gaps: 1.0 and 0.0', 'designations', cells('designations', truths('1.0', '0.0'))],
    [
      'two open cells left out',
      'contracts',
      written(MEANT.contracts.map((row) => (row.at(-1) === '' ? row.slice(0, -2) : row))),
    ],
    [
      'a header on two lines',
      'schools',
      written(withCell('schools', 0, 'school_name', 'School\nName')),
    ],
  ];
  test.each(ways)('%s', async (_, kind, file) => expectTaken(kind, file));
});

describe('is refused by row and column, with what to do', () => {
  const ways: [who: string, kind: Kind, column: string, text: string, words: string][] = [
    [
      'thousands',
      'schools',
      'enrollment',
      '1,210',
      'enrollment "1,210" is no whole number, since it has separators of thousands; write it as 1210',
    ],
    ['thousands of Switzerland', 'schools', 'enrollment', "1'210", 'write it as 1210'],
    ['thousands of Germany', 'schools', 'enrollment', '1.210', 'write it as 1210'],
    ['a thousand of Germany', 'schools', 'enrollment', '1.000', 'write it as 1000'],
    ['thousands with a blank', 'schools', 'enrollment', '1\u202f210', 'write it as 1210'],
    [
      'Excel, scientific',
      'schools',
      'enrollment',
      '2.1E+02',
      'enrollment "2.1E+02" is no whole number, since it was rounded',
    ],
    ['decimals of Europe', 'schools', 'enrollment', '210,0', 'write it as 210'],
    ['half a pupil', 'schools', 'enrollment', '210.5', 'leave it empty when unknown'],
    ['a suppressed number', 'schools', 'enrollment', '<10', 'leave it empty when unknown'],
    [
      'Excel, a day',
      'schools',
      'grades_served',
      '12-Jul',
      'grades_served "12-Jul" is a date that Excel has made of 7 - 12; format the column as text',
    ],
    ['Excel, a month', 'schools', 'grades_served', 'Jul-12', 'made of 7 - 12'],
    ['Excel, August', 'schools', 'grades_served', '5-Aug', 'made of 5 - 8'],
    ['Excel, August of 2005', 'schools', 'grades_served', 'Aug-05', 'made of 5 - 8'],
    ['Excel, May', 'schools', 'grades_served', '1-May', 'made of 1 - 5'],
    ['pandas, a day', 'schools', 'grades_served', '2026-12-07', 'made of 7 - 12'],
    ['pandas, with midnight', 'schools', 'grades_served', '2026-07-12 00:00:00', 'made of 7 - 12'],
    ['LibreOffice, a day', 'schools', 'grades_served', '07/12/26', 'made of 7 - 12'],
    ['Google Sheets, a day', 'schools', 'grades_served', '7/12/2026', 'made of 7 - 12'],
    ['Excel, the first of a month', 'schools', 'grades_served', '2012-07-01', 'made of 7 - 12'],
    ['Excel, the number of a day', 'schools', 'grades_served', '46215', 'made of 7 - 12'],
    [
      'Excel, a code rounded',
      'schools',
      'rcdts',
      '1.5016E+14',
      'its last digits are lost; format the column as text',
    ],
    [
      'a code without hyphens',
      'schools',
      'rcdts',
      SCHOOL.replaceAll('-', ''),
      `its hyphens are missing. Write it as ${SCHOOL}`,
    ],
    [
      'a code without its zero',
      'schools',
      'rcdts',
      '98010010260001',
      'its first zero is lost. Format the column as text, and write it as 09-801-0010-26-0001',
    ],
    [
      'pandas, a code as a number',
      'schools',
      'rcdts',
      '98010010260001.0',
      'its first zero is lost',
    ],
    ['a code cut short', 'schools', 'rcdts', SCHOOL.slice(1), 'which has 19 characters and not 18'],
    [
      'a line break in a name',
      'schools',
      'school_name',
      'Elm\nHigh',
      'school_name has a line break in it; write it on one line',
    ],
    [
      'a name that is turned around',
      'schools',
      'school_name',
      'Elm \u202ehgiH',
      'school_name contains an invisible character that turns the text around',
    ],
    [
      'a letter that was lost',
      'schools',
      'school_name',
      'Ca\ufffdon',
      'school_name contains a letter that was lost',
    ],
    [
      'a formula',
      'schools',
      'school_name',
      '=1+1',
      'school_name is the formula "=1+1"; write its value',
    ],
    [
      'a formula that failed',
      'schools',
      'enrollment',
      '#N/A',
      'enrollment is #N/A, which a spreadsheet shows in place of a value',
    ],
    ['a reference that is lost', 'schools', 'city', '#REF!', 'city is #REF!'],
    ['a column that was too narrow', 'schools', 'enrollment', '####', 'enrollment is ####'],
    ['NA for a name', 'schools', 'school_name', 'NA', 'school_name is empty'],
    ['a code rounded', 'designations', 'rcdts', '8.01001E+13', 'rcdts "8.01001E+13" is no code'],
    [
      'a day of America',
      'designations',
      'released_on',
      '10/15/2026',
      'released_on "10/15/2026" is no date like 2026-11-10; write it as 2026-10-15',
    ],
    [
      'a day that could be two',
      'designations',
      'released_on',
      '10/5/2026',
      'write it as 2026-10-05, if the month comes first',
    ],
    ['a short year', 'designations', 'released_on', '10/15/26', 'write it as 2026-10-15'],
    ['a day of Europe', 'designations', 'released_on', '15.10.2026', 'write it as 2026-10-15'],
    [
      'Excel, a number for a day',
      'designations',
      'released_on',
      '46310',
      'the number by which Excel keeps a date; write it as 2026-10-15',
    ],
    [
      'Excel, a month by name',
      'designations',
      'released_on',
      '15-Oct-26',
      'write it as 2026-10-15',
    ],
    [
      'by hand, a month by name',
      'designations',
      'released_on',
      'October 15, 2026',
      'write it as 2026-10-15',
    ],
    ['a day without hyphens', 'designations', 'released_on', '20261015', 'write it as 2026-10-15'],
    ['a day with slashes', 'designations', 'released_on', '2026/10/15', 'write it as 2026-10-15'],
    [
      'a day with a time',
      'designations',
      'released_on',
      '2026-10-15 14:30:00',
      'write it as 2026-10-15',
    ],
    [
      'a day that there is not',
      'designations',
      'released_on',
      '2026-02-30',
      'released_on "2026-02-30" is no date like 2026-11-10',
    ],
    [
      'neither yes nor no',
      'designations',
      'newly_designated',
      'x',
      'newly_designated "x" is none of true, false, yes, no, Y, N, 1, 0 and empty',
    ],
    [
      'a day of America',
      'assignments',
      'from',
      '10/1/2026',
      'from "10/1/2026" is no date like 2027-01-31; write it as 2026-10-01',
    ],
    ['a number for a day', 'assignments', 'to', '46568', 'write it as 2027-06-30'],
    [
      'a code rounded',
      'assignments',
      'organization',
      '8.01001E+13',
      'organization 8.01001E+13 is a number that Excel has made of a code',
    ],
    ['a line break in a name', 'assignments', 'name', 'Ann\nCoach', 'name must be one line'],
    [
      'a name turned around',
      'assignments',
      'name',
      'Ann\u2067 Coach',
      'name contains an invisible character',
    ],
    ['a failed look-up', 'assignments', 'email', '#N/A', 'email is #N/A'],
    ['a day of America', 'contracts', 'proposed_on', '11/2/2026', 'write it as 2026-11-02'],
    ['Excel, a month by name', 'contracts', 'signed_on', '9-Nov-26', 'write it as 2026-11-09'],
    ['a code rounded', 'contracts', 'organization', '8.01001E+13', 'its last digits are lost'],
    [
      'a vendor rounded',
      'contracts',
      'vendor',
      '1.2E+11',
      'vendor 1.2E+11 is a number that Excel has made of a code',
    ],
  ];
  test.each(ways)('%s in %s', async (_, kind, column, text, words) => {
    await expectRefused(kind, written(withCell(kind, 1, column, text)), words, 2);
  });

  const [header, ...rows] = MEANT.schools as [string[], ...string[][]];
  test('a cell beyond the header', async () => {
    const file = written([header, [...rows[0]!, 'x'], ...rows.slice(1)]);
    await expectRefused(
      'schools',
      file,
      'has "x" in cell 9, where the first line names no column',
      2,
    );
  });
  test('a comma in a cell without quotes', async () => {
    const file = written([header, ...rows]).replace('Oak School', 'Oak, School');
    await expectRefused(
      'schools',
      file,
      'has more cells than the other rows; put a cell that holds a comma in quotes',
      4,
    );
  });
  test('a row that was cut off', async () => {
    const file = written([header, rows[0]!.slice(0, 4), ...rows.slice(1)]);
    await expectRefused('schools', file, 'ends after 4 cells and lacks county, school_type', 2);
  });
  test('a quote within a cell', async () => {
    const file = written([header, ...rows]).replace('Oak School', 'Oak "School"');
    await expectRefused('schools', file, 'has a quote within a cell', 4);
  });
});

describe('is refused as a whole, with what to do', () => {
  const { schools } = MEANT;
  const text = written(schools);
  const ways: [who: string, file: string | Buffer, words: string, status: number][] = [
    [
      'Excel, Unicode Text',
      utf16(written(schools, { separator: '\t' })),
      'UTF-16 (what Excel calls "Unicode Text")',
      415,
    ],
    ['UTF-16 without a mark', utf16(text).subarray(2), 'UTF-16', 415],
    ['UTF-16, the other way around', Buffer.from(utf16(text)).swap16(), 'UTF-16', 415],
    [
      'Excel, CSV of Windows',
      Buffer.from(text, 'latin1'),
      'Windows-1252, which Excel writes as plain "CSV". Save the file as "CSV UTF-8"',
      400,
    ],
    ['Excel, a workbook', Buffer.from('PK\x03\x04\x14\0\x06\0'), 'workbook', 415],
    ['Excel of old, a workbook', Buffer.from('d0cf11e0a1b11ae1', 'hex'), 'workbook', 415],
    [
      'each line as one cell',
      written(
        schools.map((row) => [row.join(',')]),
        { quoted: true },
      ),
      'Each line stands in quotes as if it were one cell',
      422,
    ],
    [
      'a column twice, in two spellings',
      written(schools.map((row, n) => [...row, n ? '' : 'School Name'])),
      'repeats "school_name"',
      422,
    ],
    ['a title above the header', `Directory 2026\r\n${text}`, 'has unknown "Directory 2026"', 422],
    ['no header', written(schools.slice(1)), 'lacks "rcdts"', 422],
    [
      'semicolons and a wrong column',
      written(withCell('schools', 0, 'city', 'town'), { separator: ';' }),
      'lacks "city", and has unknown "town"',
      422,
    ],
  ];
  test.each(ways)('%s', async (_, file, words, status) => {
    await expectRefused('schools', file, words, null, status);
  });
});

test('a code with a letter comes through each of them', async () => {
  const reply = await app.admin.get(`/v1/schools/${LETTERED}`);
  expect(reply.json()).toMatchObject({ name: 'Oak School', grades: '9', enrollment: null });
  expect((await app.admin.get(`/v1/schools/${OTHER}`)).json()).toMatchObject({ enrollment: 1210 });
});

test('a name that is turned around is refused as JSON, too', async () => {
  const person = { name: 'Ann \u202ehcaoC', email: 'ann.turned@example.org' };
  const reply = await app.admin.post('/v1/people', person);
  expect([reply.statusCode, reply.json().errors]).toEqual([
    400,
    [{ pointer: '/name', detail: expect.stringContaining('turns the text around') }],
  ]);
});
