/**
 * Which release this is, for others on the same database: raised by one with each release whose
 * migrations or charts an earlier one can't serve. The first is that which knew no such number.
 *
 * Each connection tells it to the database, which refuses the writes of releases that may write no more
 * (migrations/20261201T0370_writers.ts).
 */
export const RELEASE = 2;
