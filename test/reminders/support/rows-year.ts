import { sql } from 'kysely';
import type { Db } from '../../../src/context.ts';
import { fixtures } from './world.ts';

/** A small invented year: what is due for whom, what is done when, and who holds which role when. */
export interface RowsYear {
  schools: School[];
  first: string;
  days: number;
}

export interface School {
  code: string;
  year: string;
  tasks: Task[];
  posts: Post[];
}

export interface Task {
  id: string;
  role: string;
  kind: 'deadline' | 'occasion' | 'expected';
  dueOn: string;
  /** The day to aim at; a date that is moved may come to lie before it. */
  safeBy: string | null;
  /** Blocked until after the morning of this date; null: it is open from the beginning. */
  opensOn: string | null;
  /** Done after the morning of this date; null: never. */
  doneOn: string | null;
  /** Moved to another date after the morning of some date. */
  moved: { on: string; to: string } | null;
}

export interface Post {
  person: string;
  role: string;
  from: string;
  to: string | null;
}

/** Puts a year into the tables. `random` gives numbers from 0 up to 1. */
export async function seedRowsYear(
  db: Db,
  random: () => number,
  { schools: count, days }: { schools: number; days: number },
): Promise<RowsYear> {
  const add = fixtures(db);
  const first = '2026-10-15';
  const some = (limit: number) => Math.floor(random() * limit);
  const date = () => plusDays(first, some(days));
  const schools: School[] = [];
  const coach = await add.person('Coach');
  await add.assign(coach, 'coordinator', 'state', 'EX');
  for (let at = 0; at < count; at++) {
    const district = String(100 + Math.floor(at / 10));
    const code = `${district}-${String(at % 10).padStart(4, '0')}`;
    const year = await add.school(code, `School ${at}`);
    const school: School = { code, year, tasks: [], posts: [] };
    school.posts.push({ person: coach, role: 'coordinator', from: '2026-08-01', to: null });
    for (let key = 0; key < 8; key++) {
      const role = ['principal', 'district', 'principal', 'coordinator'][key % 4]!;
      const kind = (['expected', 'deadline', 'deadline', 'occasion'] as const)[some(4)]!;
      const dueOn = date();
      const safeBy = random() < 0.4 ? plusDays(dueOn, -1 - some(6)) : null;
      const opensOn = random() < 0.4 ? date() : null;
      const id = await add.task(year, `jan-1/${role}/${key}`, {
        ...{ dueOn, kind, status: opensOn === null ? 'open' : 'blocked' },
        ...(safeBy !== null && { safeBy }),
      });
      const doneOn = random() < 0.6 ? date() : null;
      const moved = random() < 0.2 ? { on: date(), to: date() } : null;
      school.tasks.push({ id, role, kind, dueOn, safeBy, opensOn, doneOn, moved });
    }
    for (const role of ['principal', 'district']) {
      // Somebody from the beginning, somebody later, or nobody for a while.
      let from: string | null = random() < 0.8 ? '2026-08-01' : date();
      while (from !== null) {
        const to: string | null = random() < 0.5 ? plusDays(from, 20 + some(120)) : null;
        const person = await add.person(`${role} of ${code}`);
        await add.assign(person, role, 'school', code, [from, to]);
        school.posts.push({ person, role, from, to });
        from = to && random() < 0.8 ? plusDays(to, 1 + some(20)) : null;
      }
    }
    schools.push(school);
  }
  return { schools, first, days };
}

/** What happens after the morning of a date. @returns the transaction that a scan has to have seen */
export async function changeOn(db: Db, { schools }: RowsYear, day: string): Promise<string> {
  return db.transaction().execute(async (trx) => {
    // What has come up by the morning is sent.
    await sql`update reminders set status = 'sent' where status = 'scheduled'`.execute(trx);
    const touched: string[] = [];
    for (const { year, tasks } of schools)
      for (const { id, opensOn, doneOn, moved } of tasks) {
        if (opensOn !== day && doneOn !== day && moved?.on !== day) continue;
        touched.push(year);
        if (opensOn === day)
          await trx
            .updateTable('tasks')
            .set({ status: 'open' })
            .where('id', '=', id)
            .where('status', '=', 'blocked')
            .execute();
        if (moved?.on === day)
          await trx.updateTable('tasks').set({ dueOn: moved.to }).where('id', '=', id).execute();
        if (doneOn === day)
          await trx.updateTable('tasks').set({ status: 'done' }).where('id', '=', id).execute();
      }
    const { rows } = await sql<{ xid: string }>`
      with touched as (
        update planning_years set head_seq = head_seq + 1 where id = any(${touched}::uuid[])
        returning id
      )
      select pg_current_xact_id()::text as xid, (select count(*) from touched)`.execute(trx);
    return rows[0]!.xid;
  });
}

export const plusDays = (day: string, days: number): string =>
  new Date(Date.parse(day) + days * 86_400_000).toISOString().slice(0, 10);

/** Numbers from 0 up to 1 that a seed gives anew each time (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
