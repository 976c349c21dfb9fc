import { backup } from '../backup/backup.ts';

import { databaseCommand } from './database-command.ts';
import { oneFile } from './one-file.ts';

/** `npm run backup -- FILE [--force]` */
const read = () => oneFile('backup', 'force');
await databaseCommand(read, async ({ file, flag }, db, clock) => {
  const { rows, bytes } = await backup(db, file, { at: clock.now(), overwrite: flag });
  const all = Object.values(rows).reduce((sum, count) => sum + count, 0);
  process.stdout.write(
    `${rows.planning_years} planning years (${all} rows in ${Object.keys(rows).length} tables) are in ${file}, ${bytes} bytes. It holds people's addresses: keep it where only you can read it.\n`,
  );
});
