import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type TestApp, testApp } from '../support/app.ts';

/** The document that programs are written against, as the tools of such programs see it. */

const ROOT = join(import.meta.dirname, '../..');

interface Operation {
  operationId: string;
  description: string;
  security?: [];
  parameters?: { name: string; in: string; required: boolean }[];
  requestBody?: { required: boolean };
  responses: Record<string, { content?: Record<string, unknown>; headers?: object }>;
}

let app: TestApp;
let folder: string;
let file: string;
let document: {
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, unknown> };
};

beforeAll(async () => {
  app = await testApp();
  const reply = await app.as(null).get('/openapi.json');
  document = reply.json();
  folder = await mkdtemp(join(tmpdir(), 'planning-year-client-'));
  file = join(folder, 'openapi.json');
  await writeFile(file, reply.body);
});
afterAll(async () => {
  await app.close();
  await rm(folder, { recursive: true });
});

/** Runs a tool of node_modules; gives what it said when it fails. */
async function run(tool: string, ...args: string[]): Promise<string> {
  const env = { ...process.env, REDOCLY_TELEMETRY: 'off', REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true' };
  const command = [join(ROOT, 'node_modules', tool), ...args];
  const outcome = await promisify(execFile)(process.execPath, command, { cwd: ROOT, env }).catch(
    (error: { stdout: string; stderr: string }) => error,
  );
  return outcome instanceof Error || 'code' in outcome
    ? `FAILED\n${outcome.stdout}${outcome.stderr}`
    : outcome.stdout + outcome.stderr;
}

const redocly = (path: string) => run('@redocly/cli/bin/cli.js', 'lint', path, '--format=stylish');
const spectral = (path: string) =>
  run('@stoplight/spectral-cli/dist/index.js', 'lint', '--fail-severity=hint', path);

describe('the document lints clean, without a warning,', () => {
  test('in Redocly', async () => {
    const said = await redocly(file);
    expect(said).toContain('Your API description is valid');
    expect(said).not.toMatch(/FAILED|warning/);
  });

  test('in Spectral', async () => {
    const said = await spectral(file);
    expect(said).toContain("No results with a severity of 'hint' or higher found");
  });

  test('and either would complain if it did not', async () => {
    const broken = structuredClone(document);
    broken.paths['/v1/people']!.get!.operationId = 'addPerson';
    const path = join(folder, 'broken.json');
    await writeFile(path, JSON.stringify(broken));
    expect(await redocly(path)).toContain('operation-operationId-unique');
    expect(await spectral(path)).toContain('operation-operationId-unique');
  });
});

test('a generated TypeScript client type-checks in a program that uses it', async () => {
  const generator = 'swagger-typescript-api/dist/cli.mjs';
  await run(generator, 'generate', '-p', file, '-o', folder, '-n', 'client.ts');
  await writeFile(join(folder, 'program.ts'), PROGRAM);
  await writeFile(join(folder, 'mistaken.ts'), MISTAKEN);
  const options = [
    ...['--strict', '--noEmit', '--skipLibCheck', '--ignoreConfig', '--module', 'esnext'],
    ...['--moduleResolution', 'bundler', '--target', 'es2024', '--lib', 'es2024,dom,dom.iterable'],
  ];
  expect(await run('typescript/bin/tsc', ...options, join(folder, 'program.ts'))).toBe('');
  const said = await run('typescript/bin/tsc', ...options, join(folder, 'mistaken.ts'));
  expect(said).toMatch(/mistaken\.ts.*'nme' does not exist/);
});

const PROGRAM = `
import { Api, type Person, type Problem, type School } from './client';

const { v1 } = new Api({
  baseUrl: 'http://localhost:3000',
  baseApiParams: { headers: { authorization: 'Bearer py_x' } },
});

export async function everySchool(): Promise<School[]> {
  const schools: School[] = [];
  for (let cursor: string | null | undefined; cursor !== null; ) {
    const { data } = await v1.listSchools({ limit: 1000, ...(cursor ? { cursor } : {}) });
    schools.push(...data.data);
    cursor = data.nextCursor;
  }
  return schools;
}

export async function add(name: string, email: string): Promise<Person | Problem> {
  const { data, error } = await v1.addPerson(
    { name, email },
    { headers: { 'Idempotency-Key': crypto.randomUUID() } },
  );
  return data ?? error;
}

export async function rename(person: Person, name: string): Promise<number> {
  const changed = await v1.changePerson(person.id, { name }, { headers: { 'If-Match': '*' } });
  return changed.data.version;
}

export const districtOf = async (code: string): Promise<string> =>
  (await v1.getSchool(code)).data.district.name;
`;

const MISTAKEN = `
import { Api } from './client';
new Api().v1.addPerson({ nme: 'A', email: 'a@example.org' });
`;

describe('every call', () => {
  const operations = () =>
    Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => ({ path, method, ...operation })),
    );

  test('has a name of its own and tells what it does', () => {
    const names = operations().map(({ operationId }) => operationId);
    expect(new Set(names).size).toBe(names.length);
    const silent = operations().filter(({ description }) => !description);
    expect(silent.map(({ operationId }) => operationId)).toEqual([]);
  });

  test('describes a success, and each of its failures as a problem', () => {
    for (const { path, method, responses } of operations()) {
      const statuses = Object.keys(responses);
      expect([path, method, statuses.some((status) => status.startsWith('2'))]).toEqual([
        path,
        method,
        true,
      ]);
      for (const status of statuses.filter((each) => Number(each) >= 400))
        expect(Object.keys(responses[status]?.content ?? {})).toEqual(['application/problem+json']);
    }
  });

  test('that writes something that exists asks for If-Match', () => {
    const writes = operations().filter(
      // What is only accepted, to be done in the background, has no state to match yet; what only
      // adds a record of its own contradicts nothing that somebody else has changed meanwhile.
      ({ path, method, responses }) =>
        path.includes('{') && method !== 'get' && !('202' in responses) && !ADDED.test(path),
    );
    for (const { path, parameters, responses } of writes) {
      expect([path, parameters]).toEqual([
        path,
        expect.arrayContaining([expect.objectContaining({ name: 'If-Match', required: true })]),
      ]);
      expect(Object.keys(responses)).toEqual(expect.arrayContaining(['412', '428']));
    }
  });

  test('that names other things tells that they may not be there', () => {
    const about = (path: string, method: string) => document.paths[path]?.[method]?.responses ?? {};
    expect(about('/v1/reports/summary', 'get')).toHaveProperty('404');
    expect(about('/v1/tasks/complete', 'post')).toHaveProperty('404');
    expect(about('/v1/reports/milestones', 'get')).not.toHaveProperty('404');
  });

  test('that posts takes an Idempotency-Key', () => {
    for (const { parameters } of operations().filter(({ method }) => method === 'post'))
      expect(parameters?.map(({ name }) => name)).toContain('Idempotency-Key');
  });
});

const ADDED = /\/(notes|contacts|meetings|feeds)$/;

test('the explorer loads under its own policy, keeps no key, and asks for no HTTPS', async () => {
  const page = await app.as(null).get('/docs/');
  expect(page.statusCode).toBe(200);
  const policy = String(page.headers['content-security-policy']);
  expect(policy).toContain("script-src 'self'");
  expect(policy).not.toContain('upgrade-insecure-requests');
  const initializer = await app.as(null).get('/docs/static/swagger-initializer.js');
  // A key in the browser's storage outlives its page, and is there for whoever sits down next.
  expect(initializer.body).toContain('"persistAuthorization":false');
  expect(page.body).toContain('./static/theme/forget-keys.js');
  const forget = await app.as(null).get('/docs/static/theme/forget-keys.js');
  expect([forget.statusCode, forget.body]).toEqual([200, "localStorage.removeItem('authorized');"]);
  expect((await app.as(null).get('/docs/json')).json()).toEqual(document);
  expect((await app.as(null).get('/docs/static/swagger-ui-bundle.js')).statusCode).toBe(200);
});
