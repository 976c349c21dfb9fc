import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { until } from '../support/until.ts';

/** One `npm start`, `npm run web` or `npm run worker`, without npm. */
interface Run {
  child: ChildProcess;
  out: string;
  errors: string;
  ended: Promise<number | null>;
}

let dataDir: string;
const runs = new Set<Run>();

beforeAll(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'planning-year-process-'));
  chmodSync(dataDir, 0o711);
});
afterEach(async () => {
  for (const { child, ended } of runs) {
    child.kill('SIGTERM');
    await ended;
  }
  runs.clear();
});
afterAll(() => rmSync(dataDir, { recursive: true, force: true }));

function launch(script: string, env: Record<string, string> = {}): Run {
  const [file, ...args] = script.split(' ');
  const child = spawn(process.execPath, [join('src', file!), ...args], {
    env: { PATH: process.env.PATH, DATA_DIR: dataDir, PORT: '0', DEMO: '0', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = once(child, 'exit').then(([code]) => code as number | null);
  const run: Run = { child, out: '', errors: '', ended };
  child.stdout!.on('data', (chunk) => (run.out += chunk));
  child.stderr!.on('data', (chunk) => (run.errors += chunk));
  runs.add(run);
  void ended.then(() => runs.delete(run));
  return run;
}

/** The process when it has said that it is up. */
async function up(script: string, env?: Record<string, string>): Promise<Run> {
  const run = launch(script, env);
  await until(() => run.out.includes(' is up.\n') || run.child.exitCode !== null);
  if (run.child.exitCode !== null) throw new Error(run.errors);
  return run;
}

const told = ({ out }: Run, what: string): string =>
  new RegExp(`^ *${what} +(\\S+)`, 'm').exec(out)![1]!;

const postmaster = () => join(dataDir, 'postgres/data/postmaster.pid');
const postgresPid = () => Number(readFileSync(postmaster(), 'utf8').split('\n')[0]);

async function call(run: Run, path: string, body?: object): Promise<Response> {
  const key = readFileSync(told(run, "Administrator's key"), 'utf8').trim();
  return fetch(told(run, 'Address') + path, {
    method: body ? 'POST' : 'GET',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    ...(body && { body: JSON.stringify(body) }),
  });
}

const isReady = (run: Run): Promise<boolean> =>
  fetch(`${told(run, 'Address')}/readyz`).then(
    ({ ok }) => ok,
    () => false,
  );

/** An acknowledged change, to be found again after whatever happens. */
async function addPerson(run: Run, name: string): Promise<string> {
  const body = { name, email: `${name.toLowerCase()}@people.invalid` };
  const reply = await call(run, '/v1/people', body);
  expect(reply.status).toBe(201);
  return reply.headers.get('location')!;
}

describe('npm start', () => {
  test('says all that a newcomer needs, and the key stands where it says', async () => {
    const run = await up('server.ts --with-worker');
    const address = told(run, 'Address');
    const keyFile = told(run, "Administrator's key");
    expect(address).toMatch(/^http:\/\/127\.0\.0\.1:[1-9]\d+$/);
    expect(told(run, 'Explorer')).toBe(`${address}/docs`);
    expect(told(run, 'Data')).toBe(join(dataDir, 'postgres'));
    expect(told(run, 'Mails')).toBe(join(dataDir, 'mail'));
    expect(run.out).toContain(
      `curl -H "Authorization: Bearer $(cat ${keyFile})" ${address}/v1/planning-years\n`,
    );
    expect(statSync(keyFile).mode & 0o777).toBe(0o600);
    expect(run.out + run.errors).not.toContain(readFileSync(keyFile, 'utf8').trim());

    expect(await isReady(run)).toBe(true);
    // It serves by a role that owns nothing.
    const ready = await fetch(`${address}/readyz`);
    const { warnings } = (await ready.json()) as { warnings: string[] };
    expect(warnings.join()).not.toContain('databaseRole');
    expect((await fetch(told(run, 'Explorer'))).status).toBe(200);
    expect((await call(run, '/v1/planning-years')).status).toBe(200);
  });

  test('comes up with every acknowledged change after it was killed', async () => {
    const first = await up('server.ts --with-worker');
    const ada = await addPerson(first, 'Ada');
    first.child.kill('SIGKILL');
    await first.ended;

    const second = await up('server.ts --with-worker');
    expect((await call(second, ada)).status).toBe(200);
  });

  test('comes up after it and its PostgreSQL were killed', async () => {
    const first = await up('server.ts --with-worker');
    const grace = await addPerson(first, 'Grace');
    const pid = postgresPid();
    first.child.kill('SIGKILL');
    process.kill(pid, 'SIGKILL');
    await first.ended;

    const second = await up('server.ts --with-worker');
    expect((await call(second, grace)).status).toBe(200);
  });

  test('outlives its PostgreSQL', async () => {
    const run = await up('server.ts --with-worker');
    const mary = await addPerson(run, 'Mary');
    const before = postgresPid();
    process.kill(before, 'SIGKILL');
    await until(() => existsSync(postmaster()) && postgresPid() !== before);
    await until(() => isReady(run));
    expect((await call(run, mary)).status).toBe(200);
    expect(run.child.exitCode).toBeNull();
  });

  test('leaves nothing running after Ctrl-C, though npm hands the signal on', async () => {
    const run = await up('server.ts --with-worker');
    // A client that keeps its connection must not hold it up.
    await isReady(run);
    run.child.kill('SIGINT');
    await sleep(20);
    run.child.kill('SIGINT');
    expect(await run.ended).toBe(0);
    expect(existsSync(postmaster())).toBe(false);
  });

  test('stops in order also in the middle of its start', async () => {
    const run = launch('server.ts --with-worker');
    await until(() => existsSync(postmaster()));
    run.child.kill('SIGTERM');
    expect(await run.ended).toBe(0);
    expect(existsSync(postmaster())).toBe(false);
  });
});

describe('the web server and the worker', () => {
  test('share one PostgreSQL, which the last of them stops', async () => {
    const [web, worker] = await Promise.all([up('server.ts'), up('worker.ts')]);
    expect(told(worker, 'Data')).toBe(told(web, 'Data'));
    web.child.kill('SIGTERM');
    expect(await web.ended).toBe(0);
    expect(existsSync(postmaster())).toBe(true);
    worker.child.kill('SIGTERM');
    expect(await worker.ended).toBe(0);
    expect(existsSync(postmaster())).toBe(false);
  });
});

describe('a start that can not succeed', () => {
  async function refusal(env: Record<string, string>): Promise<string> {
    const run = launch('server.ts', env);
    expect(await run.ended).toBe(1);
    expect(run.out).toBe('');
    expect(run.errors).not.toMatch(/^\s+at /m);
    return run.errors.trimEnd();
  }

  test('names every wrong setting', async () => {
    const lines = (await refusal({ PORT: 'x', DEMO: 'y' })).split('\n');
    expect(lines[0]).toBe('The settings are wrong:');
    expect(lines.slice(1).map((line) => line.trim().split(' ')[0])).toEqual(['PORT', 'DEMO']);
  });

  test('names a database that is not there, without its password', async () => {
    const message = await refusal({ DATABASE_URL: 'postgres://me:hidden@127.0.0.1:9/plans' });
    expect(message).toMatch(
      /^The database plans at 127\.0\.0\.1:9 can't be used .* DATABASE_URL\.$/,
    );
    expect(message).not.toContain('hidden');
  });

  test('names a database that does not let it in', async () => {
    const url = new URL(process.env.TEST_DATABASE_URL!);
    url.password = 'guessed';
    expect(await refusal({ DATABASE_URL: url.href })).toMatch(/Correct the user and the password/);
  });

  test('names the port that is in use', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as { port: number };
    const message = await refusal({ PORT: String(port) });
    other.close();
    expect(message.split('\n').at(-1)).toMatch(`Port ${port} of 127.0.0.1 is in use.`);
    expect(existsSync(postmaster())).toBe(false);
  });
});
