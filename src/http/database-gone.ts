/**
 * Whether an error says that the database can't be used at the moment (gone, restarting, out of
 * connections, of room or of memory, taking no writes, too slow), as against having been asked something
 * wrong. Looks at codes, and at the few messages that the driver gives without one.
 */
export function isDatabaseGone(error: unknown): boolean {
  if (!(typeof error === 'object' && error !== null)) return false;
  const { code, syscall, message, errors } = error as Partial<SystemError> & { errors?: unknown };
  // A host name with several addresses fails with one error for each.
  if (Array.isArray(errors) && errors.some(isDatabaseGone)) return true;
  // The server's socket file is missing; any other missing file is not about the database.
  if (code === 'ENOENT') return syscall === 'connect';
  if (typeof code === 'string' && (UNUSABLE.has(code) || isOfClass(code))) return true;
  return DRIVER_MESSAGES.some((text) => message?.includes(text));
}

interface SystemError {
  code: string;
  syscall: string;
  message: string;
}

/** Of the connection; out of room, memory or connections; of the machine, such as a broken disk. */
const isOfClass = (code: string): boolean => /^(08|53|58)[0-9A-Z]{3}$/.test(code);

const UNUSABLE = new Set([
  'PY001', // a newer release has taken over: src/db/writers.ts
  '25006', // read_only_sql_transaction: a standby, or a server that was told to take no writes
  '40001', // serialization_failure, still so after several tries
  '40P01', // deadlock_detected, likewise
  '57P01', // admin_shutdown
  '57P02', // crash_shutdown
  '57P03', // cannot_connect_now
  '57P04', // database_dropped
  '57P05', // idle_session_timeout
  '57014', // query_canceled: the statement timeout
  '55P03', // lock_not_available: the lock timeout
  '25P03', // idle_in_transaction_session_timeout
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
]);

const DRIVER_MESSAGES = [
  'Connection terminated',
  'timeout exceeded when trying to connect',
  'Client has encountered a connection error',
  'Client was closed and is not queryable',
  'terminating connection due to',
];
