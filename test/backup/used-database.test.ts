import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { sql } from 'kysely';
import { buildApp } from '../../src/app.ts';
import { sealYesterday } from '../../src/audit/seal.ts';
import { backup } from '../../src/backup/backup.ts';
import { readTables } from '../../src/backup/catalog.ts';
import { restore } from '../../src/backup/restore.ts';
import { BY_ITSELF } from '../../src/backup/target.ts';
import { clearDemo } from '../../src/demo/clear.ts';
import { loadDemoIfEmpty } from '../../src/demo/load.ts';
import { unsubscribeSecret } from '../../src/digests/unsubscribe.ts';
import { ensureAdminKey } from '../../src/keys/admin-key.ts';
import { scan } from '../../src/reminders/scan.ts';
import { sendMails } from '../../src/reminders/send.ts';
import { startWork } from '../../src/work.ts';
import { clientOf, type TestContext, testContext } from '../support/app.ts';
import { backupFolder } from './support/backup-file.ts';
import { contents } from './support/databases.ts';
import { schoolsThroughTheYear } from './support/schools.ts';

/** A restore into a database on which the program has run, of a backup of another one that ran. */
const NOW = new Date('2026-12-01T15:00:00Z');
const files = backupFolder();
const sound = files.file('sound.backup');
const dataDir = mkdtempSync(join(tmpdir(), 'planning-year-used-'));
let source: TestContext;
const begun: TestContext[] = [];

beforeAll(async () => {
  source = await testContext({ now: NOW.toISOString() });
  begun.push(source);
  await schoolsThroughTheYear(source.ctx, 2);
  await scan(source.ctx);
  await sealYesterday(source.ctx);
  await unsubscribeSecret(source.ctx.db, NOW);
  await backup(source.ctx.db, sound, { at: NOW });
});
afterAll(async () => {
  for (const { drop } of begun) await drop();
  files.remove();
  rmSync(dataDir, { recursive: true });
});

/** A server with its worker on a fresh database for four days, as `server.ts` starts it. */
async function run({ demo }: { demo: boolean }): Promise<TestContext> {
  const made = await testContext({ now: NOW.toISOString(), config: { dataDir } });
  begun.push(made);
  const { ctx, clock, jobs } = made;
  if (demo) await loadDemoIfEmpty(ctx);
  await ensureAdminKey(ctx);
  const app = await buildApp(ctx);
  for (const day of [1, 2, 3, 4]) {
    clock.set(`2026-12-0${day}T16:00:00Z`);
    const work = await startWork(ctx);
    await work.stop();
    for (const { name, payload } of jobs.splice(0))
      if (name === 'send-mails')
        await sendMails(ctx, (payload as { messageIds: string[] }).messageIds);
    // Somebody tries the door.
    await clientOf(app, null).get('/v1/tasks');
  }
  await app.close();
  return made;
}

/** As the command does it, alone: the pool of the server that has ended may still hold connections. */
async function restoreInto({ ctx: { db } }: TestContext, { replaceDemo = false } = {}) {
  await sql`
    select pg_terminate_backend(pid, 60000) from pg_stat_activity
    where datname = current_database() and pid <> pg_backend_pid()`.execute(db);
  return restore(db, sound, { at: NOW, replaceDemo });
}

const filled = async ({ ctx: { db } }: TestContext): Promise<string[]> => {
  const names: string[] = [];
  for (const { name } of await readTables(db)) {
    const { rows } = await sql`select from ${sql.table(name)} limit 1`.execute(db);
    if (rows.length > 0) names.push(name);
  }
  return names;
};

test('what a server writes by itself stands in the list, and is replaced to the letter', async () => {
  const used = await run({ demo: false });
  const names = await filled(used);
  expect(names).toEqual(expect.arrayContaining(['seals', 'reminder_scans', 'audit_entries']));
  expect(names.filter((name) => !(name in BY_ITSELF))).toEqual([]);

  const before = await contents(used.ctx.db);
  await restoreInto(used);
  const after = await contents(used.ctx.db);
  expect(after).toEqual(await contents(source.ctx.db));
  expect(after.seals).not.toEqual(before.seals);
  expect(after.secrets).not.toBe('');
  // The triggers that refuse to forget are awake again.
  for (const table of ['log_entries', 'seals'])
    await expect(sql`delete from ${sql.table(table)}`.execute(used.ctx.db)).rejects.toThrow(
      /append-only/,
    );
});

test('a demonstration that has run makes room with --replace-demo', async () => {
  const used = await run({ demo: true });
  await expect(restoreInto(used)).rejects.toThrow(/--replace-demo/);
  await restoreInto(used, { replaceDemo: true });
  expect(await contents(used.ctx.db)).toEqual(await contents(source.ctx.db));
});

test('and so does one that was worked with and then cleared, its jobs too', async () => {
  const used = await run({ demo: true });
  const app = await buildApp(used.ctx);
  const admin = clientOf(app, used.ctx.config.bootstrapKey);
  const act = {
    type: 'extend',
    data: { task: 'jan-1/principal/2', dueOn: '2027-02-07', reason: 'Snow.' },
  };
  const wide = '/v1/programs/isbe-comprehensive/years/2026-27/events';
  expect((await admin.post(wide, act)).statusCode).toBe(202);
  await app.close();
  await clearDemo(used.ctx.db);
  await restoreInto(used);
  expect(await contents(used.ctx.db)).toEqual(await contents(source.ctx.db));
});
