import { Client } from 'pg';

type Query = (this: Client, ...args: unknown[]) => unknown;

/** How many statements this process sends to databases while something is done. */
export const statementsDuring = async (act: () => Promise<unknown>): Promise<number> =>
  (await textsDuring(act)).length;

/** The texts of these statements. */
export async function textsDuring(act: () => Promise<unknown>): Promise<string[]> {
  const prototype = Client.prototype as unknown as { query: Query };
  const { query } = prototype;
  const texts: string[] = [];
  prototype.query = function (...args) {
    texts.push(textOf(args[0]));
    return query.apply(this, args);
  };
  try {
    await act();
  } finally {
    prototype.query = query;
  }
  return texts;
}

function textOf(query: unknown): string {
  if (typeof query === 'string') return query;
  const { text, cursor } = query as { text?: string; cursor?: { text?: string } };
  return text ?? cursor?.text ?? '';
}
