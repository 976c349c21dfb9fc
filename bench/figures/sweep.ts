import { sql } from 'kysely';
import { todayOf } from '../../src/programs/today.ts';
import { addDays } from '../../src/reminders/days.ts';
import { scan } from '../../src/reminders/scan.ts';
import type { Group, Measured } from '../figure.ts';
import { alternate, compared, median, rateOf } from '../rounds.ts';
import { seedSchools } from '../seed-schools.ts';
import { PROGRAM, seedTemplates } from '../seed-templates.ts';
import { openWorld, type World } from '../world.ts';

const SIZES = { '10k': 10_000, '100k': 100_000 } as const;
const ROUNDS = { '10k': 5, '100k': 3 } as const;
const DAY_BEFORE = '2027-01-21T00:05:00-06:00';
const DAY = '2027-01-22T00:05:00-06:00';
/** A deadline whose day to aim at, the Friday before, is a week later; some schools have met it. */
const DEADLINE = '2027-01-31';

export const sweeps: Group = {
  bounds: [
    { name: 'sweep.10k', unit: 'schools/s', atLeast: 0.8, aim: 0.9 },
    { name: 'sweep.100k', unit: 'schools/s', atLeast: 0.8, aim: 0.9 },
    { name: 'sweepAgain.100k', unit: 's', atLeast: 0.3, aim: 0.2, atMost: true },
  ],
  method:
    'sweep: one scan at the beginning of a day, a week before the day to aim at of a deadline, the day before scanned already, against one statement of INSERT … SELECT that writes the same rows of the ledger; of the task lists only what is due in January and February is loaded. sweepAgain: a second scan that finds nothing new, as a share of the first.',
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
  await sql`update reminders set status = 'sent' where status = 'scheduled'`.execute(ctx.db);
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
  await sql`delete from reminders where due_on = ${today}`.execute(db);
  await sql`update reminder_scans set through = ${addDays(today, -1)}`.execute(db);
  await sql`vacuum analyze reminders`.execute(db);
}

/** The limit. @returns the reminders written */
async function oneStatement({ db, programs, clock }: World['ctx']): Promise<number> {
  const now = clock.now();
  const today = todayOf(programs, PROGRAM, now);
  const { numAffectedRows } = await sql`
    insert into reminders (id, planning_year_id, task_id, role, person_id, rule, occasion, due_on,
      status, created_at)
    select uuidv7(), t.planning_year_id, t.id, t.role, a.person_id, 'deadline-near',
      'deadline-near:7:' || t.safe_by, ${today}::date, 'scheduled', ${now}
    from tasks t join planning_years y on y.id = t.planning_year_id
    join assignments a on a.program = y.program and a.role = t.role
      and a.organization_code in (y.organization_code, y.district_code)
    where t.due_on = ${DEADLINE}::date and t.status in ('open', 'blocked') and t.kind = 'deadline'
      and y.status = 'active'
    on conflict do nothing`.execute(db);
  return Number(numAffectedRows);
}
