import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { lists, ROOT, timesIn } from './lists.ts';

/** The lists of mistakes fit the code; `npm run verify -- mutants` puts each in and looks who notices. */

const all = await lists();
const mistakes = [...all].flatMap(([room, list]) => list.map((one) => ({ room, ...one })));

test('there are at least 300, no two the same', () => {
  expect(mistakes.length).toBeGreaterThanOrEqual(300);
  const names = mistakes.map(({ file, find, put }) => `${file}\n${find}\n${put}`);
  expect(names.filter((name, at) => names.indexOf(name) !== at)).toEqual([]);
});

test('each stands at one place of its file, changes it, and names suites that are there', () => {
  const faults = mistakes.flatMap(({ room, file, what, find, put, tests }) => {
    const path = join(ROOT, file);
    const times = existsSync(path) ? timesIn(readFileSync(path, 'utf8'), find) : 0;
    const missing = tests.filter((suite) => !existsSync(join(ROOT, suite)));
    return [
      ...(times === 1 ? [] : [`${room}: "${find}" stands ${times} times in ${file} (${what})`]),
      ...(find === put ? [`${room}: "${find}" changes nothing`] : []),
      ...(tests.length === 0 ? [`${room}: nobody is asked about "${what}"`] : []),
      ...missing.map((suite) => `${room}: there is no ${suite}`),
    ];
  });
  expect(faults).toEqual([]);
});
