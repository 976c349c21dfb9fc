import { createHash } from 'node:crypto';
import type { ClientBase } from 'pg';
import type { Logger } from 'pino';
import { type Watching, watchedClient } from './watched-client.ts';

/**
 * A watched client that names each statement by the hash of its SQL, so that PostgreSQL parses and
 * plans it once for each connection. Without parameters a text may hold several statements, which
 * can't be prepared; very long texts are bulk inserts of ever-changing size, not worth remembering.
 */
export function namingClient(log: Logger, watching?: Watching): new () => ClientBase {
  return class NamingClient extends watchedClient(log, watching) {
    #names = new Map<string, string>();

    // biome-ignore lint/suspicious/noExplicitAny: pg's own overloads can't be restated one by one
    override query(...args: any[]): any {
      const [text, values] = args;
      const name = Array.isArray(values) && values.length > 0 ? this.#nameOf(text) : undefined;
      const query = name === undefined ? args : [{ name, text, values }, ...args.slice(2)];
      const result: unknown = super.query(...query);
      return result instanceof Promise ? result.catch((error) => this.#fail(error)) : result;
    }

    /** A fatal error is a connection's last word; ending it keeps the pool from lending it again. */
    #fail(error: Error & { severity?: string }): never {
      if (error.severity === 'FATAL') void this.end().catch(() => {});
      throw error;
    }

    #nameOf(text: unknown): string | undefined {
      if (typeof text !== 'string' || text.length > LONGEST_NAMED) return undefined;
      const known = this.#names.get(text);
      if (known !== undefined || this.#names.size >= MOST_NAMED) return known;
      const name = createHash('sha256').update(text).digest('hex').slice(0, 32);
      this.#names.set(text, name);
      return name;
    }
  };
}

const LONGEST_NAMED = 8_000;
const MOST_NAMED = 500;
