import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  appendFileSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { sql } from 'kysely';
import { pino } from 'pino';
import { readSeals, tellSeals } from '../../src/audit/outside.ts';
import { sealYesterday } from '../../src/audit/seal.ts';
import type { Context } from '../../src/context.ts';
import { type SealedDatabase, sealedDatabase } from './support/sealed-database.ts';

let made: SealedDatabase;
let folder: string;
let file: string;
let env: Record<string, string>;

beforeAll(async () => {
  made = await sealedDatabase();
  folder = mkdtempSync(join(tmpdir(), 'planning-year-seals-'));
  file = join(folder, 'seals.ndjson');
  const { rows } = await sql<{ name: string }>`select current_database() as name`.execute(
    made.api.ctx.db,
  );
  const named = (url: string) => {
    const moved = new URL(url);
    moved.pathname = `/${rows[0]!.name}`;
    return moved.href;
  };
  env = {
    DATABASE_URL: named(process.env.TEST_SERVING_URL!),
    MIGRATION_DATABASE_URL: named(process.env.TEST_DATABASE_URL!),
    ...{ DATA_DIR: folder, NOW: '2026-11-21T15:00:00Z' },
  };
});
afterAll(async () => {
  await made.api.close();
  rmSync(folder, { recursive: true, force: true });
});

