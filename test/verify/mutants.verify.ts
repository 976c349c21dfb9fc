import { spawn } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import { lists, ROOT } from '../mutants/lists.ts';
import type { Mistake } from '../mutants/mistake.ts';

/**
 * Puts mistakes into copies of the program, one at a time, and looks whether `npm test` notices: by the
 * suites that each names, which are a part of it. `MUTANTS=door,jobs` tries these lists alone.
 */

const COPIES = 2;
const HOURS = 3_600_000;
const MINUTES = 60_000;
const folders: string[] = [];

afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

/** The tree without what is big, or made by running it; packages are shared. */
function copy(): string {
  const folder = mkdtempSync(join(tmpdir(), 'planning-year-copy-'));
  folders.push(folder);
  // Root's PostgreSQL runs as another user, who has to pass through here.
  chmodSync(folder, 0o711);
  const left = new Set(['node_modules', '.git', '.data', 'coverage']);
  cpSync(ROOT, folder, { recursive: true, filter: (path) => !left.has(basename(path)) });
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  return folder;
}

/** Whether suites of a copy pass; what hangs has not. */
function passes(folder: string, suites: readonly string[]): Promise<boolean> {
  const child = spawn(
    process.execPath,
    [
      ...['--disable-warning=ExperimentalWarning', '--experimental-vm-modules'],
      ...['node_modules/jest/bin/jest.js', '--bail', '--silent', '--runInBand', '--forceExit'],
      // What a mistake makes wait for ever is noticed by that.
      ...['--testTimeout=60000', '--runTestsByPath', ...suites],
    ],
    {
      cwd: folder,
      stdio: 'ignore',
      detached: true,
      env: { ...process.env, PATH: `${join(folder, 'node_modules/.bin')}:${process.env.PATH}` },
    },
  );
  return new Promise((resolve) => {
    const late = setTimeout(() => process.kill(-child.pid!, 'SIGKILL'), 6 * MINUTES);
    child.once('exit', (code) => {
      clearTimeout(late);
      resolve(code === 0);
    });
  });
}

async function isNoticed(folder: string, { file, find, put, tests }: Mistake): Promise<boolean> {
  const path = join(folder, file);
  const right = readFileSync(path, 'utf8');
  // As a function, since "$&" and its like are nothing special here.
  writeFileSync(
    path,
    right.replace(find, () => put),
  );
  try {
    return !(await passes(folder, tests));
  } finally {
    writeFileSync(path, right);
  }
}

test(
  'of the mistakes on the lists at least 95 in 100 are noticed, and the others are explained',
  async () => {
    const asked = process.env.MUTANTS?.split(',');
    const rooms = [...(await lists())].filter(([room]) => asked?.includes(room) ?? true);
    const waiting = rooms.flatMap(([room, list]) => list.map((mistake) => ({ room, mistake })));
    const suites = [...new Set(waiting.flatMap(({ mistake }) => mistake.tests))];
    const copies = Array.from({ length: COPIES }, copy);
    // Where they fail without a mistake they notice nothing.
    expect(await passes(copies[0]!, suites)).toBe(true);

    const outcomes = new Map<string, { noticed: number; explained: string[]; missed: string[] }>();
    for (const [room] of rooms) outcomes.set(room, { noticed: 0, explained: [], missed: [] });
    await Promise.all(
      copies.map(async (folder) => {
        for (let next = waiting.shift(); next; next = waiting.shift()) {
          const { room, mistake } = next;
          const outcome = outcomes.get(room)!;
          const said = `${mistake.what} (${mistake.file}: ${mistake.find})`;
          if (await isNoticed(folder, mistake)) outcome.noticed += 1;
          else if (mistake.unnoticed !== undefined)
            outcome.explained.push(`${said}: ${mistake.unnoticed}`);
          else {
            outcome.missed.push(said);
            process.stdout.write(`UNNOTICED ${room}: ${said}\n`);
          }
        }
      }),
    );
    let [tried, noticed] = [0, 0];
    const missed: string[] = [];
    for (const [room, { noticed: seen, explained, missed: lost }] of outcomes) {
      const all = seen + explained.length + lost.length;
      [tried, noticed] = [tried + all, noticed + seen];
      missed.push(...lost);
      process.stdout.write(
        `mutants, ${room}: ${all} tried, ${seen} noticed, ${explained.length} explained, ${lost.length} unnoticed\n`,
      );
      for (const one of explained) process.stdout.write(`  explained: ${one}\n`);
    }
    process.stdout.write(
      `mutants: ${tried} tried, ${noticed} noticed (${((100 * noticed) / tried).toFixed(1)} %)\n`,
    );
    expect(noticed / tried).toBeGreaterThanOrEqual(0.95);
    expect(missed).toEqual([]);
  },
  5 * HOURS,
);
