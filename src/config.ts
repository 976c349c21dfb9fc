import { isIP } from 'node:net';
import { resolve } from 'node:path';
import { z } from 'zod';
import { isAddressRange, isHost, isMailbox } from './config-rules.ts';

export interface Config {
  /** 0: any free port. */
  port: number;
  host: string;
  /** Null: the embedded PostgreSQL under `dataDir`. */
  databaseUrl: string | null;
  /** An absolute path. */
  dataDir: string;
  /** Null: mails become files under `dataDir`/mail. */
  smtpUrl: string | null;
  mailFrom: string;
  /** Without a trailing slash. */
  publicUrl: string;
  /** Addresses, ranges (`10.0.0.0/8`) or names of ranges (`loopback`). */
  trustProxy: string[];
  /** An API key accepted as a state administrator, exempt from rate limits. */
  bootstrapKey: string | null;
  /** Whether an empty database is filled with the demonstration. */
  demo: boolean;
  /** Where the clock starts; null: the present. */
  now: Date | null;
  production: boolean;
}

/** Every setting, for the README and for the checks: all optional, an empty one counts as unset. */
export const settings = {
  PORT: {
    default: '3000',
    meaning: 'The port of the web server; 0 takes any free one.',
    write: 'a whole number from 0 to 65535, e.g. PORT=3000',
  },
  HOST: {
    default: '127.0.0.1',
    meaning: 'The address it listens on; 0.0.0.0 lets other machines in.',
    write: 'an address or a host name, e.g. HOST=0.0.0.0',
  },
  DATABASE_URL: {
    default: null,
    meaning: 'A PostgreSQL 15 or later. Unset: an embedded one under DATA_DIR.',
    write: 'an address such as DATABASE_URL=postgres://user:password@host:5432/database',
    secret: true,
  },
  DATA_DIR: {
    default: '.data',
    meaning: "The folder of the embedded database, the mails and the administrator's key.",
    write: 'a path, e.g. DATA_DIR=/var/lib/planning-year',
  },
  SMTP_URL: {
    default: null,
    meaning: 'The mail server. Unset: every mail is written to DATA_DIR/mail.',
    write: 'an address such as SMTP_URL=smtps://user:password@host:465',
    secret: true,
  },
  MAIL_FROM: {
    default: 'Planning year <planning-year@localhost>',
    meaning: 'The sender of the mails.',
    write: 'a mailbox, e.g. MAIL_FROM="Planning year <plans@example.org>"',
  },
  PUBLIC_URL: {
    default: null,
    meaning: 'The address that people reach it at, used in links. Unset: http://HOST:PORT.',
    write: 'an address without query, e.g. PUBLIC_URL=https://plans.example.org',
  },
  TRUST_PROXY: {
    default: null,
    meaning: 'The proxies in front of it, whose word on the caller’s address is taken.',
    write: 'addresses or ranges, separated by commas, e.g. TRUST_PROXY=10.0.0.0/8,127.0.0.1',
  },
  BOOTSTRAP_KEY: {
    default: null,
    meaning: 'An API key of a state administrator, for first set-up and tests.',
    write: 'at least 24 letters, digits or signs without a space, e.g. from: openssl rand -hex 32',
    secret: true,
  },
  DEMO: {
    default: null,
    meaning:
      '1 fills an empty database with the demonstration, 0 never does. Unset: only the embedded one.',
    write: 'DEMO=1 or DEMO=0',
  },
  NOW: {
    default: null,
    meaning: 'An instant at which the clock starts, to try out another time of the year.',
    write: 'an instant with its offset, e.g. NOW=2027-01-20T09:00:00-06:00',
  },
  NODE_ENV: {
    default: null,
    meaning: 'production refuses NOW.',
    write: 'NODE_ENV=production, or leave it unset',
  },
} as const satisfies Record<string, Setting>;

export interface Setting {
  /** As one would write it; null: unset. */
  default: string | null;
  meaning: string;
  /** What to write instead of something wrong. */
  write: string;
  /** Never shown, not even in a message about it. */
  secret?: true;
}

export type SettingName = keyof typeof settings;

/** Names every fault at once. */
export class ConfigError extends Error {
  override name = 'ConfigError';
  readonly faults: readonly string[];

