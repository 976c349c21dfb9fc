import { Client } from 'pg';

type Query = (this: Client, ...args: unknown[]) => unknown;

/** How many statements this process sends to databases while something is done. */
export async function statementsDuring(act: () => Promise<unknown>): Promise<number> {
  const prototype = Client.prototype as unknown as { query: Query };
  const { query } = prototype;
  let count = 0;
  prototype.query = function (...args) {
    count += 1;
    return query.apply(this, args);
  };
  try {
    await act();
  } finally {
    prototype.query = query;
  }
  return count;
}
