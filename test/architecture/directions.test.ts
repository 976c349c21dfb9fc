import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { describe, expect, test } from '@jest/globals';

const ROOT = join(import.meta.dirname, '../..');

interface Import {
  from: string;
  to: string;
  typesOnly: boolean;
}

const files = ['calendar', 'machines', 'migrations', 'src'].flatMap((folder) =>
  readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => join(folder, name)),
);
const texts = new Map(files.map((file) => [file, readFileSync(join(ROOT, file), 'utf8')]));
const imports = files.flatMap(importsOf);

/** The rooms of src/, lowest first: a room may use those on lower lines, never one above or beside. */
const STOREYS = [
  ['db', 'queue', 'quarantine', 'policy', 'programs', 'http', 'mail'],
  ['schools', 'layout'],
  ['people', 'contracts', 'keys', 'digests'],
  ['preferences'],
  ['planning-years'],
  ['jobs', 'reorganization'],
  ['delivery'],
  ['tasks', 'reminders', 'demo'],
  ['reports', 'feeds', 'notes', 'audit', 'sign-in', 'organizations'],
  ['pages', 'backup', 'mending'],
];

describe('the direction of dependencies', () => {
  test('is found in the sources at all', () => {
    expect(imports.length).toBeGreaterThan(300);
  });

  test('calendar/ and machines/ know nothing of src/ and do no input or output', () => {
    const pure = files.filter((file) => /^(calendar|machines)\//.test(file));
    for (const file of pure) {
      const text = texts.get(file) ?? '';
      const external = [...text.matchAll(/from '([^.'][^']*)'/g)].map(([, name]) => name);
      const allowed = ['xstate', 'zod', 'luxon', 'canonicalize', 'node:crypto'];
      if (file === 'calendar/load.ts') allowed.push('node:fs/promises', 'node:path', 'yaml');
      expect({ file, external: external.filter((name) => !allowed.includes(name ?? '')) }).toEqual({
        file,
        external: [],
      });
      expect(text).not.toMatch(
        /Date\.now|new Date\(\)|DateTime\.(now|local)\(\)|process\.env|fetch\(/,
      );
    }
    const outward = imports.filter(({ from, to }) => pure.includes(from) && to.startsWith('src/'));
    expect(outward).toEqual([]);
  });

  test('goes downward from room to room', () => {
    const upward = imports.filter(({ from, to }) => {
      const [a, b] = [storey(from), storey(to)];
      if (roomOf(from) === roomOf(to) || a === null || b === null) return false;
      return b > a || (b === a && a > 0);
    });
    expect(upward.map(({ from, to }) => `${from} -> ${to}`)).toEqual([]);
  });

  test('never comes back from a room to a process, a command or the app', () => {
    const top = /^src\/(app|boot|server|worker|work)\.ts$|^src\/(commands|process|simulate)\//;
    const back = imports.filter(({ from, to }) => storey(from) !== null && top.test(to));
    expect(back).toEqual([]);
  });

  test('leaves the routes of every room to the app alone', () => {
    const routes = imports.filter(
      ({ to, from }) => /routes\.ts$/.test(to) && from !== 'src/app.ts',
    );
    expect(routes.filter(({ to }) => !to.endsWith('complete-routes.ts'))).toEqual([]);
  });

  test('makes no circle of files', () => {
    const next = Map.groupBy(
      imports.filter(({ typesOnly }) => !typesOnly),
      ({ from }) => from,
    );
    const circles: string[] = [];
    const done = new Set<string>();
    const visit = (file: string, path: string[]): void => {
      if (path.includes(file)) circles.push([...path.slice(path.indexOf(file)), file].join(' -> '));
      if (done.has(file) || path.includes(file)) return;
      for (const { to } of next.get(file) ?? []) visit(to, [...path, file]);
      done.add(file);
    };
    for (const file of files) visit(file, []);
    expect(circles).toEqual([]);
  });
});

describe('the engine', () => {
  test('names no state, no rubric and no report: that is for calendar/ and machines/', () => {
    const words = /\b(isbe|illinois|missouri|dese|iqfsr|qer|iwas|chicago)\w*/gi;
    const named = files
      .filter((file) => file.startsWith('src/'))
      .flatMap((file) =>
        [...(texts.get(file) ?? '').matchAll(words)].map(([word]) => `${file}: ${word}`),
      );
    expect(named).toEqual([]);
  });

  test('reads the environment in one place', () => {
    const readers = files.filter((file) => /process\.env/.test(texts.get(file) ?? ''));
    expect(readers.filter((file) => file !== 'src/config.ts')).toEqual([]);
  });
});

function importsOf(from: string): Import[] {
  const text = texts.get(from) ?? '';
  const pattern =
    /(?:^|\n)(?:import|export)\s+(type\s)?([^;]*?)\sfrom\s'(\.{1,2}\/[^']+)'|import\(\s*'(\.{1,2}\/[^']+)'/g;
  return [...text.matchAll(pattern)].map(([, type, names = '', to, dynamic]) => ({
    from,
    to: relative(ROOT, join(ROOT, dirname(from), to ?? dynamic ?? '')),
    typesOnly: type !== undefined || /^\{(\s*type\s[^,]+,?)+\s*\}$/.test(names.trim()),
  }));
}

function roomOf(file: string): string | null {
  return /^src\/([^/]+)\//.exec(file)?.[1] ?? null;
}

function storey(file: string): number | null {
  const at = STOREYS.findIndex((rooms) => rooms.includes(roomOf(file) ?? ''));
  return at === -1 ? null : at;
}
