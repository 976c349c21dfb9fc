import { readFileSync, writeFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { sql } from 'kysely';
import { migrations } from '../../migrations/index.ts';
import { backup } from '../../src/backup/backup.ts';
import { restore } from '../../src/backup/restore.ts';
import { openDatabase } from '../../src/db/database.ts';
import { loadDemoIfEmpty } from '../../src/demo/load.ts';
import { addKey } from '../../src/keys/key-store.ts';
import { type TestContext, testContext } from '../support/app.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { backupFolder, edit, rewrite, without } from './support/backup-file.ts';
import { bareDatabase, contents, tableNames } from './support/databases.ts';
import { schoolsThroughTheYear } from './support/schools.ts';

const NOW = new Date('2027-02-10T15:00:00Z');
const files = backupFolder();
const sound = files.file('sound.backup');
let source: TestContext;
let bare: TestDatabase;

beforeAll(async () => {
  source = await testContext({ now: NOW.toISOString() });
  await schoolsThroughTheYear(source.ctx, 1);
  await backup(source.ctx.db, sound, { at: NOW });
  bare = await bareDatabase();
});
afterAll(async () => {
  await source.drop();
  await bare.drop();
  files.remove();
});

describe('a broken file leaves nothing behind', () => {
  const bytes = () => readFileSync(sound);
  const broken = files.file('broken.backup');
  const refused = async (what: RegExp | string) => {
    await expect(restore(bare.db, broken, { at: NOW })).rejects.toThrow(what);
    expect(await tableNames(bare.db)).toEqual([]);
  };

  test.each([0.01, 0.3, 0.6, 0.9, 0.999])('cut off after %f of its length', async (part) => {
    writeFileSync(broken, bytes().subarray(0, Math.floor(bytes().length * part)));
    await refused(/^The backup is broken: .*Nothing was restored/);
  });

  // The first ten bytes are gzip's own head, of which the content does not depend.
  test.each([10, 0.01, 0.2, 0.4, 0.6, 0.8, 0.99, -8, -1])('a bit flipped at %f', async (place) => {
    const flipped = bytes();
    const at = place < 0 ? flipped.length + place : place < 1 ? flipped.length * place : place;
    flipped[Math.floor(at)]! ^= 0x04;
    writeFileSync(broken, flipped);
    await refused(/^The backup is (broken|of a newer release)|no backup/);
  });

  test('a letter of a name changed', async () => {
    rewrite(sound, broken, edit(/"School 98/, '"Schoul 98'), 'old');
    await refused(/SHA-256 differs/);
  });

  test.each([
    ['a task missing', without(/"jun-3\//), /tasks has \d+ rows, and its trailer/],
    [
      'a school twice',
      edit(/^\["98-901-0010-26-.*/, (row) => `${row}\n${row}`),
      /rows of schools are refused/,
    ],
    ['a count wrong', edit(/"schools":1/, '"schools":2'), /schools has 1 rows.* names 2/],
    [
      'an entry of the log rewritten',
      edit(/task\.completed\\"/, 'task.reopened\\"'),
      /the log of the planning year \S+ entry \d+ does not follow from the one before/,
    ],
    ['the log cut short', without(/"task\.completed"/), /log_entries has \d+ rows/],
    ['another head', edit(/("heads":\[\["[^"]+"),\d+/, '$1,7'), /ends otherwise than its trailer/],
    ['no heads', edit(/"heads":.*/, '"heads":[]}'), /the heads of some planning years only/],
    [
      'another column',
      edit(/"district_code","name"/, '"district","name"'),
      /schools has other col/,
    ],
    [
      'a bad value',
      edit(/"active"|"done","\{/, (found) => `${found.slice(0, 3)}x${found.slice(3)}`),
      /refused/,
    ],
    [
      'a row of no table',
      (lines: string[]) => lines.filter((line) => !/^\{"table"/.test(line)),
      /no table/,
    ],
    ['a table of no header', edit(/^\{"table":"schools"\}/, '{"table":"pupils"}'), /header lacks/],
    ['no trailer', without(/^\{"rows"/), /what a backup has there/],
    ['more after its end', (lines: string[]) => [...lines, '{"sha256":""}'], /SHA-256 differs/],
  ])('%s, sealed anew', async (_, change, what) => {
    rewrite(sound, broken, change);
    await refused(what);
  });

  test('something that is no backup', async () => {
    writeFileSync(broken, 'Dear all,');
    await refused(/broken/);
    writeFileSync(broken, gzipSync('{"schools": []}\n'));
    await refused(/no backup of a planning year/);
    writeFileSync(broken, '');
    await refused(/broken/);
    await expect(restore(bare.db, files.file('missing'), { at: NOW })).rejects.toThrow(
      /There is no file/,
    );
  });
});

describe('a backup of another release', () => {
  const other = files.file('other.backup');

  test('a newer one is refused, and its migrations are named', async () => {
    rewrite(sound, other, edit(/"migrations":\[/, '"migrations":["20991231T0000_later",'));
    await expect(restore(bare.db, other, { at: NOW })).rejects.toThrow(
      /newer release \(20991231T0000_later\).*that release/,
    );
  });

  test('a format of the future is refused', async () => {
    rewrite(sound, other, edit(/"planningYearBackup":1/, '"planningYearBackup":2'));
    await expect(restore(bare.db, other, { at: NOW })).rejects.toThrow(/has format 2/);
  });

  test('one between two releases is refused', async () => {
    rewrite(sound, other, edit(new RegExp(`"${Object.keys(migrations)[0]}",`), ''));
    await expect(restore(bare.db, other, { at: NOW })).rejects.toThrow(/between two releases/);
    expect(await tableNames(bare.db)).toEqual([]);
  });
});

describe('the database to restore into', () => {
  const inOne = async (act: (database: TestDatabase) => Promise<void>) => {
    const database = await createTestDatabase();
    try {
      await act(database);
    } finally {
      await database.drop();
    }
  };

  test('must hold nobody’s work', () =>
    inOne(async ({ db }) => {
      await db.insertInto('districts').values({ code: 'D', name: 'D', demo: false }).execute();
      const before = await contents(db);
      for (const replaceDemo of [false, true])
        await expect(restore(db, sound, { at: NOW, replaceDemo })).rejects.toThrow(
          /not empty \(districts 1\)/,
        );
      expect(await contents(db)).toEqual(before);
    }));

  test('may hold what every start leaves: a key of the administrator, ticks, a calendar', () =>
    inOne(async ({ db }) => {
      const grant = {
        ...{ role: 'administrator', program: null, scope: { all: true } as const },
        ...{ label: 'Start', expiresOn: '2099-12-31' },
      };
      await db.transaction().execute((trx) => addKey(trx, grant, 'start', NOW));
      await sql`insert into cron_ticks values ('reminders', 't', 'r', ${NOW})`.execute(db);
      await sql`insert into calendar_versions values ('p', '1', '{}', ${NOW})`.execute(db);
      await restore(db, sound, { at: NOW });
      const was = await contents(source.ctx.db);
      expect(await contents(db)).toEqual(was);
    }));

  test('may hold the demonstration when that is to make room; a broken file leaves it', () =>
    inOne(async ({ db }) => {
      await loadDemoIfEmpty({ ...source.ctx, db });
      const before = await contents(db);
      await expect(restore(db, sound, { at: NOW })).rejects.toThrow(/--replace-demo/);
      const broken = files.file('cut.backup');
      writeFileSync(broken, readFileSync(sound).subarray(0, -9));
      await expect(restore(db, broken, { at: NOW, replaceDemo: true })).rejects.toThrow(/broken/);
      expect(await contents(db)).toEqual(before);
      await restore(db, sound, { at: NOW, replaceDemo: true });
      expect(await contents(db)).toEqual(await contents(source.ctx.db));
    }));

  test('must not be in use', () =>
    inOne(async ({ db, url }) => {
      const server = openDatabase(url, source.ctx.log);
      await sql`select 1`.execute(server);
      await expect(restore(db, sound, { at: NOW })).rejects.toThrow(/Stop it/);
      await server.destroy();
    }));
});
