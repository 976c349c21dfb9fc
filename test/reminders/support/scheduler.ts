import { setTimeout } from 'node:timers/promises';
import { sql } from 'kysely';
import { pino } from 'pino';
import { openDatabase } from '../../../src/db/database.ts';
import { scan } from '../../../src/reminders/scan.ts';
import { rowsPrograms } from './rows-program.ts';
import { contextOn, heldMailer, heldQueue } from './world.ts';

/** A scheduler in a process of its own: it scans on and on by the clock that the database holds. */
const db = openDatabase(process.argv[2]!, pino({ level: 'silent' }));
let now = new Date(0);
const clock = { now: () => now };
const ctx = {
  ...contextOn(db, clock, heldQueue().queue, heldMailer().mailer),
  programs: rowsPrograms,
};
for (;;) {
  const { rows } = await sql<{ now: Date }>`select now from played_clock`.execute(db);
  now = rows[0]!.now;
  await scan(ctx);
  await setTimeout(5);
}
