import { sql } from 'kysely';
import { todayOf } from '../../src/programs/today.ts';
import { scan } from '../../src/reminders/scan.ts';
import type { Group, Measured } from '../figure.ts';
import { alternate, compared, median, rateOf } from '../rounds.ts';
import { seedSchools } from '../seed-schools.ts';
import { PROGRAM, seedTemplates } from '../seed-templates.ts';
import { openWorld, type World } from '../world.ts';

const SIZES = { '10k': 10_000, '100k': 100_000 } as const;
const ROUNDS = { '10k': 5, '100k': 3 } as const;
const DAY_BEFORE = '2027-01-23T10:00:00-06:00';
const DAY = '2027-01-24T10:00:00-06:00';
/** A deadline a week later, which some schools have met and others may not meet yet. */
const DEADLINE = '2027-01-31';

export const sweeps: Group = {
  bounds: [
    { name: 'sweep.10k', unit: 'schools/s', atLeast: 0.7, aim: 0.9 },
    { name: 'sweep.100k', unit: 'schools/s', atLeast: 0.7, aim: 0.9 },
    { name: 'sweepAgain.100k', unit: 's', atLeast: 0.3, aim: 0.2, atMost: true },
  ],
  method:
    'sweep: one scan a week before a deadline, the day before scanned already, against one statement of INSERT … SELECT that writes the same rows of ledger, messages and queue; of the task lists only what is due in January and February is loaded. sweepAgain: a second scan that finds nothing new, as a share of the first.',
  async measure(bench, wanted) {
    const figures: Measured[] = [];
    for (const size of ['10k', '100k'] as const) {
      const names = size === '10k' ? ['sweep.10k'] : ['sweep.100k', 'sweepAgain.100k'];
      if (!names.some((name) => wanted.has(name))) continue;
      const world = await openWorld(bench, `sweep_${size}`, { now: DAY_BEFORE });
      try {
        bench.say(`seeding ${SIZES[size]} schools`);
        await seed(world, SIZES[size]);
        bench.say(`measuring scans of ${SIZES[size]} schools`);
        figures.push(...(await measureScans(world, size)));
      } finally {
        await world.stop();
      }
    }
    return figures;
  },
};

async function seed({ ctx }: World, schools: number): Promise<void> {
  await seedTemplates(ctx, [
    'prompt',
    'late',
    'prompt',
    'late',
    'prompt',
    'late',
    'prompt',
    'late',
  ]);
  await seedSchools(ctx, { schools, due: { from: '2027-01-01', to: '2027-02-28' }, people: true });
  await scan(ctx);
  await sql`update messages set status = 'sent', next_attempt_at = null`.execute(ctx.db);
  await sql`update reminders set status = 'sent' where status = 'scheduled'`.execute(ctx.db);
  await clear(ctx);
}

async function measureScans(world: World, size: keyof typeof SIZES): Promise<Measured[]> {
  const { ctx } = world;
  world.at(DAY);
  const schools = SIZES[size];
  const again: number[] = [];
  let recorded = 0;
  const ours = async (): Promise<number> => {
    await clear(ctx);
    const rate = await rateOf(schools, async () => {
      recorded = (await scan(ctx)).recorded;
    });
    const second = await rateOf(schools, async () => {
      const { recorded: twice } = await scan(ctx);
      if (twice !== 0) throw new Error(`The second scan found ${twice} reminders that are new.`);
    });
    again.push(rate / second);
    return rate;
  };
  const limit = async (): Promise<number> => {
    await clear(ctx);
    return rateOf(schools, async () => {
      const written = await oneStatement(ctx);
      if (written !== recorded)
        throw new Error(`The scan recorded ${recorded} reminders, the statement ${written}.`);
    });
  };
  const rates = await alternate({ ours, limit }, ROUNDS[size]);
  const figures = [compared(`sweep.${size}`, rates.ours, rates.limit)];
  if (size === '100k') {
    const shares = again.slice(1);
    figures.push({
      name: 'sweepAgain.100k',
      ours: (schools / median(rates.ours)) * median(shares),
      limit: null,
      ratio: median(shares),
      spread: [Math.min(...shares), Math.max(...shares)],
    });
  }
  return figures;
}

/** Takes away what the day has brought, with the dead rows: the day before is the last that was scanned. */
async function clear({ db, programs, clock }: World['ctx']): Promise<void> {
  const today = todayOf(programs, PROGRAM, clock.now());
  await sql`delete from reminders where due_on = ${today} and status = 'scheduled'`.execute(db);
  await sql`delete from messages where local_date = ${today} and status = 'queued'`.execute(db);
  await sql`truncate queue.job_common`.execute(db);
  await sql`vacuum analyze reminders, messages`.execute(db);
}

/** The limit. @returns the reminders written */
async function oneStatement({ db, programs, clock }: World['ctx']): Promise<number> {
  const now = clock.now();
  const today = todayOf(programs, PROGRAM, now);
  const { rows } = await sql<{ count: number }>`
    with due as materialized (
      select t.id as task, t.planning_year_id as year, t.role, t.due_on, a.person_id
      from tasks t join planning_years y on y.id = t.planning_year_id
      join assignments a on a.program = y.program and a.role = t.role
        and a.organization_code in (y.organization_code, y.district_code)
      where t.due_on = ${DEADLINE}::date and t.status = 'open' and t.kind = 'deadline'
        and y.status = 'active'
    ), person as materialized (
      select person_id as id, uuidv7() as message from (select distinct person_id from due) d
    ), message as (
      insert into messages (id, person_id, local_date, status, mail_id, next_attempt_at, created_at)
      select message, id, ${today}::date, 'queued', '<' || message || '@example.org>',
        ${now}::timestamptz + interval '2 minutes', ${now} from person
    ), job as (
      insert into queue.job_common (id, name, data, expire_seconds, deletion_seconds, keep_until, retry_limit, policy)
      select gen_random_uuid(), 'send-mails', jsonb_build_object('messageIds', jsonb_build_array(message)), 600, 3600,
        ${now}::timestamptz + interval '1 day', 0, 'standard' from person
    ), ledger as (
      insert into reminders (id, planning_year_id, task_id, role, person_id, rule, occasion, due_on,
        status, message_id, created_at)
      select uuidv7(), due.year, due.task, due.role, due.person_id, 'deadline-near',
        'deadline-near:7:' || due.due_on, ${today}::date, 'scheduled', person.message, ${now}
      from due join person on person.id = due.person_id
      on conflict do nothing returning 1
    )
    select count(*) from ledger`.execute(db);
  return rows[0]!.count;
}
