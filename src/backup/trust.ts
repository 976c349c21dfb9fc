import { BackupRefusedError } from './errors.ts';
import type { Signer } from './read-backup.ts';

/** What whoever restores says of a backup that is not their own installation's. */
export interface Trust {
  /** The installation's own fingerprint; null while it has no key. */
  own: string | null;
  /** Another's. */
  fingerprint: string | undefined;
  /** A backup that nobody signed. */
  unsigned: boolean;
}

/**
 * A backup can hold a key of an administrator that somebody has put there: only one that this
 * installation has signed is taken without a word.
 * @throws BackupRefusedError
 */
export const trusting =
  ({ own, fingerprint, unsigned }: Trust) =>
  (signer: Signer): void => {
    if (signer === null) {
      if (unsigned) return;
      throw new BackupRefusedError(
        'Nobody has signed this backup, so nobody can tell whether it was changed. If you know where it comes from (releases before this one did not sign), restore it with --unsigned.',
      );
    }
    if (signer === own || signer === fingerprint) return;
    throw new BackupRefusedError(
      `The backup was signed by another installation, whose key has the fingerprint ${signer}. Compare it with what "npm run backup" printed there, and restore it with --trust ${signer}; or put that installation's backup-key.pem into DATA_DIR.`,
    );
  };
