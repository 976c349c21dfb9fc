import { execFile, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { csvOf, directoryFile } from '../schools/directory-file.ts';
import { type TestApp, testApp } from '../support/app.ts';

/** What README.md tells others to run is run, as it stands there. */

const README = readFileSync(join(import.meta.dirname, '../../README.md'), 'utf8');
const SECTION = README.split(/^(?=## )/m).find((part) =>
  part.startsWith('## Reading it from elsewhere\n'),
);

/** More planning years than a page of 1000 rows holds. */
const YEARS = 62;

let api: TestApp;
let folder: string;
let env: NodeJS.ProcessEnv;

beforeAll(async () => {
  api = await testApp({ now: '2026-11-10T15:00:00Z' });
  const directory = directoryFile(YEARS, 5);
  await api.admin.csv('/v1/imports/schools', csvOf(directory));
  const designations = directory.map(([rcdts]) => `${rcdts},Comprehensive,2026-10-15,yes,`);
  const header = 'rcdts,designation,released_on,newly_designated,resource_allocation_review';
  await api.admin.csv('/v1/imports/designations', [header, ...designations].join('\n'));
  api.clock.set('2026-12-10T15:00:00Z');
  folder = await mkdtemp(join(tmpdir(), 'planning-year-snippets-'));
  env = {
    PATH: process.env.PATH,
    PLANNING_YEAR_URL: await api.app.listen({ host: '127.0.0.1', port: 0 }),
    PLANNING_YEAR_KEY: await api.keyFor({ role: 'dashboard', program: null }),
  };
});
afterAll(async () => {
  await api.close();
  await rm(folder, { recursive: true });
});

function snippet(language: string): string {
  const fence = new RegExp(`^\`\`\`${language}\n([\\s\\S]*?)^\`\`\`$`, 'm');
  const code = fence.exec(SECTION ?? '')?.[1];
  if (code === undefined) throw new Error(`README.md has no ${language} to read reports with.`);
  return code;
}

async function outputOf(language: string, command: string, file: string): Promise<string> {
  const path = join(folder, file);
  await writeFile(path, snippet(language));
  return (await promisify(execFile)(command, [path], { env })).stdout;
}

async function expected(): Promise<string> {
  const overdue = `/v1/reports/milestones?limit=1000&overdue=true`;
  const late = (await api.admin.get(overdue)).json().data.length;
  expect(late).toBeGreaterThan(0);
  expect(late).toBeLessThan(1000);
  return `${YEARS * 17} rows, ${late} overdue\n`;
}

/** Skipped, and shown as such, where the machine has no such interpreter. */
const ifThere = (command: string, ...args: string[]) =>
  spawnSync(command, args).status === 0 ? test : test.skip;

describe('the README’s', () => {
  test('JavaScript reads the milestones page by page', async () => {
    expect(await outputOf('js', process.execPath, 'read.mjs')).toBe(await expected());
  });

  ifThere('python3', '--version')('Python reads the milestones as CSV', async () => {
    expect(await outputOf('python', 'python3', 'read.py')).toBe(await expected());
  });

  ifThere('Rscript', '--version')('R reads the milestones as CSV', async () => {
    expect(await outputOf('r', 'Rscript', 'read.R')).toBe(await expected());
  });

  test('Power Query asks for what there is', async () => {
    const asked = snippet('powerquery');
    expect(asked).toContain('RelativePath = "v1/reports/milestones"');
    const { body } = await api.admin.get('/v1/reports/milestones?year=2026-27', {
      accept: 'text/csv',
    });
    const columns = body.slice(0, body.indexOf('\r\n')).split(',');
    const typed = [...asked.matchAll(/\{"(\w+)", type/g)].map(([, column]) => column);
    expect(typed.length).toBeGreaterThan(3);
    expect(columns).toEqual(expect.arrayContaining(typed));
  });
});
