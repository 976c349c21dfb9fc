import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Context, Db } from '../../../src/context.ts';
import { newId } from '../../../src/ids.ts';
import { createMailer } from '../../../src/mail/create.ts';
import { loadPrograms } from '../../../src/programs/load.ts';
import { scan } from '../../../src/reminders/scan.ts';
import { sendMails } from '../../../src/reminders/send.ts';
import { contextOn, heldMailer, heldQueue } from '../../reminders/support/world.ts';
import { createTestDatabase } from '../../support/database.ts';
import { DISTRICT, openTestYears } from '../../support/years.ts';
import { startMoodyServer } from './moody-server.ts';

const ROOT = join(import.meta.dirname, '../../..');
const BEGIN = '2027-01-04T08:00:00-06:00';
/** How long the mail server takes to say that it has taken a mail. */
const DELAY_MS = 150;

/** Where between claim and mark the process dies. */
export const points = ['claimed', 'before the dot', 'before the 250', 'after the 250'] as const;
export type KillPoint = (typeof points)[number];

/**
 * Kills a real worker `times` at that point, each time with `mails` mails due, and lets what it left
 * behind be taken up.
 */
export async function tryKills(point: KillPoint, times: number, mails: number) {
  const { db, url, drop } = await createTestDatabase();
  const dataDir = await mkdtemp(join(tmpdir(), 'kills-'));
  let reached = (_: KillPoint) => {};
  const server = await startMoodyServer({ delayMs: DELAY_MS, on: (at) => reached(at) });
  const { queue, take } = heldQueue();
  let now = new Date(BEGIN);
  const plain = contextOn(db, { now: () => now }, queue, heldMailer().mailer);
  const mailer = createMailer({ ...plain.config, smtpUrl: server.url }, plain.log);
  const ctx: Context = { ...plain, programs: await loadPrograms(), mailer };
  const found = { kills: 0, inFlight: 0, missing: 0, duplicates: 0, beyond: 0, longestLease: 0 };
  try {
    await givePrincipals(ctx, mails);
    await scan(ctx);
    take();
    for (; found.kills < times; found.kills++) {
      now = new Date(BEGIN);
      await makeDueAgain(db, now);
      server.taken.length = 0;
      const here = new Promise<void>((resolve) => {
        reached = (at) => at === point && resolve();
      });
      const worker = startWorker(url, server.url, dataDir);
      await (point === 'claimed' ? somethingClaimed(db) : here);
      worker.kill('SIGKILL');
      await once(worker, 'exit');

      const orphans = await orphansOf(db);
      const leases = orphans.map(({ claimedAt, next }) => next.getTime() - claimedAt.getTime());
      // The minute of the lease itself is not what is tried here.
      now = new Date(now.getTime() + 10 * 60_000);
      await scan(ctx);
      await sendMails(ctx, take());
      const arrived = new Set(server.taken.map(({ messageId }) => messageId)).size;
      const duplicates = server.taken.length - arrived;
      found.inFlight += orphans.length;
      found.missing += mails - arrived;
      found.duplicates += duplicates;
      found.beyond += Math.max(0, duplicates - orphans.length);
      found.longestLease = Math.max(found.longestLease, ...leases);
    }
    return found;
  } finally {
    await mailer.close();
    await server.stop();
    await drop();
    await rm(dataDir, { recursive: true, force: true });
  }
}

async function givePrincipals(ctx: Context, count: number): Promise<void> {
  await openTestYears(ctx, count);
  const program = ctx.programs.all[0]!;
  const role = program.pack.program.roles.find(({ kind }) => kind === 'school')!.id;
  for (let at = 0; at < count; at++) {
    const personId = newId(ctx.clock.now());
    const email = `person-${at}@example.org`;
    const [born, shared] = [ctx.clock.now(), { demo: false, version: 1 }];
    await ctx.db
      .insertInto('people')
      .values({ ...shared, id: personId, name: `Person ${at}`, email, createdAt: born })
      .execute();
    await ctx.db
      .insertInto('assignments')
      .values({
        ...shared,
        id: newId(born),
        personId,
        program: program.id,
        role,
        organizationKind: 'school',
        organizationCode: `${DISTRICT}-${String(at).padStart(4, '0')}`,
        fromOn: '2026-10-01',
        toOn: null,
      })
      .execute();
  }
}

/** As if nothing had been sent: the same mails, under the same Message-IDs. */
async function makeDueAgain(db: Db, now: Date): Promise<void> {
  await db
    .updateTable('messages')
    .set({ status: 'queued', attempts: 0, nextAttemptAt: now, claimedAt: null })
    .execute();
  await db
    .updateTable('reminders')
    .set({ status: 'scheduled' })
    .where('messageId', 'is not', null)
    .execute();
}

const startWorker = (url: string, smtpUrl: string, dataDir: string): ChildProcess =>
  spawn(process.execPath, [join(ROOT, 'src/worker.ts')], {
    cwd: ROOT,
    env: {
      PATH: process.env.PATH,
      DATABASE_URL: url,
      SMTP_URL: smtpUrl,
      MAIL_FROM: 'plans@example.org',
      DATA_DIR: dataDir,
      DEMO: '0',
      NOW: BEGIN,
    },
    stdio: 'ignore',
  });

async function somethingClaimed(db: Db): Promise<void> {
  while ((await orphansOf(db)).length === 0) await sleep(3);
}

/** What is claimed, and not marked. */
const orphansOf = (db: Db) =>
  db
    .selectFrom('messages')
    .select(['id', 'claimedAt', 'nextAttemptAt as next'])
    .where('status', '=', 'sending')
    .$narrowType<{ claimedAt: Date; next: Date }>()
    .execute();
