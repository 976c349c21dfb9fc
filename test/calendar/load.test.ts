import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { PackError } from '../../calendar/faults.ts';
import { loadPack, loadPacks } from '../../calendar/load.ts';
import { brokenPacks } from './broken-packs.ts';
import { folder, pack } from './illinois.ts';

let root: string;
let copy: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'packs-'));
  copy = join(root, 'isbe-comprehensive');
  await cp(folder, copy, { recursive: true });
});
afterEach(() => rm(root, { recursive: true }));

/** Replaces `from` in a file of the copy; throws when the file does not hold it. */
async function edit(file: string, from: string, to: string) {
  const text = await readFile(join(copy, file), 'utf8');
  if (!text.includes(from)) throw new Error(`${file} does not hold ${from}`);
  await writeFile(
    join(copy, file),
    text.replace(from, () => to),
  );
}

async function faults(): Promise<readonly string[]> {
  const error = await loadPack(copy).catch((thrown: unknown) => thrown);
  if (!(error instanceof PackError)) throw new Error('The pack was taken', { cause: error });
  return error.faults;
}

const march = 'year/03-march.yaml';

describe('a program with a fault is refused, told by file, task and field', () => {
  test.each(brokenPacks)('$what', async ({ file, from, to, told }) => {
    await edit(file, from, to);
    expect(await faults()).toContainEqual(expect.stringContaining(told));
  });

  test('a file that is missing', async () => {
    await rm(join(copy, 'labels.yaml'));
    expect(await faults()).toEqual(['labels.yaml, the file: is missing. Add it.']);
  });

  test('a file that nobody reads', async () => {
    await writeFile(join(copy, 'year/08-august.yml'), 'month: 8');
    expect((await faults())[0]).toMatch(/^year\/08-august.yml, the file: belongs to no program/);
  });

  test('all faults at once, those beside a misshapen task too', async () => {
    await edit(march, 'scope: district', 'scope: county');
    await edit(march, 'role: vendor', 'role: seller');
    await edit('program.yaml', 'America/Chicago', 'Chicago');
    const told = await faults();
    expect(told).toHaveLength(4);
    expect(told.filter((line) => line.includes('task mar-3/vendor/1'))).toHaveLength(2);
  });
});

describe('a program without faults', () => {
  test('is loaded with its months in the order of the planning year', async () => {
    expect((await loadPacks(root)).map(({ program }) => program.id)).toEqual([pack.program.id]);
    expect(pack.months.map(({ month }) => month)).toEqual([10, 11, 12, 1, 2, 3, 4, 5, 6, 7]);
  });

  test('may have no demonstration', async () => {
    await rm(join(copy, 'demo.yaml'));
    expect((await loadPack(copy)).demo).toBeNull();
  });

  test('has a version that an edit of the calendar changes, and a comment or a reminder does not', async () => {
    expect(pack.version).toMatch(/^[0-9a-f]{12}$/);
    await edit(march, 'month: 3', '# Spring.\nmonth: 3');
    await edit('reminders.yaml', '07:00', '08:00');
    expect((await loadPack(copy)).version).toBe(pack.version);
    await edit(march, 'Give the district its data report', 'Hand the district its data report');
    expect((await loadPack(copy)).version).not.toBe(pack.version);
  });
});
