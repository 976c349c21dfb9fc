import { setTimeout as sleep } from 'node:timers/promises';
import { Client, type ClientConfig } from 'pg';
import type { Logger } from 'pino';
import { hasSlept, watchSleep } from '../awake.ts';

/** Durations in milliseconds. */
export interface Watching {
  /** So long a statement may take before it is asked whether anybody still works on it. */
  patience: number;
  /** From one look to the next. */
  every: number;
  /** How long the server may take to answer that. */
  answer: number;
  /** So many looks in a row have to say the same. */
  looks: number;
}

const USUAL: Watching = { patience: 3_000, every: 1_000, answer: 3_000, looks: 3 };

/**
 * A client whose statements end although the server has fallen silent without a word: its address was
 * taken over, a firewall forgot the connection, packets are swallowed. TCP would wait for minutes.
 *
 * A statement that takes long is looked into on a connection of its own. As long as the server says
 * that it works on it, it may take as long as the server allows; one that it does not know of is hung,
 * and so are all when it gives no answer. What is hung is dropped, and with it every connection that
 * is not proven alive, so that nobody tries one dead connection after the other.
 *
 * One class watches the clients of one database in this process.
 */
export function watchedClient(log: Logger, watching: Watching = USUAL) {
  const open = new Set<WatchedClient>();
  const suspicions = new Map<WatchedClient, number>();
  let looking = false;
  let silent = 0;

  class WatchedClient extends Client {
    /** When its statement was sent; null: it has none. */
    since: number | null = null;
    #config: ClientConfig | undefined;

    constructor(config?: ClientConfig) {
      super(config);
      this.#config = config;
      // A backend killed under a checked-out client is reported here as well as to its query. Only
      // the message is logged: the pool hangs the client, and with it the settings, on the error.
      this.on('error', ({ message }) =>
        log.warn({ reason: message }, 'A database connection was lost.'),
      );
      this.on('end', () => open.delete(this));
      open.add(this);
      void keepLooking();
    }

    // biome-ignore lint/suspicious/noExplicitAny: pg's own overloads can't be restated one by one
    override query(...args: any[]): any {
      const end = () => {
        this.since = null;
      };
      const last = args.at(-1);
      if (typeof last === 'function')
        args[args.length - 1] = (...given: unknown[]) => {
          end();
          last(...given);
        };
      this.since ??= performance.now();
      const result: unknown = super.query(...(args as Parameters<Client['query']>));
      if (result instanceof Promise) result.then(end, end);
      return result;
    }

    /** Asks for the statements that the server works on, by connection; null: it can't be told. */
    async workedOn(): Promise<ReadonlySet<number> | null> {
      const probe = new Client({
        ...this.#config,
        application_name: 'watch of the planning year',
        connectionTimeoutMillis: watching.answer,
        query_timeout: watching.answer,
      });
      probe.on('error', () => {});
      try {
        await probe.connect();
        const { rows } = await probe.query(ACTIVE);
        const { own, active } = rows[0] as { own: number; active: number[] };
        // A pooler in between gives numbers of its own.
        return own === (probe as unknown as Numbered).processID ? new Set(active) : null;
      } finally {
        void probe.end().catch(() => {});
        setTimeout(() => hangUp(probe), watching.every).unref();
      }
    }
  }

  async function keepLooking(): Promise<void> {
    if (looking) return;
    looking = true;
    watchSleep();
    while (open.size > 0) {
      await sleep(watching.every, null, { ref: false });
      await judge().catch((error) => log.warn({ err: error }, 'The watch on the database failed.'));
    }
    looking = false;
  }

  async function judge(): Promise<void> {
    const late = [...open].filter((client) => takesLong(client));
    if (late.length === 0) {
      silent = 0;
      suspicions.clear();
      return;
    }
    const worked = await late[0]!.workedOn().catch(() => undefined);
    // Whoever did not listen can't say that nobody answered.
    if (worked === undefined && hasSlept(watching.answer + watching.every)) return;
    silent = worked === undefined ? silent + 1 : 0;
    if (silent >= watching.looks) return drop(late, 'it gives no answer');
    if (!worked) return;
    const hung = late.filter((client) => {
      const isHung = takesLong(client) && !worked.has((client as unknown as Numbered).processID);
      suspicions.set(client, isHung ? (suspicions.get(client) ?? 0) + 1 : 0);
      return suspicions.get(client)! >= watching.looks - 1;
    });
    if (hung.length > 0) drop(hung, 'it knows nothing of what it was asked');
  }

  const takesLong = ({ since }: WatchedClient): boolean =>
    since !== null && performance.now() - since > watching.patience;

  function drop(hung: WatchedClient[], reason: string): void {
    log.error({ alarm: 'database', reason, hung: hung.length }, 'The database has fallen silent.');
    const idle = [...open].filter(({ since }) => since === null);
    for (const client of [...hung, ...idle]) {
      suspicions.delete(client);
      open.delete(client);
      hangUp(client);
    }
  }

  return WatchedClient;
}

/** A member of pg's client: the number by which the server knows the connection. */
interface Numbered {
  processID: number;
}

const ACTIVE = `
  select pg_backend_pid() as own, array(
    select pid from pg_stat_activity
    where datname = current_database() and state in ('active', 'fastpath function call')) as active`;

/** Ends a connection without a word; its statement fails at once. */
function hangUp(client: Client): void {
  const { connection } = client as unknown as {
    connection: { stream: { destroy(error: Error): void; destroyed: boolean } };
  };
  if (!connection.stream.destroyed)
    connection.stream.destroy(new Error('Connection terminated: the database has fallen silent'));
}
