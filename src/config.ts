import { isIP } from 'node:net';
import { resolve } from 'node:path';
import { z } from 'zod';
import { areOrigins, isAddressRange, isHost, isMailbox, isSafeIssuer } from './config-rules.ts';
import { type Setting, type SettingName, settings } from './settings.ts';

export interface Config {
  /** 0: any free port. */
  port: number;
  host: string;
  /** Null: the embedded PostgreSQL under `dataDir`. */
  databaseUrl: string | null;
  /** By whom its tables are owned; null: by whoever `databaseUrl` names. */
  migrationUrl: string | null;
  /** An absolute path. */
  dataDir: string;
  /** An absolute path; null: seals are told on standard output. */
  sealsFile: string | null;
  /** Null: mails become files under `dataDir`/mail. */
  smtpUrl: string | null;
  mailFrom: string;
  /** Without a trailing slash. */
  publicUrl: string;
  /** Sites whose pages may read the API by a key; `*` alone: all; empty: none. */
  corsOrigins: string[];
  /** Addresses, ranges (`10.0.0.0/8`) or names of ranges (`loopback`). */
  trustProxy: string[];
  /** An API key accepted as a state administrator, exempt from rate limits. */
  bootstrapKey: string | null;
  /** The OpenID provider that state staff sign in with; null: none. */
  provider: ProviderConfig | null;
  /** Whether the explorer and the document are shown to everybody. */
  explorerOpen: boolean;
  metricsOpen: boolean;
  /** Whether an empty database is filled with the demonstration. */
  demo: boolean;
  /** Where the clock starts; null: the present. */
  now: Date | null;
  production: boolean;
}

export interface ProviderConfig {
  issuer: string;
  clientId: string;
  /** Null: a public client. */
  clientSecret: string | null;
  /** The claim that proves a second factor, and the values of which one is needed; null: none is. */
  secondFactor: { claim: string; values: string[] } | null;
  /** The claim whose address is believed as it stands; null: `email`, where `email_verified` says so. */
  addressClaim: string | null;
  /** The claims that together name somebody for good. */
  subjectClaims: string[];
}

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
    migrationUrl: data.MIGRATION_DATABASE_URL ?? null,
    dataDir: resolve(data.DATA_DIR),
    sealsFile: data.SEALS_FILE === undefined ? null : resolve(data.SEALS_FILE),
    smtpUrl: data.SMTP_URL ?? null,
    mailFrom: data.MAIL_FROM,
    publicUrl: data.PUBLIC_URL?.replace(/\/+$/, '') ?? ownAddress(data.HOST, data.PORT),
    corsOrigins: data.CORS_ORIGINS ?? [],
    trustProxy: data.TRUST_PROXY ?? [],
    bootstrapKey: data.BOOTSTRAP_KEY ?? null,
    provider: providerOf(data),
    explorerOpen: data.EXPLORER === 'open',
    metricsOpen: data.METRICS === 'open',
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

const path = z.string().refine((given) => !given.includes('\0'), 'is not a path');

