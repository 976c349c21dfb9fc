import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { pino } from 'pino';
import { rebuild } from '../../src/planning-years/rebuild.ts';
import { playYear } from '../../src/simulate/play.ts';
import { openStage, type Stage } from '../../src/simulate/stage.ts';
import { historiesOf, ledgerOf } from '../simulate/support/ledger.ts';
import { expectedReminders } from '../simulate/support/oracle.ts';

const ROOT = join(import.meta.dirname, '../..');
const SCHOOLS = 200;

const stages: Stage[] = [];
afterAll(() => Promise.all(stages.map((stage) => stage.close())));

describe('a simulated year', () => {
  test(`of ${SCHOOLS} schools has a ledger that an independent oracle agrees with to the line`, async () => {
    const databaseUrl = new URL(process.env.TEST_DATABASE_URL!);
    databaseUrl.pathname = '/postgres';
    const log = pino({ level: 'silent' });
    const stage = await openStage({ databaseUrl: databaseUrl.href, log });
    stages.push(stage);
    const options = { program: null, year: '2026-27', schools: SCHOOLS, seed: 1, late: null };
    const played = await playYear(stage, options);
    const histories = await historiesOf(stage.ctx.db, played);
    const expected = expectedReminders(histories, played.posts, [played.releasedOn, played.until]);
    const ledger = await ledgerOf(stage.ctx.db);
    const missing = difference(expected.sent, ledger.sent);
    const unasked = difference(ledger.sent, expected.sent);
    process.stdout.write(
      `${ledger.sent.length} reminders in ${stage.mail.received.length} mails: ${missing.length} missing, ${unasked.length} unasked or twice; ${played.watch.total} s\n`,
    );
    expect({ missing, unasked }).toEqual({ missing: [], unasked: [] });
    expect(ledger.neverSent).toEqual(expected.neverSent);
    const rebuilt = await rebuild(stage.ctx);
    expect(rebuilt).toMatchObject({ planningYears: SCHOOLS, differences: [], broken: [] });
  });

  test('printed twice as JSON is the same to the byte but for its timing', () => {
    const [one, other] = [simulateJson(), simulateJson()];
    const { timing, ...rest } = JSON.parse(one) as Record<string, unknown>;
    expect(timing).toMatchObject({ seconds: expect.any(Number) });
    const { timing: _, ...others } = JSON.parse(other) as Record<string, unknown>;
    expect(JSON.stringify(rest)).toBe(JSON.stringify(others));
    process.stdout.write(`trace ${rest.trace}\n`);
  });
});

/** Multiset difference: what of `a` is not, or not as often, in `b`. */
function difference(a: string[], b: string[]): string[] {
  const left = new Map<string, number>();
  for (const one of b) left.set(one, (left.get(one) ?? 0) + 1);
  return a.filter((one) => {
    const count = left.get(one) ?? 0;
    left.set(one, count - 1);
    return count <= 0;
  });
}

function simulateJson(): string {
  const args = '--year 2026-27 --schools 5 --seed 9 --late needsAssessment:21d --json'.split(' ');
  const { stdout, stderr, status } = spawnSync(
    process.execPath,
    [join(ROOT, 'src/commands/simulate.ts'), ...args],
    { encoding: 'utf8', env: { PATH: process.env.PATH } },
  );
  if (status !== 0) throw new Error(stderr);
  return stdout;
}
