import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { pino } from 'pino';
import { openDatabase } from '../../src/db/database.ts';
import { type Embedded, startEmbedded } from '../../src/db/embedded.ts';

/**
 * The release before and this one as real processes on one database, under load: the upgrade goes on
 * and is taken back, or goes on to its end. Whatever was acknowledged stands in the logs afterwards.
 */

const ROOT = join(import.meta.dirname, '../..');
/** The release before, which knew no number of its own. */
const BEFORE = '546712e';
const KEY = 'a-key-for-the-upgrade-0123456789';
const NOW = '2026-11-18T15:00:00Z';
const SCHOOLS = 12;
const WRITERS = 6;
const LATER = 20_000;

const folder = mkdtempSync(join(tmpdir(), 'planning-year-upgrade-'));
const old = join(folder, 'before');
let server: Embedded;
const processes = new Set<ChildProcess>();

beforeAll(async () => {
  // Root's PostgreSQL runs as another user, who has to pass through here.
  chmodSync(folder, 0o711);
  git('worktree', 'add', '--detach', '--force', old, BEFORE);
  execFileSync('npm', ['ci', '--no-audit', '--no-fund'], { cwd: old, stdio: 'ignore' });
  server = await startEmbedded(join(folder, 'data'), pino({ level: 'silent' }));
}, 300_000);

afterAll(async () => {
  for (const one of processes) one.kill('SIGKILL');
  await server?.stop();
  git('worktree', 'remove', '--force', old);
  rmSync(folder, { recursive: true, force: true });
  if (server?.elsewhere) rmSync(server.folder, { recursive: true, force: true });
});

const git = (...args: string[]) => execFileSync('git', args, { cwd: ROOT, stdio: 'pipe' });

interface Running {
  url: string;
  child: ChildProcess;
  log: string;
}

