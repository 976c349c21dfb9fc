import type { Logger } from 'pino';
import type { Server } from './server.ts';

/** What a figure has to reach, and what it is compared with. */
export interface Bound {
  name: string;
  unit: string;
  /** The least `ours / limit` that is acceptable; null when nothing is asked of it. */
  atLeast: number | null;
  aim: number | null;
  /** It is a share of time, or a time: less is better. */
  atMost?: true;
  /** What is bounded is `ours` itself, not its ratio to the limit. */
  absolute?: true;
}

/** What one figure came to. */
export interface Measured {
  name: string;
  ours: number;
  limit: number | null;
  ratio: number | null;
  /** The least and the greatest ratio of a round. */
  spread: readonly [number, number] | null;
}

/** Figures that share a database, and are measured together. */
export interface Group {
  bounds: readonly Bound[];
  /** One sentence on what both sides do, shown below the table. */
  method: string;
  measure(bench: Bench, wanted: ReadonlySet<string>): Promise<Measured[]>;
}

export interface Bench {
  server: Server;
  log: Logger;
  /** Tells whoever waits what is going on. */
  say(what: string): void;
}
