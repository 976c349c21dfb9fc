import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { pino } from 'pino';
import type { Context } from '../../src/context.ts';
import { openDatabase } from '../../src/db/database.ts';
import { startEmbedded } from '../../src/db/embedded.ts';
import { migrate } from '../../src/db/migrate.ts';
import { loadDemoIfEmpty } from '../../src/demo/load.ts';
import { rebuild } from '../../src/planning-years/rebuild.ts';
import { type TestContext, testContext } from '../support/app.ts';
import type { TestDatabase } from '../support/database.ts';
import { bareDatabase, contents } from './support/databases.ts';

const log = pino({ level: 'silent' });
let dataDir: string;
let other: TestDatabase;
let made: TestContext;
/** What the embedded database holds. */
let was: Record<string, string>;

beforeAll(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'planning-year-move-'));
  chmodSync(dataDir, 0o711);
  other = await bareDatabase();
  made = await testContext();
  was = await inEmbedded(async (ctx) => {
    await migrate(ctx.db);
    await loadDemoIfEmpty(ctx);
    return contents(ctx.db);
  });
});
afterAll(async () => {
  await other.drop();
  await made.drop();
  rmSync(dataDir, { recursive: true, force: true });
});

async function inEmbedded<T>(act: (ctx: Context) => Promise<T>): Promise<T> {
  const server = await startEmbedded(dataDir, log);
  const db = openDatabase(server.url, log);
  try {
    return await act({ ...made.ctx, db });
  } finally {
    await db.destroy();
    await server.stop();
  }
}

/** One `npm run COMMAND -- ARGS`, without npm. */
async function run(command: string, args: string[], env: Record<string, string> = {}) {
  const child = spawn(process.execPath, [join('src/commands', `${command}.ts`), ...args], {
    env: { PATH: process.env.PATH, DATA_DIR: dataDir, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const told = { out: '', errors: '' };
  child.stdout.on('data', (chunk) => (told.out += chunk));
  child.stderr.on('data', (chunk) => (told.errors += chunk));
  const [code] = await once(child, 'close');
  return { code, ...told };
}

describe('the embedded database moves to another server', () => {
  const file = () => join(dataDir, 'moved.backup');

  test('by a backup and a restore, and says what it did', async () => {
    const saved = await run('backup', [file()]);
    expect(saved).toMatchObject({ code: 0, errors: '' });
    expect(saved.out).toMatch(
      /^13 planning years \(\d+ rows in \d+ tables\) are in .*moved\.backup/,
    );

    const moved = await run('restore', [file()], { DATABASE_URL: other.url });
    expect(moved).toMatchObject({ code: 0, errors: '' });
    expect(moved.out).toMatch(/^ {2}tasks +2067$/m);
    expect(moved.out).toMatch(/^Verified 13 logs of \d+ entries: every chain holds/m);
    expect(moved.out).toContain('All mail is HELD');

    expect(await contents(other.db)).toMatchObject(was);
    const rebuilt = await rebuild({ ...made.ctx, db: other.db });
    expect([rebuilt.planningYears, rebuilt.differences, rebuilt.broken]).toEqual([13, [], []]);
  });

  test('and mail goes out there when it is released', async () => {
    const env = { DATABASE_URL: other.url };
    expect((await run('mail-release', [], env)).out).toMatch(/^Mail is released/);
    expect((await run('mail-release', [], env)).out).toMatch(/^Mail is not held/);
  });

  test('and a mistake in a command is told in one line', async () => {
    const usage = 'Use: npm run backup -- FILE [--force]\n';
    expect(await run('backup', [])).toEqual({ code: 1, out: '', errors: usage });
    expect(await run('backup', ['a', 'b'])).toMatchObject({ code: 1, errors: usage });
    expect((await run('restore', ['--force', file()])).errors).toMatch(/^Use: .*--replace-demo/);
    expect((await run('backup', [file()])).errors).toMatch(/^\S+ exists already.*\n$/);
    const used = await run('restore', [file()], { DATABASE_URL: other.url });
    expect([used.code, used.errors]).toEqual([
      1,
      expect.stringMatching(/^A server or a worker of .*\n$/),
    ]);
    const url = 'postgres://nobody:secret@127.0.0.1:1/none';
    const { errors } = await run('backup', [join(dataDir, 'x')], { DATABASE_URL: url });
    expect(errors).toMatch(/^The database none at 127\.0\.0\.1:1 can't be used.*\n$/);
  });
});