/** Starts a release as `npm start` does, on a database of the server. */
async function start(release: 'before' | 'this', database: string): Promise<Running> {
  const cwd = release === 'before' ? old : ROOT;
  const port = await freePort();
  const child = spawn(join(cwd, 'node_modules/.bin/node'), ['src/server.ts', '--with-worker'], {
    cwd,
    env: {
      PATH: process.env.PATH,
      PORT: String(port),
      DATABASE_URL: database,
      DATA_DIR: join(folder, `of-${release}`),
      BOOTSTRAP_KEY: KEY,
      DEMO: '0',
      NOW,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  processes.add(child);
  const running: Running = { url: `http://127.0.0.1:${port}`, child, log: '' };
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (text) => {
      running.log = (running.log + text).slice(-20_000);
    });
  for (const began = Date.now(); ; ) {
    if (
      await fetch(`${running.url}/livez`).then(
        (reply) => reply.ok,
        () => false,
      )
    )
      return running;
    if (child.exitCode !== null || Date.now() - began > 60_000)
      throw new Error(`${release} did not start: ${running.log}`);
    await wait(100);
  }
}

async function stop({ child }: Running): Promise<void> {
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  await ended;
  processes.delete(child);
}

const wait = (millis: number) => new Promise((resolve) => setTimeout(resolve, millis));

async function freePort(): Promise<number> {
  const { createServer } = await import('node:net');
  return new Promise((resolve) => {
    const one = createServer().listen(0, '127.0.0.1', () => {
      const { port } = one.address() as { port: number };
      one.close(() => resolve(port));
    });
  });
}

const headers = { authorization: `Bearer ${KEY}`, 'content-type': 'application/json' };

async function csv(url: string, name: string, file: string): Promise<void> {
  const reply = await fetch(`${url}/v1/imports/${name}`, {
    method: 'POST',
    headers: { ...headers, 'content-type': 'text/csv' },
    body: file,
  });
  if (!reply.ok) throw new Error(`${name}: ${await reply.text()}`);
}

const codeOf = (n: number): string => `98-901-0010-26-${String(n).padStart(4, '0')}`;

/** Schools in the directory, and planning years for the first of them. */
async function fill(url: string, first: number, count: number): Promise<void> {
  const codes = Array.from({ length: count }, (_, n) => codeOf(first + n));
  await csv(
    url,
    'schools',
    [
      'rcdts,school_name,district_name,city,county,school_type,grades_served,enrollment',
      ...codes.map((code) => `${code},S,D,T,C,H,9,1`),
    ].join('\n'),
  );
  await csv(
    url,
    'designations',
    [
      'rcdts,designation,released_on,newly_designated,resource_allocation_review',
      ...codes.map((code) => `${code},Comprehensive,2026-10-15,false,false`),
    ].join('\n'),
  );
}

async function yearsOf(url: string): Promise<string[]> {
  const reply = await fetch(`${url}/v1/planning-years?limit=200`, { headers });
  return ((await reply.json()) as { data: { id: string }[] }).data.map(({ id }) => id);
}

/** Notes that were acknowledged with 201, by their text. */
class Load {
  readonly acknowledged = new Map<string, string>();
  /** How many got each other status; 0: no answer. */
  readonly refused = new Map<number, number>();
  #urls: string[] = [];
  #ends = false;
  #writers: Promise<void>[] = [];

  begin(years: string[], urls: string[]): void {
    this.#urls = urls;
    this.#writers = Array.from({ length: WRITERS }, (_, n) => this.#write(n, years));
  }

  /** Where requests go from here on, as a proxy would send them. */
  to(...urls: string[]): void {
    this.#urls = urls;
  }

  async end(): Promise<void> {
    this.#ends = true;
    await Promise.all(this.#writers);
  }

  async #write(writer: number, years: string[]): Promise<void> {
    for (let n = 0; !this.#ends; n += 1) {
      const text = `note ${writer} ${n}`;
      const year = years[(writer + n) % years.length]!;
      const url = this.#urls[n % this.#urls.length]!;
      const reply = await fetch(`${url}/v1/planning-years/${year}/notes`, {
        method: 'POST',
        headers: { ...headers, 'idempotency-key': `${writer}-${n}-${year}` },
        body: JSON.stringify({ text }),
      }).catch(() => null);
      if (reply?.status === 201) this.acknowledged.set(text, year);
      else this.refused.set(reply?.status ?? 0, (this.refused.get(reply?.status ?? 0) ?? 0) + 1);
      await reply?.arrayBuffer();
      await wait(20);
    }
  }
}

/** A database of its own on the one server. */
async function databaseOf(name: string): Promise<string> {
  const admin = openDatabase(server.url.replace(/\/planning_year$/, '/postgres'), silent);
  await admin.executeQuery(rawQuery(`create database ${name}`));
  await admin.destroy();
  return server.url.replace(/\/planning_year$/, `/${name}`);
}

const silent = pino({ level: 'silent' });
const rawQuery = (sql: string) =>
  ({ sql, parameters: [], query: { kind: 'RawNode' }, queryId: { queryId: name(sql) } }) as never;
const name = (text: string) => text;

/** Which acknowledged notes no log holds. */
async function lostOf(url: string, { acknowledged }: Load): Promise<string[]> {
  const db = openDatabase(url, silent);
  const rows = await db.selectFrom('logEntries').select(['planningYearId', 'entry']).execute();
  await db.destroy();
  const kept = new Set(
    rows.map(({ planningYearId, entry }) => `${planningYearId} ${JSON.parse(entry).note}`),
  );
  return [...acknowledged].flatMap(([text, year]) => (kept.has(`${year} ${text}`) ? [] : [text]));
}

/** What `npm run rebuild` of this release says, until it is clean. */
function rebuildOf(url: string): { code: number; output: string }[] {
  return [1, 2].map(() => {
    try {
      const output = execFileSync(
        join(ROOT, 'node_modules/.bin/node'),
        ['src/commands/rebuild.ts'],
        {
          cwd: ROOT,
          env: {
            PATH: process.env.PATH,
            DATABASE_URL: url,
            DATA_DIR: join(folder, 'rebuild'),
            NOW,
          },
          stdio: ['ignore', 'pipe', 'ignore'],
        },
      );
      return { code: 0, output: output.toString() };
    } catch (error) {
      const { status, stdout } = error as { status: number; stdout: Buffer };
      return { code: status, output: stdout.toString() };
    }
  });
}

test.each(['the release before stops first', 'this release stops first'] as const)(
  'both under load, and %s: nothing acknowledged is lost',
  async (order) => {
    const url = await databaseOf(order.startsWith('this') ? 'taken_back' : 'went_on');
    const before = await start('before', url);
    await fill(before.url, 1, SCHOOLS);
    const years = await yearsOf(before.url);
    expect(years).toHaveLength(SCHOOLS);
    const load = new Load();
    load.begin(years, [before.url]);
    await wait(5_000);

    // This release starts beside the other and migrates; requests go to both.
    const now = await start('this', url);
    load.to(before.url, now.url);
    // What the release before opens now is on charts that this one has left.
    await fill(before.url, SCHOOLS + 1, 3);
    await wait(LATER);
    expect((await yearsOf(now.url)).length).toBe(SCHOOLS + 3);

    const [first, last] = order.startsWith('this') ? [now, before] : [before, now];
    load.to(last.url);
    await wait(1_000);
    await stop(first);
    await wait(10_000);
    await load.end();
    await stop(last);

    const lost = await lostOf(url, load);
    const [mended, clean] = rebuildOf(url);
    process.stdout.write(
      `upgrade, ${order}: ${load.acknowledged.size} acknowledged, ${lost.length} lost, not acknowledged by status ${JSON.stringify([...load.refused])}; rebuild mended ${mended!.output.match(/^mended/gm)?.length ?? 0}, then ended with ${clean!.code}\n`,
    );
    expect(lost).toEqual([]);
    expect(load.acknowledged.size).toBeGreaterThan(200);
    expect(mended!.output).not.toMatch(/^(BROKEN|LEFT)/m);
    expect(clean).toMatchObject({ code: 0 });
  },
  600_000,
);

test('the release that is compared with is that of the list', () => {
  expect(readFileSync(join(old, 'package.json'), 'utf8')).toContain('"planning-year"');
});
