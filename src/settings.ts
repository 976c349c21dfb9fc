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
  MIGRATION_DATABASE_URL: {
    default: null,
    meaning:
      'The same database by the role that owns its tables: it migrates, and the commands that mend, clear and restore use it. DATABASE_URL then serves with a role that can change no log. Unset: one role does both, and /readyz warns.',
    write:
      'an address such as MIGRATION_DATABASE_URL=postgres://owner:password@host:5432/database, together with DATABASE_URL',
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
  SEALS_FILE: {
    default: null,
    meaning:
      'A file that each daily seal is appended to, best where nobody who writes to the database does: npm run audit:verify -- --seals compares. Unset: each seal is a line on standard output.',
    write: 'a path, e.g. SEALS_FILE=/var/log/planning-year/seals.ndjson',
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
  CORS_ORIGINS: {
    default: null,
    meaning: 'Sites whose pages may read the API by a key, such as dashboards. Unset: none.',
    write: 'origins separated by commas, e.g. CORS_ORIGINS=https://dashboard.example.org; or *',
  },
  BOOTSTRAP_KEY: {
    default: null,
    meaning:
      'An API key of a state administrator, for first set-up and tests; 24 characters or more.',
    write: 'at least 24 letters, digits or signs without a space, e.g. from: openssl rand -hex 32',
    secret: true,
  },
  OIDC_ISSUER: {
    default: null,
    meaning:
      'The OpenID provider that state staff sign in with. Unset: they get a link by mail, too.',
    write:
      'its issuer as it stands in its own documents, e.g. OIDC_ISSUER=https://login.example.org',
  },
  OIDC_CLIENT_ID: {
    default: null,
    meaning:
      'What the provider calls this server; its redirect address is PUBLIC_URL/sign-in/callback.',
    write: 'the client id that the provider gave, together with OIDC_ISSUER',
  },
  OIDC_CLIENT_SECRET: {
    default: null,
    meaning: 'The secret that goes with it. Unset: a public client.',
    write: 'the client secret that the provider gave, together with OIDC_ISSUER',
    secret: true,
  },
  OIDC_MFA: {
    default: null,
    meaning:
      'The claim that proves a second factor, with the values that do. Unset: none is asked for.',
    write: 'a claim and its values, e.g. OIDC_MFA=amr=mfa,hwk',
  },
  OIDC_ADDRESS: {
    default: null,
    meaning:
      'The claim whose address is believed as it stands, for a provider that vouches for none and whose accounts are all your own: preferred_username with Microsoft Entra. Unset: email, where email_verified says so.',
    write: 'the name of a claim, e.g. OIDC_ADDRESS=preferred_username',
  },
  OIDC_SUBJECT: {
    default: null,
    meaning:
      'The claims that together name somebody for good: tid,oid with Microsoft Entra, whose sub differs from one application to the next. Unset: sub.',
    write: 'names of claims, e.g. OIDC_SUBJECT=tid,oid',
  },
  EXPLORER: {
    default: 'open',
    meaning:
      'closed shows /docs and /openapi.json to whoever has a key or is signed in, and to nobody else.',
    write: 'EXPLORER=open or EXPLORER=closed',
  },
  METRICS: {
    default: 'open',
    meaning: 'closed shows /metrics to keys of the state and of dashboards alone.',
    write: 'METRICS=open or METRICS=closed',
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
