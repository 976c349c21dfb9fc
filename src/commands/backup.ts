import { createPublicKey } from 'node:crypto';
import { backup } from '../backup/backup.ts';
import { fingerprintOf, keyFile, signingKey } from '../backup/signing.ts';
import { databaseCommand } from './database-command.ts';
import { oneFile } from './one-file.ts';

/** `npm run backup -- FILE [--force]` */
const read = () => oneFile('backup', { force: { type: 'boolean' } });
await databaseCommand(read, async ({ file, options }, db, clock, { dataDir }) => {
  const key = await signingKey(dataDir);
  const overwrite = options.force === true;
  const { rows, bytes } = await backup(db, file, { at: clock.now(), key, overwrite });
  const all = Object.values(rows).reduce((sum, count) => sum + count, 0);
  process.stdout.write(
    [
      `${rows.planning_years} planning years (${all} rows in ${Object.keys(rows).length} tables) are in ${file}, ${bytes} bytes. It holds people's addresses: keep it where only you can read it.`,
      `Signed with ${keyFile(dataDir)}, fingerprint ${fingerprintOf(createPublicKey(key))}. Keep a copy of that key elsewhere: with it a backup is restored without a question.`,
      '',
    ].join('\n'),
  );
});
