/** Placeholder contract; see the settings table of the README. */
export interface Config {
  port: number;
  host: string;
  /** Null: the embedded PostgreSQL under `dataDir`. */
  databaseUrl: string | null;
  dataDir: string;
  /** Null: mails become files under `dataDir`/mail. */
  smtpUrl: string | null;
  mailFrom: string;
  /** Without a trailing slash. */
  publicUrl: string;
  trustProxy: string[];
  /** An API key accepted as a state administrator, exempt from rate limits. */
  bootstrapKey: string | null;
  demo: boolean;
  now: Date | null;
  production: boolean;
}
