import { chmod, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { ensureAdminKey } from '../../src/keys/admin-key.ts';
import { type TestApp, testApp } from '../support/app.ts';

let app: TestApp;
let dataDir: string;
beforeAll(async () => {
  dataDir = join(await mkdtemp(join(tmpdir(), 'planning-year-')), 'data');
  app = await testApp({ config: { dataDir }, now: '2026-11-10T15:00:00Z' });
});
afterAll(async () => {
  await app.close();
  await rm(join(dataDir, '..'), { recursive: true });
});

const keyIn = async () => (await readFile(join(dataDir, 'admin-key'), 'utf8')).trim();
const works = async (key: string) => (await app.as(key).get('/v1/keys')).statusCode === 200;

test('the first start makes a key that only the owner can read, the next one keeps it', async () => {
  const path = await ensureAdminKey(app.ctx);
  expect(path).toBe(join(dataDir, 'admin-key'));
  const key = await keyIn();
  expect(await works(key)).toBe(true);
  await chmod(path, 0o644);
  await ensureAdminKey(app.ctx);
  expect(await keyIn()).toBe(key);
  expect((await stat(path)).mode & 0o777).toBe(0o600);
});

test('a key that is unknown, revoked or expired is replaced', async () => {
  const spoil = [
    () => writeFile(join(dataDir, 'admin-key'), 'py_of_another_database\n'),
    () => app.ctx.db.updateTable('apiKeys').set({ revokedAt: app.clock.now() }).execute(),
    async () => app.clock.advance({ days: 366 }),
    () => rm(join(dataDir, 'admin-key')),
  ];
  for (const spoiling of spoil) {
    const before = await keyIn();
    await spoiling();
    await ensureAdminKey(app.ctx);
    expect(await keyIn()).not.toBe(before);
    expect(await works(await keyIn())).toBe(true);
  }
});

test('two processes that start together end up with one key that works', async () => {
  await rm(join(dataDir, 'admin-key'));
  await Promise.all([ensureAdminKey(app.ctx), ensureAdminKey(app.ctx), ensureAdminKey(app.ctx)]);
  expect(await works(await keyIn())).toBe(true);
});
