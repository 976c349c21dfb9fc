import { describe, expect, test } from '@jest/globals';
import { ConfigError, ownAddress, readConfig } from '../../src/config.ts';
import { settings } from '../../src/settings.ts';

function faults(env: Record<string, string>): readonly string[] {
  try {
    readConfig(env);
  } catch (error) {
    if (error instanceof ConfigError) return error.faults;
    throw error;
  }
  return [];
}

describe('the settings', () => {
  test('need none to be given', () => {
    expect(readConfig({})).toEqual({
      port: 3000,
      host: '127.0.0.1',
      databaseUrl: null,
      migrationUrl: null,
      sealsFile: null,
      dataDir: `${process.cwd()}/.data`,
      smtpUrl: null,
      mailFrom: 'Planning year <planning-year@localhost>',
      publicUrl: 'http://127.0.0.1:3000',
      trustProxy: [],
      corsOrigins: [],
      bootstrapKey: null,
      provider: null,
      explorerOpen: true,
      metricsOpen: true,
      demo: true,
      now: null,
      production: false,
    });
  });

  test('are taken as given', () => {
    const config = readConfig({
      PORT: '8080',
      HOST: '0.0.0.0',
      DATABASE_URL: 'postgres://user:secret@db.example.org:5433/plans',
      MIGRATION_DATABASE_URL: 'postgres://owner:secret@db.example.org:5433/plans',
      SEALS_FILE: '/var/log/seals.ndjson',
      DATA_DIR: '/var/lib/plans',
      SMTP_URL: 'smtps://user:secret@mail.example.org',
      MAIL_FROM: 'plans@example.org',
      PUBLIC_URL: 'https://plans.example.org/year/',
      TRUST_PROXY: 'loopback, 10.0.0.0/8,::1',
      CORS_ORIGINS: 'https://dashboard.example.org, http://localhost:5173',
      BOOTSTRAP_KEY: 'a-key-of-at-least-24-signs',
      OIDC_ISSUER: 'https://login.example.org/state',
      OIDC_CLIENT_ID: 'planning-year',
      OIDC_CLIENT_SECRET: 'its-secret',
      OIDC_MFA: 'amr=mfa,hwk',
      OIDC_ADDRESS: 'preferred_username',
      OIDC_SUBJECT: 'tid,oid',
      EXPLORER: 'closed',
      METRICS: 'closed',
      DEMO: '1',
      NOW: '2027-01-20T09:00:00-06:00',
      NODE_ENV: 'test',
    });
    expect(config).toEqual({
      port: 8080,
      host: '0.0.0.0',
      databaseUrl: 'postgres://user:secret@db.example.org:5433/plans',
      migrationUrl: 'postgres://owner:secret@db.example.org:5433/plans',
      sealsFile: '/var/log/seals.ndjson',
      dataDir: '/var/lib/plans',
      smtpUrl: 'smtps://user:secret@mail.example.org',
      mailFrom: 'plans@example.org',
      publicUrl: 'https://plans.example.org/year',
      trustProxy: ['loopback', '10.0.0.0/8', '::1'],
      corsOrigins: ['https://dashboard.example.org', 'http://localhost:5173'],
      bootstrapKey: 'a-key-of-at-least-24-signs',
      provider: {
        issuer: 'https://login.example.org/state',
        clientId: 'planning-year',
        clientSecret: 'its-secret',
        secondFactor: { claim: 'amr', values: ['mfa', 'hwk'] },
        addressClaim: 'preferred_username',
        subjectClaims: ['tid', 'oid'],
      },
      explorerOpen: false,
      metricsOpen: false,
      demo: true,
      now: new Date('2027-01-20T15:00:00Z'),
      production: false,
    });
  });

  test('count as unset when they are empty, as compose files write them', () => {
    const empty = Object.fromEntries(Object.keys(settings).map((name) => [name, ' ']));
    expect(readConfig(empty)).toEqual(readConfig({}));
  });

  test('that are wrong are all named at once, each with what to write', () => {
    const wrong = {
      PORT: '70000',
      HOST: 'not a host',
      DATABASE_URL: 'mysql://user:hidden-password@host/db',
      SMTP_URL: 'http://user:hidden-password@host',
      MAIL_FROM: 'a@example.org, b@example.org',
      PUBLIC_URL: 'plans.example.org',
      TRUST_PROXY: '10.0.0.0/40',
      BOOTSTRAP_KEY: 'hidden-password',
      OIDC_ISSUER: 'http://login.example.org',
      OIDC_MFA: 'mfa',
      EXPLORER: 'off',
      METRICS: 'no',
      DEMO: 'yes',
      NOW: '2027-01-20',
    };
    const found = faults(wrong);
    expect(found.map((fault) => fault.split(' ')[0])).toEqual(Object.keys(wrong));
    for (const fault of found) expect(fault).toMatch(/ Write .+\.$/);
    expect(found[0]).toBe(
      'PORT ("70000") is not a port number. Write a whole number from 0 to 65535, e.g. PORT=3000.',
    );
    expect(found.join()).not.toContain('hidden-password');
  });

  test.each([
    ['PORT', '3000.5'],
    ['PORT', '-1'],
    ['PORT', '0x10'],
    ['HOST', '-example-'],
    ['MAIL_FROM', 'Plans <plans@example.org>\nBcc: x@example.org'],
    ['MAIL_FROM', 'Exampleton, Plans <plans@example.org>'],
    ['MAIL_FROM', '"Exampleton, Plans <plans@example.org>'],
    ['MAIL_FROM', '"Plans" <a@example.org>, "More" <b@example.org>'],
    ['MAIL_FROM', '"Plans\r\nBcc: x@example.org" <plans@example.org>'],
    ['PUBLIC_URL', 'https://plans.example.org/?a=b'],
    ['CORS_ORIGINS', 'dashboard.example.org'],
    ['CORS_ORIGINS', 'https://dashboard.example.org/'],
    ['CORS_ORIGINS', '*,https://dashboard.example.org'],
    ['TRUST_PROXY', 'true'],
    ['TRUST_PROXY', '10.0.0.1,'],
    ['EXPLORER', 'off'],
    ['BOOTSTRAP_KEY', 'with a space in the middle of it'],
    ['NOW', '2027-02-30T00:00:00Z'],
    ['NOW', '2027-01-20T09:00:00'],
  ])('refuse %s=%j', (name, value) => {
    expect(faults({ [name]: value })).toHaveLength(1);
  });

  test('leave the clock alone in production', () => {
    expect(faults({ NOW: '2027-01-20T09:00:00Z', NODE_ENV: 'production' })).toEqual([
      'NOW ("2027-01-20T09:00:00Z") is refused with NODE_ENV=production, where the clock is the real one. Leave it unset.',
    ]);
    expect(readConfig({ NODE_ENV: 'production' }).production).toBe(true);
  });

  test('of the provider belong together, and its secret is never shown', () => {
    const issuer = 'http://localhost:4000';
    expect(faults({ OIDC_CLIENT_SECRET: 'hidden-password' }).join()).not.toContain('hidden');
    expect(faults({ OIDC_ISSUER: issuer })).toEqual([
      'OIDC_CLIENT_ID is missing beside the other OIDC_ ones. Write the client id that the provider gave, together with OIDC_ISSUER.',
    ]);
    expect(readConfig({ OIDC_ISSUER: issuer, OIDC_CLIENT_ID: 'x' }).provider).toEqual({
      issuer,
      clientId: 'x',
      clientSecret: null,
      secondFactor: null,
      addressClaim: null,
      subjectClaims: ['sub'],
    });
  });

  test('fill only the embedded database with the demonstration, unless told', () => {
    const external = { DATABASE_URL: 'postgres://localhost/plans' };
    expect(readConfig({}).demo).toBe(true);
    expect(readConfig({ DEMO: '0' }).demo).toBe(false);
    expect(readConfig(external).demo).toBe(false);
    expect(readConfig({ ...external, DEMO: '1' }).demo).toBe(true);
  });

  test('give an address that a browser on this machine can open', () => {
    expect(ownAddress('127.0.0.1', 3000)).toBe('http://127.0.0.1:3000');
    expect(ownAddress('0.0.0.0', 80)).toBe('http://localhost:80');
    expect(ownAddress('::1', 3000)).toBe('http://[::1]:3000');
  });
});
