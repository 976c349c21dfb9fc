import { type ChildProcess, spawn } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { Client } from 'pg';
import { pino } from 'pino';
import { openDatabase } from '../../src/db/database.ts';
import { type Embedded, startEmbedded } from '../../src/db/embedded.ts';
import { until } from '../support/until.ts';

const log = pino({ level: 'silent' });
let dataDir: string;
const running = new Set<Embedded>();

beforeAll(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'planning-year-embedded-'));
  chmodSync(dataDir, 0o711);
});
afterEach(async () => {
  for (const server of running) await server.stop();
  running.clear();
});
afterAll(() => rmSync(dataDir, { recursive: true, force: true }));

async function start(): Promise<Embedded> {
  const server = await startEmbedded(dataDir, log, { fsync: 'off' });
  running.add(server);
  return server;
}

async function stop(server: Embedded): Promise<void> {
  running.delete(server);
  await server.stop();
}

const pidFile = () => join(dataDir, 'postgres/data/postmaster.pid');
const serverPid = () => Number(readFileSync(pidFile(), 'utf8').split('\n')[0]);

/** A killed process whose parent has not noticed yet is still listed, as a zombie. */
function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    const stat = `/proc/${pid}/stat`;
    return !existsSync(stat) || !/^\d+ \(.*\) Z/.test(readFileSync(stat, 'utf8'));
  } catch {
    return false;
  }
}

/** The last that a PostgreSQL that stops does is to take its lock file away; then its process ends. */
async function expectEnded(pid: number): Promise<void> {
  for (let tries = 0; isRunning(pid) && tries < 200; tries += 1)
    await new Promise((resolve) => setTimeout(resolve, 25));
  expect(isRunning(pid)).toBe(false);
}

async function query(url: string, text: string): Promise<unknown[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(text)).rows;
  } finally {
    await client.end();
  }
}

/** Another process that uses the same server, as `npm run worker` does. */
async function anotherProcess(): Promise<ChildProcess> {
  const script = `
    import { startEmbedded } from ${JSON.stringify(new URL('../../src/db/embedded.ts', import.meta.url).href)};
    import { pino } from 'pino';
    const server = await startEmbedded(process.argv[1], pino({ level: 'silent' }), { fsync: 'off' });
    process.on('SIGTERM', () => server.stop().then(() => process.exit(0)));
    process.stdout.write('up');`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script, dataDir], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await new Promise((resolve) => child.stdout!.once('data', resolve));
  return child;
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill(signal);
  await ended;
}

describe('the embedded PostgreSQL', () => {
  test('keeps what was written from one start to the next', async () => {
    const first = await start();
    await query(first.url, 'create table kept (what text)');
    await query(first.url, "insert into kept values ('this')");
    const pid = serverPid();
    await stop(first);
    await expectEnded(pid);

    const second = await start();
    expect(await query(second.url, 'select what from kept')).toEqual([{ what: 'this' }]);
  });

  test('speaks UTF-8 and UTC, whatever the machine speaks', async () => {
    const { url } = await start();
    const [row] = await query(
      url,
      "select current_setting('server_encoding') as encoding, current_setting('timezone') as zone, lower('ÄÑ') as lower",
    );
    expect(row).toEqual({ encoding: 'UTF8', zone: 'UTC', lower: 'äñ' });
  });

  test('lets nobody in without the password, which only its owner can read', async () => {
    const { url, folder } = await start();
    const wrong = new URL(url);
    wrong.password = 'guessed';
    await expect(query(wrong.href, 'select 1')).rejects.toMatchObject({ code: '28P01' });
    expect(statSync(join(folder, 'password')).mode & 0o777).toBe(0o600);
    expect(
      await query(
        url,
        "select current_setting('listen_addresses') || current_setting('unix_socket_directories') as reach",
      ),
    ).toEqual([{ reach: '127.0.0.1' }]);
  });

  test('is started again when it is killed, and the pool recovers', async () => {
    const { url } = await start();
    const db = openDatabase(url, log);
    const before = serverPid();
    await db.selectNoFrom((eb) => eb.lit(1).as('one')).execute();
    process.kill(before, 'SIGKILL');

    // The connection of before may answer until its process notices.
    await until(() => existsSync(pidFile()) && serverPid() !== before);
    await until(() =>
      db
        .selectNoFrom((eb) => eb.lit(1).as('one'))
        .executeTakeFirst()
        .then(
          (answer) => answer?.one === 1,
          () => false,
        ),
    );
    await db.destroy();
  });

  test('is shared by processes, and stopped by the last of them', async () => {
    const other = await anotherProcess();
    const pid = serverPid();
    const mine = await start();
    expect(serverPid()).toBe(pid);

    await end(other, 'SIGTERM');
    expect(await query(mine.url, 'select 1 as one')).toEqual([{ one: 1 }]);
    await stop(mine);
    await expectEnded(pid);
  });

  test('that a killed process left behind is taken over', async () => {
    const other = await anotherProcess();
    const pid = serverPid();
    await end(other, 'SIGKILL');
    expect(isRunning(pid)).toBe(true);

    const mine = await start();
    expect(serverPid()).toBe(pid);
    await stop(mine);
    await expectEnded(pid);
  });

  test('comes up after both it and its process were killed', async () => {
    const other = await anotherProcess();
    const pid = serverPid();
    await end(other, 'SIGKILL');
    process.kill(pid, 'SIGKILL');

    const { url } = await start();
    expect(serverPid()).not.toBe(pid);
    expect(await query(url, 'select 1 as one')).toEqual([{ one: 1 }]);
  });

  test('is not deterred by a file that names another process', async () => {
    const first = await start();
    const content = readFileSync(pidFile(), 'utf8').split('\n');
    await stop(first);
    // As after a restart of the machine: the number belongs to something else by now.
    writeFileSync(pidFile(), [process.pid, ...content.slice(1)].join('\n'));

    const { url } = await start();
    expect(await query(url, 'select 1 as one')).toEqual([{ one: 1 }]);
  });

  test('says what to do about data of another major version', async () => {
    const version = join(dataDir, 'postgres/data/PG_VERSION');
    writeFileSync(version, '17\n');
    await expect(startEmbedded(dataDir, log)).rejects.toThrow(/written by PostgreSQL 17.*DATA_DIR/);
    writeFileSync(version, '18\n');
  });

  const asRoot = process.getuid?.() === 0 ? test : test.skip;
  asRoot('finds a place where root has closed the folder to others', async () => {
    const closed = mkdtempSync(join(tmpdir(), 'planning-year-closed-'));
    const inside = join(closed, 'data');
    const first = await startEmbedded(inside, log, { fsync: 'off' });
    await query(first.url, 'create table kept ()');
    await first.stop();
    expect(first.elsewhere).toBe(true);
    expect(first.folder).toMatch(/^\/var\/lib\/planning-year\//);

    const second = await startEmbedded(inside, log, { fsync: 'off' });
    expect(second.folder).toBe(first.folder);
    expect(await query(second.url, 'select from kept')).toEqual([]);
    await second.stop();
    rmSync(closed, { recursive: true });
    rmSync(first.folder, { recursive: true });
  });

  test('does not run as root', async () => {
    await start();
    expect(statSync(pidFile()).uid).not.toBe(0);
  });
});
