import { expect, test } from '@jest/globals';
import { backup } from '../../src/backup/backup.ts';
import { restore } from '../../src/backup/restore.ts';
import { backupFolder } from '../backup/support/backup-file.ts';
import { bareDatabase } from '../backup/support/databases.ts';
import { testApp } from '../support/app.ts';
import { browser } from './support/browser.ts';
import { directory, signIn, somebody } from './support/people.ts';

test('a restore signs everybody out: who had left since the backup does not come back with it', async () => {
  const files = backupFolder();
  const app = await testApp();
  const [code] = (await directory(app)) as [string];
  const { id, email } = await somebody(app, 'Pat', 'principal', { kind: 'school', code });
  const mine = browser(app.app);
  await signIn(app, mine, email);
  const at = app.clock.now();
  await app.ctx.db
    .insertInto('identities')
    .values({
      ...{ personId: id, issuer: 'https://login.example.org', subject: 'sub', pinnedAt: at },
      ...{ markedBy: 'test', markedAt: at, version: 1 },
    })
    .execute();
  await backup(app.ctx.db, files.file('signed-in'), { at });

  const to = await bareDatabase();
  await restore(to.db, files.file('signed-in'), { at });
  for (const table of ['sessions', 'signInAttempts'] as const)
    expect(await to.db.selectFrom(table).selectAll().execute()).toEqual([]);
  expect(await to.db.selectFrom('identities').select('subject').execute()).toEqual([
    { subject: 'sub' },
  ]);
  expect((await mine.get('/me')).statusCode).toBe(200);
  await app.close();
  await to.drop();
  files.remove();
});