const rules = z
  .object({
    PORT: z
      .string()
      .regex(/^\d{1,5}$/, 'is not a port number')
      .transform(Number)
      .refine((port) => port <= 65_535, 'is not a port number'),
    HOST: z.string().refine(isHost, 'is neither an address nor a host name'),
    DATABASE_URL: address(/^postgres(ql)?$/, 'PostgreSQL database').optional(),
    MIGRATION_DATABASE_URL: address(/^postgres(ql)?$/, 'PostgreSQL database').optional(),
    DATA_DIR: path,
    SEALS_FILE: path.optional(),
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
    CORS_ORIGINS: z
      .string()
      .transform((list) => list.split(',').map((origin) => origin.trim()))
      .refine(areOrigins, 'holds something that is no origin, or * beside others')
      .optional(),
    BOOTSTRAP_KEY: z
      .string()
      .regex(/^[\x21-\x7e]{24,}$/, 'is too short, or holds a space or a letter with an accent')
      .optional(),
    OIDC_ISSUER: address(/^https?$/, 'provider')
      .refine(isSafeIssuer, 'is not reached over HTTPS')
      .optional(),
    OIDC_CLIENT_ID: z.string().optional(),
    OIDC_CLIENT_SECRET: z.string().optional(),
    OIDC_MFA: z
      .string()
      .regex(/^[\w:./-]+=[^=,\s]+(,[^=,\s]+)*$/, 'names no claim with its values')
      .optional(),
    OIDC_ADDRESS: z
      .string()
      .regex(/^[\w:./-]+$/, 'names no claim')
      .optional(),
    OIDC_SUBJECT: z
      .string()
      .regex(/^[\w:./-]+(,[\w:./-]+)*$/, 'names no claims')
      .transform((list) => list.split(','))
      .optional(),
    EXPLORER: z.enum(['open', 'closed'], 'is neither open nor closed'),
    METRICS: z.enum(['open', 'closed'], 'is neither open nor closed'),
    DEMO: z.enum(['0', '1'], 'is neither 0 nor 1').optional(),
    NOW: z.iso.datetime({ offset: true, error: 'is not an instant' }).optional(),
    NODE_ENV: z.string().optional(),
  })
  .refine(({ NOW, NODE_ENV }) => NOW === undefined || NODE_ENV !== 'production', {
    path: ['NOW'],
    error: ONLY_OUTSIDE_PRODUCTION,
    when: () => true,
  })
  .refine(
    ({ DATABASE_URL, MIGRATION_DATABASE_URL }) =>
      MIGRATION_DATABASE_URL === undefined || DATABASE_URL !== undefined,
    { path: ['DATABASE_URL'], error: 'is missing beside MIGRATION_DATABASE_URL', when: () => true },
  )
  .superRefine((given, { addIssue }) => {
    const names = [
      ...(['OIDC_ISSUER', 'OIDC_CLIENT_ID', 'OIDC_CLIENT_SECRET', 'OIDC_MFA'] as const),
      ...(['OIDC_ADDRESS', 'OIDC_SUBJECT'] as const),
    ];
    if (names.every((name) => given[name] === undefined)) return;
    for (const name of ['OIDC_ISSUER', 'OIDC_CLIENT_ID'] as const)
      if (given[name] === undefined)
        addIssue({
          code: 'custom',
          path: [name],
          message: 'is missing beside the other OIDC_ ones',
        });
  });

type Given = z.infer<typeof rules>;

function providerOf(given: Given): ProviderConfig | null {
  if (given.OIDC_ISSUER === undefined || given.OIDC_CLIENT_ID === undefined) return null;
  const [claim = '', values] = given.OIDC_MFA?.split('=') ?? [];
  return {
    issuer: given.OIDC_ISSUER,
    clientId: given.OIDC_CLIENT_ID,
    clientSecret: given.OIDC_CLIENT_SECRET ?? null,
    secondFactor: values === undefined ? null : { claim, values: values.split(',') },
    addressClaim: given.OIDC_ADDRESS ?? null,
    subjectClaims: given.OIDC_SUBJECT ?? ['sub'],
  };
}

function faultsOf(error: z.ZodError, env: Record<string, string | undefined>): string[] {
  const faults = new Map<SettingName, string>();
  for (const { path, message } of error.issues) {
    const name = path[0] as SettingName;
    const { write, secret }: Setting = settings[name];
    const value = secret || env[name] === undefined ? '' : ` (${JSON.stringify(env[name])})`;
    const remedy = message === ONLY_OUTSIDE_PRODUCTION ? 'Leave it unset' : `Write ${write}`;
    if (!faults.has(name)) faults.set(name, `${name}${value} ${message}. ${remedy}.`);
  }
  return [...faults.values()];
}