/** `npm run COMMAND -- ARGS`, without npm. */
async function run(command: string, args: string[] = []) {
  const child = spawn(process.execPath, [join('src/commands', `${command}.ts`), ...args], {
    env: { PATH: process.env.PATH, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const told = { out: '', errors: '' };
  child.stdout.on('data', (chunk) => (told.out += chunk));
  child.stderr.on('data', (chunk) => (told.errors += chunk));
  const [code] = await once(child, 'close');
  return { code, ...told };
}

const tell = (day: string | null = null, more: Partial<Context> = {}) =>
  tellSeals({ ...made.api.ctx, ...more, config: { sealsFile: file } }, day);
const told = () => readSeals(readFileSync(file, 'utf8'));

describe('the seals outside of the database', () => {
  test('are appended one a line, also those that were missed, and none twice', async () => {
    await tell();
    expect(told().map(({ seal }) => seal)).toEqual(['2026-11-18', '2026-11-19', '2026-11-20']);
    const { rows } = await sql<{ digest: string }>`
      select encode(digest, 'hex') as digest from seals order by sealed_on`.execute(
      made.api.ctx.db,
    );
    expect(told().map(({ digest }) => digest)).toEqual(rows.map(({ digest }) => digest));
    expect(told()[1]!.previous).toBe(told()[0]!.digest);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    await tell();
    expect(told()).toHaveLength(3);

    made.api.clock.set('2026-11-22T06:30:00Z');
    await tell(await sealYesterday(made.api.ctx));
    expect(told().map(({ seal }) => seal)).toEqual([
      ...['2026-11-18', '2026-11-19', '2026-11-20', '2026-11-21'],
    ]);
  });

  test('are whole again after a crash has cut the last line short', async () => {
    const whole = readFileSync(file, 'utf8');
    for (const kept of [whole.length - 1, whole.length - 40, 10, 0]) {
      writeFileSync(file, whole.slice(0, kept));
      await tell();
      expect(readFileSync(file, 'utf8')).toBe(whole);
    }
  });

  test('go to standard output where no file is named, of the day that was sealed', async () => {
    const lines: string[] = [];
    const out = (line: string) => void lines.push(line);
    const surroundings = { ...made.api.ctx, config: { sealsFile: null } };
    await tellSeals(surroundings, null, out);
    expect(lines).toEqual([]);
    await tellSeals(surroundings, '2026-11-21', out);
    expect(lines).toEqual([`${JSON.stringify(told().at(-1))}\n`]);
  });

  test('that the database does not hold raise an alarm', async () => {
    const whole = readFileSync(file, 'utf8');
    const alarms: string[] = [];
    const log = pino({ level: 'error' }, { write: (line) => alarms.push(line) });
    await tell(null, { log });
    expect(alarms).toEqual([]);
    writeFileSync(file, whole.replaceAll(told().at(-1)!.digest, 'ab'.repeat(32)));
    await tell(null, { log });
    expect(alarms).toEqual([expect.stringContaining('"alarm":"seals"')]);
    writeFileSync(file, whole);
  });
});

describe('npm run audit:verify', () => {
  test('verifies the database itself, with and without the seals outside', async () => {
    for (const args of [[], ['--database'], ['--seals', file]]) {
      const { code, out, errors } = await run('audit-verify', args);
      expect([code, errors]).toEqual([0, '']);
      expect(out).toMatch(/^3 planning years with \d+ entries, 9 facts, 4 seals: 0 faults\.$/m);
    }
    const { out } = await run('audit-verify', ['--heads']);
    for (const id of made.years) expect(out).toMatch(new RegExp(`^${id} \\d+ [0-9a-f]{64}$`, 'm'));
  });

  test('tells of a seal that is outside alone, and of one that is another there', async () => {
    const whole = readFileSync(file, 'utf8');
    const last = told().at(-1)!;
    appendFileSync(file, `${JSON.stringify({ ...last, seal: '2026-11-25' })}\n`);
    const gone = await run('audit-verify', ['--seals', file]);
    expect([gone.code, gone.out]).toEqual([
      1,
      expect.stringMatching(/^BROKEN: the seal of 2026-11-25 is gone/m),
    ]);
    writeFileSync(file, whole.replaceAll(last.digest, 'cd'.repeat(32)));
    const other = await run('audit-verify', ['--seals', file]);
    expect([other.code, other.out]).toEqual([
      1,
      expect.stringMatching(/the seal of 2026-11-21 is not the one/),
    ]);
    writeFileSync(file, whole);
  });

  test('says how it is used, and exits with 2 where nothing could be checked', async () => {
    for (const args of [['a', 'b'], ['--unknown'], ['a', '--database']])
      expect(await run('audit-verify', args)).toMatchObject({
        code: 2,
        errors: expect.stringMatching(/^Use: /),
      });
    expect(await run('audit-verify', ['/nowhere'])).toMatchObject({
      code: 2,
      errors: 'There is no file /nowhere.\n',
    });
    expect(await run('audit-verify', ['--seals', '/nowhere'])).toMatchObject({ code: 2 });
    writeFileSync(join(folder, 'none'), 'x\n');
    expect(await run('audit-verify', ['--seals', join(folder, 'none')])).toMatchObject({
      ...{ code: 2, errors: 'Line 1 of the seals file is no seal.\n' },
    });
  });
});

describe('npm run rebuild', () => {
  test('exits with 0 when there is nothing to say', async () => {
    const { code, out, errors } = await run('rebuild');
    expect([code, errors]).toEqual([0, '']);
    expect(out).toMatch(/: 0 differences, 0 broken chains, 0 faults of the evidence\.\n$/);
  });

  test('puts a year back to the school that its log names, says so, and exits with 1', async () => {
    const { db } = made.api.ctx;
    const [id] = made.years;
    await sql`update planning_years set organization_code = '98-901-0010-26-0099' where id = ${id}`.execute(
      db,
    );
    expect((await made.api.admin.get(`/v1/planning-years/${id}`)).statusCode).toBe(503);
    const verified = await run('audit-verify');
    expect([verified.code, verified.out]).toEqual([
      1,
      expect.stringContaining(
        `BROKEN: ${id}: its row says that its organizationCode is 98-901-0010-26-0099, and its log tells 98-901-0010-26-0000.`,
      ),
    ]);
    const rebuilt = await run('rebuild');
    expect([rebuilt.code, rebuilt.out]).toEqual([
      1,
      expect.stringContaining(`mended ${id}: whose it is\n`),
    ]);
    expect((await made.api.admin.get(`/v1/planning-years/${id}`)).statusCode).toBe(200);
    expect((await run('rebuild')).code).toBe(0);
    expect((await run('audit-verify')).code).toBe(0);
  });

  test('tells what the seals contradict, and exits with 1', async () => {
    await made.api.ctx.db.transaction().execute(async (trx) => {
      await sql`set local session_replication_role = replica`.execute(trx);
      await sql`delete from audit_entries where planning_year_id = ${made.years[1]}`.execute(trx);
    });
    const { code, out } = await run('rebuild');
    expect([code, out]).toEqual([
      1,
      expect.stringMatching(/^SEALS the seal of 2026-11-18 is broken\.$/m),
    ]);
  });
});
