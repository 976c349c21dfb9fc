import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { parseDocument } from 'yaml';
import type { z } from 'zod';
import { checkDemo } from './check-demo.ts';
import { checkHolidays, checkLabels, checkProgram } from './check-program.ts';
import { checkReminders } from './check-reminders.ts';
import { checkYear } from './check-year.ts';
import { type Fault, PackError, shapeFaults, withoutFaultyTasks } from './faults.ts';
import {
  demoFile,
  holidaysFile,
  labelsFile,
  type MonthFile,
  monthFile,
  type Pack,
  type ProgramFile,
  programFile,
  remindersFile,
} from './shape.ts';
import { versionOf } from './version.ts';

// The one file of calendar/ that reads files: all else here is pure.

/**
 * Reads one program's folder.
 * @throws {PackError} that lists every fault of its files by file, task and field
 */
export async function loadPack(dir: string): Promise<Pack> {
  const files = await readFolder(dir);
  const faults: Fault[] = files.unknown.map((file) => ({
    file,
    field: 'the file',
    problem: `belongs to no program. Remove it, or give it one of the names ${KNOWN}.`,
  }));
  const read = <T>(file: string, shape: z.ZodType<T>) => parse(file, files.texts, shape, faults);

  const program = read('program.yaml', programFile);
  const labels = read('labels.yaml', labelsFile);
  const reminders = read('reminders.yaml', remindersFile);
  const holidays = read('holidays.yaml', holidaysFile);
  const demo = files.texts.has('demo.yaml') ? read('demo.yaml', demoFile) : null;
  const months = files.months.map((file) => ({ file, content: read(file, monthFile) }));

  if (program) faults.push(...checkProgram(program, basename(dir)));
  if (labels) faults.push(...checkLabels(labels));
  if (holidays) faults.push(...checkHolidays(holidays.holidays));
  if (program) faults.push(...checkYear(program, months));
  const year = months.flatMap(({ content }) => content ?? []);
  // What is wrong with a task is told once, not again wherever it is named.
  const sound = !faults.some(({ file }) => file.startsWith('year/'));
  if (program && reminders) faults.push(...checkReminders(reminders, program, sound ? year : null));
  if (program && demo) faults.push(...checkDemo(program, demo));
  if (faults.length > 0 || !program || !labels || !reminders || !holidays || demo === undefined)
    throw new PackError(dir, faults);

  year.sort((a, b) => place(program, a) - place(program, b));
  return {
    program,
    labels,
    months: year,
    reminders,
    holidays: holidays.holidays,
    demo,
    version: versionOf({ program, months: year }),
  };
}

/**
 * Reads every program under `root`: each of its folders is one. Sorted by id.
 * @throws {PackError} of the first folder that has faults
 */
export async function loadPacks(root: string): Promise<Pack[]> {
  const folders = (await readdir(root, { withFileTypes: true }))
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort();
  return Promise.all(folders.map((folder) => loadPack(join(root, folder))));
}

const KNOWN = 'program.yaml, labels.yaml, reminders.yaml, holidays.yaml, demo.yaml, year/*.yaml';

async function readFolder(dir: string) {
  const names = (await readdir(dir, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(join(dir, '/').length))
    .map((name) => name.replaceAll('\\', '/'))
    .sort();
  const isMonth = (name: string) => /^year\/[^/]+\.yaml$/.test(name);
  const known = names.filter((name) => isMonth(name) || KNOWN.split(', ').includes(name));
  return {
    texts: new Map(
      await Promise.all(
        known.map(async (name) => [name, await readFile(join(dir, name), 'utf8')] as const),
      ),
    ),
    months: known.filter(isMonth),
    unknown: names.filter((name) => !known.includes(name)),
  };
}

/** The content of one file. What is wrong with it goes to `faults`; undefined when too much is. */
function parse<T>(
  file: string,
  texts: Map<string, string>,
  shape: z.ZodType<T>,
  faults: Fault[],
): T | undefined {
  const text = texts.get(file);
  if (text === undefined) {
    faults.push({ file, field: 'the file', problem: 'is missing. Add it.' });
    return;
  }
  const document = parseDocument(text);
  if (document.errors.length > 0) {
    for (const { message, linePos } of document.errors)
      faults.push({
        file,
        field: `line ${linePos?.[0].line ?? '?'}`,
        problem: `is not valid YAML (${message.split('\n')[0]}). Correct it.`,
      });
    return;
  }
  const raw: unknown = document.toJS();
  const result = shape.safeParse(raw);
  if (result.success) return result.data;
  faults.push(...shapeFaults(file, raw, result.error));
  // What is sound is checked further, so that one reading names all faults.
  return shape.safeParse(withoutFaultyTasks(raw, result.error)).data;
}

/** Where a month stands in the planning year, from 0. */
const place = (program: ProgramFile, { month }: MonthFile) =>
  (month - program.months.first + 12) % 12;
