import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type TestApp, testApp } from '../support/app.ts';
import { statementsDuring } from '../support/statements.ts';
import { csvOf, directoryFile, HEADER } from './directory-file.ts';

let app: TestApp;
beforeAll(async () => {
  app = await testApp();
});
afterAll(() => app.close());

const IMPORT = '/v1/imports/schools';
const state = () =>
  app.ctx.db
    .selectFrom('schools')
    .select(['code', 'version', 'updatedAt'])
    .orderBy('code')
    .execute();

describe('a whole directory', () => {
  const file = directoryFile();

  test('a dry run counts and changes nothing', async () => {
    const reply = await app.admin.csv(`${IMPORT}?dryRun=true`, csvOf(file));
    expect(reply.json()).toMatchObject({ created: 3827, updated: 0, unchanged: 0, rejected: [] });
    expect(await state()).toEqual([]);
  });

  test('is taken in one call and a few statements', async () => {
    const statements = await statementsDuring(async () => {
      const reply = await app.admin.csv(IMPORT, csvOf(file));
      expect(reply.json()).toEqual({
        created: 3827,
        updated: 0,
        unchanged: 0,
        renamedDistricts: [],
        absent: [],
        rejected: [],
        rejectedTotal: 0,
      });
    });
    expect(statements).toBeGreaterThan(5);
    expect(statements).toBeLessThan(50);
    const districts = await app.ctx.db.selectFrom('districts').select('code').execute();
    expect(districts).toHaveLength(864);
  });

  test('taken twice, changes nothing, not even a version', async () => {
    const before = await state();
    app.clock.advance({ days: 1 });
    const reply = await app.admin.csv(IMPORT, csvOf(file, '\r\n'));
    expect(reply.json()).toMatchObject({ created: 0, updated: 0, unchanged: 3827 });
    expect(await state()).toEqual(before);
  });

  test('letters in codes, blanks, commas and quotes come through', async () => {
    const [code, name] = file[0]!;
    expect((await app.admin.get(`/v1/schools/${code}`)).json()).toMatchObject({
      rcdts: code,
      name,
      district: { code: code!.slice(0, 14), name: 'District 0' },
    });
    const blank = (await app.admin.get(`/v1/schools/${file[11]![0]}`)).json();
    expect(blank.enrollment).toBeNull();
  });

  test('counts what is new, changed, the same and absent, and takes columns in any order', async () => {
    const [first, second, third] = file;
    const changed = [...second!];
    changed[7] = '4';
    const added = ['91-000-0000-26-0001', 'New', 'New district', 'X', 'Y', 'High School', '9', ''];
    const rows = [first!, changed, added].map((row) => row.toReversed());
    const text = `﻿${HEADER.split(',').toReversed().join(',')}\r\n${rows
      .map((row) => row.map((cell) => `"${cell.replaceAll('"', '""')}"`).join(','))
      .join('\r\n')}`;
    const result = (await app.admin.csv(IMPORT, text)).json();
    expect(result).toMatchObject({ created: 1, updated: 1, unchanged: 1, rejected: [] });
    expect(result.absent).toHaveLength(3825);
    expect(result.absent).toContain(third![0]);
    expect((await app.admin.get(`/v1/schools/${second![0]}`)).json()).toMatchObject({
      enrollment: 4,
      version: 2,
    });
  });

  test('counts the schools of a renamed district as updated, and tells its names', async () => {
    const code = file[1]![0]!.slice(0, 14);
    const ofDistrict = file.filter(([school]) => school!.startsWith(code));
    const rows = ofDistrict.map((row) => row.with(2, 'Union District 1'));
    const told = {
      created: 0,
      updated: ofDistrict.length,
      unchanged: 0,
      renamedDistricts: [{ code, from: 'District 1', to: 'Union District 1' }],
    };
    for (const query of ['?dryRun=true', ''])
      expect((await app.admin.csv(`${IMPORT}${query}`, csvOf(rows))).json()).toMatchObject(told);
    const { district } = (await app.admin.get(`/v1/schools/${ofDistrict[0]![0]}`)).json();
    expect(district).toEqual({ code, name: 'Union District 1' });
    const again = (await app.admin.csv(IMPORT, csvOf(rows))).json();
    expect(again).toMatchObject({ updated: 0, unchanged: ofDistrict.length, renamedDistricts: [] });
  });

  test('invented schools are never reported as absent', async () => {
    const { db, clock } = app.ctx;
    await db
      .insertInto('districts')
      .values({ code: '99-demo', name: 'Demo', demo: true })
      .execute();
    const blank = { city: '', county: '', schoolType: '', grades: '', enrollment: null };
    await db
      .insertInto('schools')
      .values({
        ...blank,
        code: '99-demo-school',
        districtCode: '99-demo',
        name: 'Invented',
        demo: true,
        version: 1,
        updatedAt: clock.now(),
      })
      .execute();
    const result = (await app.admin.csv(IMPORT, csvOf([]))).json();
    expect(result.absent).toHaveLength(3828);
  });
});

describe('a file with bad rows', () => {
  const good = ['92-000-0000-26-0001', 'Good', 'D', 'C', 'K', 'High School', '9', '10'];
  const bad: [code: string, row: string[]][] = [
    ['bad-code', ['92-000-0000-26-00011', 'Long code', 'D', 'C', 'K', 'T', '9', '1']],
    ['bad-code', ['92-000-0000-26-ööö1', 'Odd code', 'D', 'C', 'K', 'T', '9', '1']],
    ['missing', ['92-000-0000-26-0002', '', 'D', 'C', 'K', 'T', '9', '1']],
    ['missing', ['92-000-0000-26-0003', 'No district', ' ', 'C', 'K', 'T', '9', '1']],
    ['bad-number', ['92-000-0000-26-0004', 'Half', 'D', 'C', 'K', 'T', '9', '1.5']],
    ['bad-number', ['92-000-0000-26-0005', 'Negative', 'D', 'C', 'K', 'T', '9', '-1']],
    ['out-of-range', ['92-000-0000-26-0006', 'Huge', 'D', 'C', 'K', 'T', '9', '99999999999']],
    ['bad-text', ['92-000-0000-26-0007', 'N\0L', 'D', 'C', 'K', 'T', '9', '1']],
    ['too-long', ['92-000-0000-26-0008', 'x'.repeat(1001), 'D', 'C', 'K', 'T', '9', '1']],
    ['wrong-cell-count', ['92-000-0000-26-0009', 'Short', 'D']],
    ['duplicate', good],
    ['district-name-differs', ['92-000-0000-26-0010', 'Other', 'E', 'C', 'K', 'T', '9', '1']],
  ];
  const text = csvOf([good, ...bad.map(([, row]) => row)]);
  const rejected = bad.map(([code], at) => expect.objectContaining({ row: at + 3, code }));

  test('is refused whole, and every bad row is named by its line', async () => {
    const before = await state();
    const reply = await app.admin.csv(IMPORT, text);
    expect(reply.statusCode).toBe(422);
    expect(reply.json()).toMatchObject({ code: 'rows-rejected', rejected });
    expect(await state()).toEqual(before);
  });

  test('gives its good rows when asked to', async () => {
    const reply = await app.admin.csv(`${IMPORT}?partial=true`, text);
    expect(reply.json()).toMatchObject({ created: 1, rejected });
  });

  test('empty lines count as lines', async () => {
    const reply = await app.admin.csv(IMPORT, `${HEADER}\n\n\nnonsense\n`);
    expect(reply.json().rejected).toEqual([expect.objectContaining({ row: 4 })]);
  });
});

describe('a file that is none', () => {
  test.each([
    ['a missing column', 'rcdts,school_name\n', 'lacks "district_name"'],
    ['an unknown column', `${HEADER},mascot\n`, 'has unknown "mascot"'],
    ['a repeated column', `${HEADER},city\n`, 'repeats "city"'],
    ['an empty file', ' ', 'lacks "rcdts"'],
  ])('%s is named', async (_, text, detail) => {
    const reply = await app.admin.csv(IMPORT, text);
    expect(reply.statusCode).toBe(422);
    expect(reply.json()).toMatchObject({
      code: 'wrong-columns',
      detail: expect.stringContaining(detail),
    });
  });

  test('a first line that is the whole file is not repeated', async () => {
    const { detail } = (
      await app.admin.csv(IMPORT, `${'x'.repeat(2_000_000)},${'y,'.repeat(99)}y`)
    ).json();
    expect(detail).toContain(`has unknown "${'x'.repeat(60)}…", "y"`);
    expect(detail).toContain('and 81 more');
    expect(detail.length).toBeLessThan(2000);
  });

  test('in another encoding is refused, and said so', async () => {
    const headers = { 'content-type': 'text/csv; charset=iso-8859-1' };
    const reply = await app.admin.csv(IMPORT, csvOf([]), headers);
    expect([reply.statusCode, reply.json().code]).toEqual([415, 'unsupported-media-type']);
  });

  test('a quote that never ends is named by its line', async () => {
    const reply = await app.admin.csv(IMPORT, `${HEADER}\n"never,ends\n`);
    expect(reply.statusCode).toBe(422);
    expect(reply.json()).toMatchObject({ code: 'malformed-csv', rejected: [{ row: 2 }] });
  });

  test('bytes that are not UTF-8 are refused', async () => {
    const reply = await app.admin.csv(IMPORT, Buffer.from(`${HEADER}\nCañon\n`, 'latin1'));
    expect(reply.statusCode).toBe(400);
    expect(reply.json().detail).toContain('UTF-8');
  });

  test('one that is too large is refused', async () => {
    const reply = await app.admin.csv(IMPORT, Buffer.alloc(33 * 1024 * 1024, 'x'));
    expect(reply.statusCode).toBe(413);
  });

  test('JSON is not taken for a file', async () => {
    expect((await app.admin.post(IMPORT, {})).statusCode).toBe(415);
  });
});

test('only the state imports', async () => {
  const coordinator = app.as(await app.keyFor({ role: 'coordinator' }));
  expect((await coordinator.csv(IMPORT, csvOf([]))).statusCode).toBe(403);
});
