import { stat } from 'node:fs/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { backup } from '../../src/backup/backup.ts';
import { restore } from '../../src/backup/restore.ts';
import { backupFolder } from '../backup/support/backup-file.ts';
import { bareDatabase, contents } from '../backup/support/databases.ts';
import { schoolsThroughTheYear } from '../backup/support/schools.ts';
import { type TestContext, testContext } from '../support/app.ts';
import type { TestDatabase } from '../support/database.ts';

const SCHOOLS = 1_000;
const NOW = new Date('2027-07-31T15:00:00Z');
const files = backupFolder();
let from: TestContext;
let to: TestDatabase;

beforeAll(async () => {
  from = await testContext({ now: NOW.toISOString() });
  to = await bareDatabase();
  await schoolsThroughTheYear(from.ctx, SCHOOLS);
});
afterAll(async () => {
  await from.drop();
  await to.drop();
  files.remove();
});

test('1,000 schools are backed up, restored and verified in under a minute, in little memory', async () => {
  const file = files.file('thousand.backup');
  const memory = watchMemory();
  const [started, saved] = [performance.now(), await backup(from.ctx.db, file, { at: NOW })];
  const halfway = performance.now();
  const restored = await restore(to.db, file, { at: NOW });
  const seconds = (performance.now() - started) / 1_000;
  const grown = memory.end();

  expect(restored.planningYears).toBe(SCHOOLS);
  expect(restored.entries).toBe(saved.rows.log_entries);
  expect(restored.entries).toBeGreaterThan(100 * SCHOOLS);
  const was = await contents(from.ctx.db);
  const is = await contents(to.db);
  for (const [table, rows] of Object.entries(was)) expect(is[table] === rows).toBe(true);

  const { size } = await stat(file);
  process.stdout.write(
    `${SCHOOLS} schools, ${saved.rows.tasks} tasks, ${restored.entries} entries: backed up in ` +
      `${((halfway - started) / 1_000).toFixed(1)} s, restored and verified in ` +
      `${(seconds - (halfway - started) / 1_000).toFixed(1)} s, ${(size / 1e6).toFixed(1)} MB, ` +
      `${Math.round(grown / 1e6)} MB of memory more than before\n`,
  );
  expect(seconds).toBeLessThan(60);
  expect(grown).toBeLessThan(500e6);
});

/** The most that the process took since, in bytes. */
function watchMemory(): { end(): number } {
  const before = process.memoryUsage().rss;
  let most = before;
  const timer = setInterval(() => {
    most = Math.max(most, process.memoryUsage().rss);
  }, 100);
  return {
    end() {
      clearInterval(timer);
      return most - before;
    },
  };
}
