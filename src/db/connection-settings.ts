import { type ClientConfig, type CustomTypesConfig, types } from 'pg';
import { RELEASE } from '../release.ts';

/** What every connection to the database has in common. Durations are in milliseconds. */
export const connectionSettings = (url: string): ClientConfig => ({
  connectionString: url,
  application_name: 'planning-year',
  connectionTimeoutMillis: 5_000,
  keepAlive: true,
  statement_timeout: 30_000,
  lock_timeout: 10_000,
  idle_in_transaction_session_timeout: 60_000,
  // Statements over many years are estimated dear and are soon done: compiling them costs more.
  // By its release the database knows who may still write (db/writers.ts).
  options: `-c timezone=UTC -c jit=off -c planning_year.release=${RELEASE}`,
  types: columnTypes,
});

const DATE = 1082;
const DATE_ARRAY = 1182;
const TEXT_ARRAY = 1009;
const BIGINT = 20;

/**
 * Dates stay `YYYY-MM-DD`: the driver's own parser makes them midnight of the machine's zone.
 * Bigints are counts and sequence numbers here, far below 2^53.
 */
const columnTypes: CustomTypesConfig = {
  getTypeParser: (oid: number, format?: 'text' | 'binary') => {
    if (oid === DATE) return (text: string) => text;
    if (oid === BIGINT) return Number;
    return types.getTypeParser(oid === DATE_ARRAY ? TEXT_ARRAY : oid, format as 'text');
  },
};
