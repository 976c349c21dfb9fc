import type { InjectOptions, LightMyRequestResponse } from 'fastify';
import { type Logger, pino } from 'pino';
import { buildApp } from '../../src/app.ts';
import type { Config } from '../../src/config.ts';
import type { Context } from '../../src/context.ts';
import type { App } from '../../src/http/app.ts';
import type { ServerOptions } from '../../src/http/server.ts';
import { addKey, type KeyGrant } from '../../src/keys/key-store.ts';
import type { Mail, Mailer } from '../../src/mail/mailer.ts';
import { loadPrograms } from '../../src/programs/load.ts';
import type { Programs } from '../../src/programs/programs.ts';
import type { Queue } from '../../src/queue/queue.ts';
import { type TestClock, testClock } from './clock.ts';
import { createTestDatabase } from './database.ts';

export interface TestContext {
  ctx: Context;
  clock: TestClock;
  /** Every mail that was sent, in order. */
  mails: Mail[];
  /** Every payload that was enqueued, in order. */
  jobs: { name: string; payload: unknown }[];
  drop(): Promise<void>;
}

export interface TestOptions extends ServerOptions {
  /** An instant with its offset at which the clock stands. */
  now?: string;
  config?: Partial<Config>;
  programs?: Programs;
  mailer?: Mailer;
  queue?: Queue;
  log?: Logger;
}

export interface TestApp extends TestContext {
  app: App;
  /** Requests with that key, or with none. */
  as(key: string | null): Client;
  /** The key of an administrator. */
  adminKey: string;
  admin: Client;
  /** Makes a key; what is left out is a coordinator's for everything. */
  keyFor(grant: Partial<KeyGrant>): Promise<string>;
  close(): Promise<void>;
}

type Headers = Record<string, string>;
type Reply = Promise<LightMyRequestResponse>;

export interface Client {
  get(url: string, headers?: Headers): Reply;
  post(url: string, body?: unknown, headers?: Headers): Reply;
  patch(url: string, body: unknown, headers?: Headers): Reply;
  delete(url: string, headers?: Headers): Reply;
  csv(url: string, text: string | Buffer, headers?: Headers): Reply;
}

export const BOOTSTRAP_KEY = 'bootstrap-key-of-the-tests-0123456789';

/** The whole API over a database and a clock of its own. `close` it in `afterAll`. */
export async function testApp(options: TestOptions = {}): Promise<TestApp> {
  const test = await testContext(options);
  const { ctx } = test;
  const app = await buildApp(ctx, { limits: UNLIMITED, ...options });
  const keyFor = (grant: Partial<KeyGrant>) =>
    ctx.db.transaction().execute(async (trx) => {
      const usual: KeyGrant = {
        role: 'coordinator',
        program: ctx.programs.all[0]!.id,
        scope: { all: true },
        label: 'A test',
        expiresOn: '2099-12-31',
      };
      const { key } = await addKey(trx, { ...usual, ...grant }, 'test', ctx.clock.now());
      return key;
    });
  const adminKey = await keyFor({ role: 'administrator', program: null });
  const as = (key: string | null) => clientOf(app, key);
  const close = async () => {
    await app.close();
    await test.drop();
  };
  return { ...test, app, as, adminKey, admin: as(adminKey), keyFor, close };
}

const UNLIMITED = { perKey: 1e9, perAddress: 1e9, perSignIn: 1e9 };
let programs: Promise<Programs> | undefined;

/** What a process hands to the rooms, with a mailer and a queue that only write down. */
export async function testContext(options: TestOptions = {}): Promise<TestContext> {
  const { db, drop } = await createTestDatabase();
  const clock = testClock(options.now ?? '2026-11-10T15:00:00Z');
  const mails: Mail[] = [];
  const jobs: { name: string; payload: unknown }[] = [];
  const mailer: Mailer = {
    send: async (mail) => void mails.push(mail),
    close: async () => {},
  };
  const queue: Queue = {
    send: async (_trx, name, payloads) =>
      void jobs.push(...payloads.map((payload) => ({ name, payload }))),
    work: async () => {},
    stop: async () => {},
  };
  programs ??= loadPrograms();
  const ctx: Context = {
    config: { ...CONFIG, ...options.config },
    db,
    clock,
    programs: options.programs ?? (await programs),
    queue: options.queue ?? queue,
    mailer: options.mailer ?? mailer,
    log: options.log ?? pino({ level: process.env.TEST_LOG ?? 'silent' }),
  };
  return { ctx, clock, mails, jobs, drop };
}

const CONFIG: Config = {
  port: 0,
  host: '127.0.0.1',
  databaseUrl: null,
  migrationUrl: null,
  sealsFile: null,
  dataDir: '/nonexistent',
  smtpUrl: null,
  mailFrom: 'Planning year <planning-year@localhost>',
  publicUrl: 'http://localhost:3000',
  trustProxy: [],
  corsOrigins: [],
  bootstrapKey: BOOTSTRAP_KEY,
  provider: null,
  explorerOpen: true,
  metricsOpen: true,
  demo: false,
  now: null,
  production: false,
};

export function clientOf(app: App, key: string | null): Client {
  const send = (options: InjectOptions, headers: Headers = {}) =>
    app.inject({
      ...options,
      headers: {
        ...(options.headers as Headers | undefined),
        ...(key !== null && { authorization: `Bearer ${key}` }),
        ...headers,
      },
    });
  const json = (method: 'POST' | 'PATCH', url: string, body: unknown, headers?: Headers) =>
    body === undefined
      ? send({ method, url }, headers)
      : send(
          {
            method,
            url,
            payload: JSON.stringify(body),
            headers: { 'content-type': 'application/json' },
          },
          headers,
        );
  return {
    get: (url, headers) => send({ method: 'GET', url }, headers),
    post: (url, body, headers) => json('POST', url, body, headers),
    patch: (url, body, headers) => json('PATCH', url, body, headers),
    delete: (url, headers) => send({ method: 'DELETE', url }, headers),
    csv: (url, text, headers) =>
      send(
        { method: 'POST', url, payload: text, headers: { 'content-type': 'text/csv' } },
        headers,
      ),
  };
}
