import { DatabaseUnfitError } from './migrate.ts';

/**
 * The first use of a database has failed: the same error in words of the settings, without the
 * password that `url` holds. An error of another kind is handed back as it is.
 *
 * @param setting the one that holds `url`
 */
export function explained(error: unknown, url: string, setting = 'DATABASE_URL'): unknown {
  const { code, message } = innermost(error);
  const remedy = REMEDIES[code ?? ''] ?? (/timeout/.test(message) ? NOT_THERE : undefined);
  if (remedy === undefined) return error;
  const { host, pathname } = new URL(url);
  const reason = message.replace(/\.$/, '');
  return new DatabaseUnfitError(
    `The database ${pathname.slice(1)} at ${host || 'this machine'} can't be used (${reason}). ${remedy.replace('DATABASE_URL', setting)}`,
    { cause: error },
  );
}

interface Reason {
  code?: string;
  message: string;
}

/** A host name with several addresses fails with one error for each. */
function innermost(error: unknown): Reason {
  const { errors } = error as { errors?: Reason[] };
  return errors?.[0] ?? (error as Reason);
}

const NOT_THERE = 'Start it, or correct DATABASE_URL.';
const NOT_LET_IN = 'Correct the user and the password in DATABASE_URL.';

const REMEDIES: Record<string, string> = {
  ECONNREFUSED: NOT_THERE,
  ECONNRESET: NOT_THERE,
  ENOENT: NOT_THERE,
  ENOTFOUND: NOT_THERE,
  EAI_AGAIN: NOT_THERE,
  EHOSTUNREACH: NOT_THERE,
  ENETUNREACH: NOT_THERE,
  ETIMEDOUT: NOT_THERE,
  '28P01': NOT_LET_IN,
  '28000': NOT_LET_IN,
  '3D000': 'Create it, or correct its name in DATABASE_URL.',
  '42501':
    'Its user has to own it, or to be allowed to create schemas in it and tables in "public".',
  '53300': 'It has no connection left: raise its max_connections (each process takes up to 25).',
  '57P03': 'It is only just starting: try again in a moment.',
};