  constructor(faults: readonly string[]) {
    super(['The settings are wrong:', ...faults.map((fault) => `  ${fault}`)].join('\n'));
    this.faults = faults;
  }
}

/**
 * The settings, checked. Nothing else in the program reads the environment.
 *
 * @throws ConfigError
 */
export function readConfig(env: Record<string, string | undefined> = process.env): Config {
  const given = Object.entries(settings).map(([name, { default: fallback }]) => {
    return [name, env[name]?.trim() || (fallback ?? undefined)];
  });
  const { data, error } = rules.safeParse(Object.fromEntries(given));
  if (error) throw new ConfigError(faultsOf(error, env));

  return {
    port: data.PORT,
    host: data.HOST,
    databaseUrl: data.DATABASE_URL ?? null,
    dataDir: resolve(data.DATA_DIR),
    smtpUrl: data.SMTP_URL ?? null,
    mailFrom: data.MAIL_FROM,
    publicUrl: data.PUBLIC_URL?.replace(/\/+$/, '') ?? ownAddress(data.HOST, data.PORT),
    trustProxy: data.TRUST_PROXY ?? [],
    bootstrapKey: data.BOOTSTRAP_KEY ?? null,
    demo: data.DEMO === undefined ? data.DATABASE_URL === undefined : data.DEMO === '1',
    now: data.NOW === undefined ? null : new Date(data.NOW),
    production: data.NODE_ENV === 'production',
  };
}

/** Where a browser on the same machine finds the server. */
export function ownAddress(host: string, port: number): string {
  const everywhere = host === '0.0.0.0' || host === '::';
  const name = everywhere ? 'localhost' : isIP(host) === 6 ? `[${host}]` : host;
  return `http://${name}:${port}`;
}

const ONLY_OUTSIDE_PRODUCTION =
  'is refused with NODE_ENV=production, where the clock is the real one';

const address = (protocol: RegExp, whose: string) =>
  z.url({ protocol, error: `is not the address of a ${whose}` });

const rules = z
  .object({
    PORT: z
      .string()
      .regex(/^\d{1,5}$/, 'is not a port number')
      .transform(Number)
      .refine((port) => port <= 65_535, 'is not a port number'),
    HOST: z.string().refine(isHost, 'is neither an address nor a host name'),
    DATABASE_URL: address(/^postgres(ql)?$/, 'PostgreSQL database').optional(),
    DATA_DIR: z.string().refine((path) => !path.includes('\0'), 'is not a path'),
    SMTP_URL: address(/^smtps?$/, 'mail server').optional(),
    MAIL_FROM: z.string().refine(isMailbox, 'is not a mailbox'),
    PUBLIC_URL: address(/^https?$/, 'web server')
      .refine((url) => !/[?#]/.test(url), 'has a query or a fragment')
      .optional(),
    TRUST_PROXY: z
      .string()
      .transform((list) => list.split(',').map((range) => range.trim()))
      .refine(
        (ranges) => ranges.every(isAddressRange),
        'holds something that is neither address nor range',
      )
      .optional(),
    BOOTSTRAP_KEY: z
      .string()
      .regex(/^[\x21-\x7e]{24,}$/, 'is too short, or holds a space or a letter with an accent')
      .optional(),
    DEMO: z.enum(['0', '1'], 'is neither 0 nor 1').optional(),
    NOW: z.iso.datetime({ offset: true, error: 'is not an instant' }).optional(),
    NODE_ENV: z.string().optional(),
  })
  .refine(({ NOW, NODE_ENV }) => NOW === undefined || NODE_ENV !== 'production', {
    path: ['NOW'],
    error: ONLY_OUTSIDE_PRODUCTION,
    when: () => true,
  });

function faultsOf(error: z.ZodError, env: Record<string, string | undefined>): string[] {
  const faults = new Map<SettingName, string>();
  for (const { path, message } of error.issues) {
    const name = path[0] as SettingName;
    const { write, secret }: Setting = settings[name];
    const value = secret ? '' : ` (${JSON.stringify(env[name])})`;
    const remedy = message === ONLY_OUTSIDE_PRODUCTION ? 'Leave it unset' : `Write ${write}`;
    if (!faults.has(name)) faults.set(name, `${name}${value} ${message}. ${remedy}.`);
  }
  return [...faults.values()];
}
