import { restore } from '../backup/restore.ts';
import { ownFingerprint } from '../backup/signing.ts';
import { trusting } from '../backup/trust.ts';
import { databaseCommand } from './database-command.ts';
import { oneFile } from './one-file.ts';

/** `npm run restore -- FILE [--replace-demo] [--unsigned] [--trust FINGERPRINT]` */
const read = () =>
  oneFile('restore', {
    'replace-demo': { type: 'boolean' },
    unsigned: { type: 'boolean' },
    trust: { type: 'string' },
  });
await databaseCommand(read, async ({ file, options }, db, clock, { dataDir }) => {
  const trusts = trusting({
    own: await ownFingerprint(dataDir),
    fingerprint: typeof options.trust === 'string' ? options.trust.toLowerCase() : undefined,
    unsigned: options.unsigned === true,
  });
  const replaceDemo = options['replace-demo'] === true;
  const restored = await restore(db, file, { at: clock.now(), replaceDemo, trusts });
  const { createdAt, rows, planningYears, entries, migrated, leftOut, faults, signer } = restored;
  const tables = Object.entries(rows).filter(([, count]) => count > 0);
  process.stdout.write(
    [
      `Restored the backup of ${createdAt}, ${signer === null ? 'which NOBODY SIGNED' : `signed by ${signer}`}:`,
      ...tables.map(([name, count]) => `  ${name.padEnd(24)}${String(count).padStart(9)}`),
      ...(leftOut.length > 0 ? [`Left out, since no migration makes them: ${leftOut}.`] : []),
      ...(migrated.length > 0 ? [`Brought to this release by ${migrated.join(', ')}.`] : []),
      `Verified ${planningYears} logs of ${entries} entries: every chain holds and ends as the backup says.`,
      ...faults.map((fault) => `BROKEN: ${fault}.`),
      'All mail is HELD. Look at what is due (GET /v1/reminders), then: npm run mail:release',
      '',
    ].join('\n'),
  );
  // It is restored all the same: of evidence that was broken before there may be no better copy.
  if (faults.length > 0) process.exitCode = 1;
});
