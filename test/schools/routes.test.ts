import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { expectProblem } from '../http/problem.ts';
import { type TestApp, testApp } from '../support/app.ts';
import { csvOf, directoryFile } from './directory-file.ts';

let app: TestApp;
const file = directoryFile(300, 20);
beforeAll(async () => {
  app = await testApp();
  await app.admin.csv('/v1/imports/schools', csvOf(file));
});
afterAll(() => app.close());

interface Page {
  data: { rcdts: string }[];
  nextCursor: string | null;
}

const found = async (query: string) =>
  (await app.admin.get(`/v1/schools?limit=1000&${query}`))
    .json()
    .data.map(({ name }: { name: string }) => name);

test('the whole directory comes in pages, by code', async () => {
  const codes: string[] = [];
  for (let next: string | null = ''; next !== null; ) {
    const reply = await app.admin.get(`/v1/schools?limit=77${next && `&cursor=${next}`}`);
    const { data, nextCursor }: Page = reply.json();
    codes.push(...data.map(({ rcdts }) => rcdts));
    next = nextCursor;
  }
  expect(codes).toEqual(file.map(([code]) => code).sort());
});

test('schools are found by part of a name, a code, a city or a district', async () => {
  expect(await found('q=hara')).toHaveLength(4);
  expect(await found(`q=${file[5]![0]}`)).toEqual([file[5]![1]]);
  expect(await found('q=city%2019')).toEqual(await found('q=District%2019'));
  expect(await found(`district=${file[3]![0]!.slice(0, 14)}`)).toHaveLength(15);
  for (const wildcard of ['%25', '_', '%5C']) expect(await found(`q=${wildcard}`)).toEqual([]);
});

test('a district’s new name shows in the tag of its schools', async () => {
  const path = `/v1/schools/${file[3]![0]}`;
  const before = await app.admin.get(path);
  const renamed = file.map((row) => row.with(2, row[2]!.replace('District', 'Unit')));
  const { updated } = (await app.admin.csv('/v1/imports/schools', csvOf(renamed))).json();
  const after = await app.admin.get(path, { 'if-none-match': String(before.headers.etag) });
  expect([updated, after.statusCode, after.json().district.name]).toEqual([300, 200, 'Unit 3']);
});

test('an unknown code names nothing', async () => {
  expectProblem(await app.admin.get('/v1/schools/00-000-0000-00-0000'), 404, 'not-found');
});
