/**
 * Whether an error says that the database can't be used at the moment (gone, restarting, out of
 * connections, too slow), as against having been asked something wrong. Looks at codes, and at the
 * few messages that the driver gives without one.
 */
export function isDatabaseGone(error: unknown): boolean {
  if (!(typeof error === 'object' && error !== null)) return false;
  const { code, syscall, message, errors } = error as Partial<SystemError> & { errors?: unknown };
  // A host name with several addresses fails with one error for each.
  if (Array.isArray(errors) && errors.some(isDatabaseGone)) return true;
  // The server's socket file is missing; any other missing file is not about the database.
  if (code === 'ENOENT') return syscall === 'connect';
  if (typeof code === 'string' && (UNUSABLE.has(code) || code.startsWith('08'))) return true;
  return DRIVER_MESSAGES.some((text) => message?.includes(text));
}

interface SystemError {
  code: string;
  syscall: string;
  message: string;
}

const UNUSABLE = new Set([
  '57P01', // admin_shutdown
  '57P02', // crash_shutdown
  '57P03', // cannot_connect_now
  '57014', // query_canceled: the statement timeout
  '55P03', // lock_not_available: the lock timeout
  '25P03', // idle_in_transaction_session_timeout
  '53300', // too_many_connections
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
