import { expect, test } from '@jest/globals';
import { sql } from 'kysely';
import { scan } from '../../src/reminders/scan.ts';
import { bootstrap } from '../../src/http/authenticate.ts';
import { previewDigests } from '../../src/reminders/preview.ts';
import { readPreview } from '../../src/reminders/read-preview.ts';
import { sendDigest } from '../../src/reminders/send.ts';
import { testClock } from '../support/clock.ts';
import { createTestDatabase } from '../support/database.ts';
import { contextOn, fixtures, heldMailer, heldQueue } from './support/world.ts';
test('scale', async () => {
  const { db, drop } = await createTestDatabase();
  const clock = testClock('2027-01-17T08:00:00-06:00');
  const { queue, take } = heldQueue();
  const { mailer, mails } = heldMailer();
  const ctx = contextOn(db, clock, queue, mailer);
  const add = fixtures(db);
  const N = 1000;
  const coach = await add.person('coach');
  await add.assign(coach, 'coordinator', 'state', 'X');
  for (let i = 0; i < N; i++) {
    const code = `${String(i % 200).padStart(3, '0')}-${i}`;
    await add.school(code, `School ${i}`);
    const p = await add.person(`P${i}`);
    await add.assign(p, 'principal', 'school', code);
    const q = await add.person(`Q${i}`);
    await add.assign(q, 'district', 'school', code);
  }
  await sql`insert into tasks (id, planning_year_id, task_key, activity, role, scope, kind, due_on, status, position)
   select gen_random_uuid(), y.id, 'jan-1/r/' || n, 'jan-1', (array['principal','district','coordinator','slt'])[n % 4 + 1], 'school',
     case when n % 3 = 0 then 'deadline' else 'expected' end, date '2026-10-20' + n * 2, case when n < 20 then 'done' else 'open' end, n
   from planning_years y, generate_series(0, 151) n`.execute(db);
  await sql`analyze`.execute(db);
  const time = async (name: string, act: () => Promise<unknown>) => { const t = Date.now(); const r = await act(); console.log(name, Date.now() - t, 'ms', JSON.stringify(r)?.slice(0, 100)); };
  await time('first', () => scan(ctx));
  await sql`analyze`.execute(db);
  await time('again', () => scan(ctx));
  const ids = take();
  await time('send 200', async () => { for (const id of ids.slice(0, 200)) await sendDigest(ctx, id); });
  await time('send coach', async () => { await Promise.all(ids.slice(200).map((id) => sendDigest(ctx, id))); });
  console.log(mails.map((m) => m.text.length).sort((a, b) => b - a).slice(0, 3), mails.map((m) => m.html.length).sort((a, b) => b - a).slice(0, 3));
  for (let d = 0; d < 5; d++) { clock.advance({ days: 1 }); await time('day', () => scan(ctx)); const more = take(); await Promise.all(more.map((id) => sendDigest(ctx, id))); }
  await sql`analyze`.execute(db);
  await time('again', () => scan(ctx));
  await time('preview', async () => { const { people: _, ...input } = await readPreview(ctx, bootstrap, '2027-03-20'); return (await previewDigests(input, '2027-01-23', '2027-03-20')).length; });
  await drop();
  expect(1).toBe(1);
}, 300000);
