/** The file is no whole backup. Nothing of it is taken. */
export class BrokenBackupError extends Error {
  override name = 'BrokenBackupError';
  constructor(what: string, options?: ErrorOptions) {
    super(
      `The backup is broken: ${what}. Nothing was restored; use another copy of the file, or an earlier backup.`,
      options,
    );
  }
}

/** The file is sound, but cannot be restored here and now; the message says what to do. */
export class BackupRefusedError extends Error {
  override name = 'BackupRefusedError';
}
