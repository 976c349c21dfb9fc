import { sql } from 'kysely';
import { todayIn } from '../../calendar/dates.ts';
import { clockActor } from '../actor.ts';
import type { Context } from '../context.ts';
import { openYears } from './open.ts';

type Ctx = Pick<Context, 'db' | 'programs' | 'clock'>;

/**
 * Opens the next year of the lifecycle for schools whose planning year is done or over, where the
 * program names the one that follows it. A school's years are a series: the designation goes on.
 * @returns how many were opened
 */
export async function openWhatFollows({ db, programs, clock }: Ctx): Promise<number> {
  let opened = 0;
  for (const { id: program, pack } of programs.all) {
    const next = pack.program.followedBy;
    const follower = next === undefined ? undefined : programs.get(next);
    if (!follower) continue;
    const today = todayIn(pack.program.zone, clock.now());
    opened += await db.transaction().execute(async (trx) => {
      const ended = await sql<Ended>`
        select y.organization_kind as kind, y.organization_code as code, y.demo,
          y.district_code as "districtCode", y.state ->> 'designation' as designation, y.year
        from planning_years y
        where y.program = ${program} and y.status <> 'withdrawn'
          and (y.status = 'done' or y.state ->> 'ended' = 'true')
          and not exists (
            select from planning_years n
            where n.program = ${follower.id} and n.organization_code = y.organization_code
              and n.year > y.year)
        order by y.organization_code limit 1000`.execute(trx);
      const years = ended.rows.map(({ designation, year, ...organization }) => ({
        program: follower.id,
        year: yearAfter(year),
        organization,
        designation,
        releasedOn: today,
        given: {},
      }));
      const ids = await openYears({ programs, clock }, trx, years, clockActor);
      return ids.filter((id) => id !== null).length;
    });
  }
  return opened;
}

interface Ended {
  kind: 'school' | 'district';
  code: string;
  districtCode: string;
  demo: boolean;
  designation: string;
  year: string;
}

/** `2027-28` after `2026-27`. */
function yearAfter(year: string): string {
  const first = Number(year.slice(0, 4)) + 1;
  return `${first}-${String((first + 1) % 100).padStart(2, '0')}`;
}
