import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { readConfig } from '../../src/config.ts';
import { type Setting, settings } from '../../src/settings.ts';

interface Service {
  image: string;
  command?: string;
  environment?: Record<string, string>;
  healthcheck?: { test: string[] };
  volumes?: string[];
  ports?: string[];
  depends_on?: Record<string, { condition: string }>;
}

const read = (name: string) => readFileSync(new URL(`../../${name}`, import.meta.url), 'utf8');
const { services, volumes } = parse(read('docker-compose.yml'), { merge: true }) as {
  services: Record<string, Service>;
  volumes: Record<string, unknown>;
};
const dockerfile = read('Dockerfile');
const running = (command: string) =>
  Object.entries(services).filter(([, service]) => service.command === command);
const web = running('node src/server.ts');
const workers = running('node src/worker.ts');

/** As compose does it: `${NAME}`, `${NAME:-instead}`, `${NAME:?complaint}`. */
function interpolated(text: string, env: Record<string, string>): string {
  return text.replace(/\$\{(\w+)(?::([-?])([^}]*))?\}/g, (_, name, kind, rest) => {
    const value = env[name] || (kind === '-' ? rest : undefined);
    if (value === undefined) throw new Error(`${name}: ${rest}`);
    return value;
  });
}

function settingsOf({ environment = {} }: Service, env: Record<string, string>) {
  const entries = Object.entries(environment);
  return Object.fromEntries(entries.map(([name, value]) => [name, interpolated(value, env)]));
}

const SECRETS = {
  POSTGRES_PASSWORD: 'abc123',
  SERVING_PASSWORD: 'def456',
  BOOTSTRAP_KEY: '0123456789abcdef01234567',
};

describe('docker-compose.yml', () => {
  test('runs two web servers and two workers, both of which the image holds', () => {
    expect(web.map(([name]) => name)).toEqual(['web1', 'web2']);
    expect(workers.map(([name]) => name)).toEqual(['worker1', 'worker2']);
    expect(existsSync('src/server.ts') && existsSync('src/worker.ts')).toBe(true);
    const upstreams = [...services.proxy!.command!.matchAll(/--to (\w+):3000/g)];
    expect(upstreams.map(([, name]) => name)).toEqual(['web1', 'web2']);
  });

  test.each([...web, ...workers])(
    'gives %s settings that the program knows and takes',
    (_, service) => {
      const given = settingsOf(service, SECRETS);
      for (const name of Object.keys(given)) expect(Object.keys(settings)).toContain(name);

      const config = readConfig({ ...environmentOf(dockerfile), ...given });
      expect(config).toMatchObject({
        port: 3000,
        host: '0.0.0.0',
        production: true,
        databaseUrl: 'postgres://planning_year_server:def456@postgres:5432/planning_year',
        migrationUrl: 'postgres://planning_year:abc123@postgres:5432/planning_year',
        smtpUrl: 'smtp://mail:1025',
        bootstrapKey: SECRETS.BOOTSTRAP_KEY,
        demo: false,
        now: null,
      });
    },
  );

  test('tells every process of one installation the same', () => {
    const [first, ...others] = [...web, ...workers].map(([, service]) => {
      const { TRUST_PROXY: _, ...shared } = service.environment!;
      return shared;
    });
    for (const other of others) expect(other).toEqual(first);
  });

  test('holds no secret, and does not start without one', () => {
    const secretNames = Object.entries(settings as Record<string, Setting>)
      .filter(([, { secret }]) => secret)
      .map(([name]) => name);
    for (const { environment = {} } of Object.values(services)) {
      for (const [name, value] of Object.entries(environment)) {
        if (name === 'SMTP_URL') expect(value).toBe('smtp://mail:1025');
        else if (secretNames.includes(name) || /PASSWORD|SECRET|KEY/.test(name))
          expect(() => interpolated(value, {})).toThrow(
            /Set (POSTGRES_PASSWORD|SERVING_PASSWORD|BOOTSTRAP_KEY) in/,
          );
      }
    }
  });

  test('keeps the data of PostgreSQL 18 in a volume where that version wants it', () => {
    const postgres = services.postgres!;
    expect(postgres.image).toBe('postgres:18');
    expect(postgres.volumes).toEqual(['postgres:/var/lib/postgresql']);
    expect(Object.keys(volumes)).toEqual(['data', 'postgres']);
    expect(postgres.ports).toBeUndefined();
  });

  test('waits for what is healthy', () => {
    for (const name of ['postgres', 'mail', 'web1', 'web2']) {
      expect(services[name]!.healthcheck!.test[0]).toBe('CMD');
    }
    for (const { depends_on = {} } of Object.values(services)) {
      for (const [name, { condition }] of Object.entries(depends_on)) {
        expect(condition).toBe('service_healthy');
        expect(services[name]!.healthcheck).toBeDefined();
      }
    }
    expect(services.web1!.healthcheck!.test.join()).toContain(':3000/readyz');
  });
});

describe('the Dockerfile', () => {
  test('sets what the program knows, and runs it as an ordinary user', () => {
    const env = environmentOf(dockerfile);
    for (const name of Object.keys(env)) expect(Object.keys(settings)).toContain(name);
    expect(dockerfile).toMatch(/^USER node$/m);
    expect(dockerfile).toMatch(/^CMD \["node", "src\/server.ts"\]$/m);
  });

  test('copies every folder that the program consists of, and .dockerignore lets it through', () => {
    const copied = [...dockerfile.matchAll(/^COPY (\w+) \w+$/gm)].map(([, folder]) => folder!);
    expect(copied).toEqual(['calendar', 'machines', 'migrations', 'src']);
    const allowed = read('.dockerignore').split('\n');
    for (const folder of copied) expect(allowed).toContain(`!${folder}`);
  });
});

describe('the image', () => {
  test('holds every package that the program imports', () => {
    const { dependencies } = JSON.parse(read('package.json'));
    const imported = ['calendar', 'machines', 'migrations', 'src'].flatMap((folder) =>
      readdirSync(folder, { recursive: true, encoding: 'utf8' })
        .filter((name) => name.endsWith('.ts'))
        .flatMap((name) => packagesIn(readFileSync(`${folder}/${name}`, 'utf8'))),
    );
    expect(imported).toContain('fastify');
    const missing = new Set(imported).difference(new Set(Object.keys(dependencies)));
    expect([...missing]).toEqual([]);
  });
});

/** Types are gone when the program runs, so what is imported for them alone need not be there. */
function packagesIn(source: string): string[] {
  const imports =
    /^(?:import|export) (?!type )[^;]*?from '([^.'][^']*)'|import\('([^.'][^']*)'\)/gm;
  return [...source.matchAll(imports)]
    .map(([, named, dynamic]) => named ?? dynamic!)
    .filter((name) => !name.startsWith('node:'))
    .map((name) =>
      name
        .split('/')
        .slice(0, name.startsWith('@') ? 2 : 1)
        .join('/'),
    );
}

function environmentOf(text: string): Record<string, string> {
  const [, line] = /^ENV (.+)$/m.exec(text)!;
  return Object.fromEntries(line!.split(' ').map((pair) => pair.split('=')));
}
