import { restore } from '../backup/restore.ts';
import { databaseCommand } from './database-command.ts';
import { oneFile } from './one-file.ts';

/** `npm run restore -- FILE [--replace-demo]` */
const read = () => oneFile('restore', 'replace-demo');
await databaseCommand(read, async ({ file, flag }, db, clock) => {
  const restored = await restore(db, file, { at: clock.now(), replaceDemo: flag });
  const { createdAt, rows, planningYears, entries, migrated, leftOut } = restored;
  const tables = Object.entries(rows).filter(([, count]) => count > 0);
  process.stdout.write(
    [
      `Restored the backup of ${createdAt}:`,
      ...tables.map(([name, count]) => `  ${name.padEnd(24)}${String(count).padStart(9)}`),
      ...(leftOut.length > 0 ? [`Left out, since no migration makes them: ${leftOut}.`] : []),
      ...(migrated.length > 0 ? [`Brought to this release by ${migrated.join(', ')}.`] : []),
      `Verified ${planningYears} logs of ${entries} entries: every chain holds and ends as the backup says.`,
      'All mail is HELD. Look at what is due (GET /v1/reminders), then: npm run mail:release',
      '',
    ].join('\n'),
  );
});
