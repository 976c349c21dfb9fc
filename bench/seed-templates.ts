import { actorWith } from '../src/actor.ts';
import type { Context } from '../src/context.ts';
import { play, type Standing } from '../src/demo/play.ts';
import { nextClockDate } from '../src/planning-years/decide.ts';
import { currentModel } from '../src/planning-years/models.ts';
import { insertNew, newYear } from '../src/planning-years/open.ts';
import type { Writing } from '../src/planning-years/writing.ts';
import { todayOf } from '../src/programs/today.ts';

export const PROGRAM = 'isbe-comprehensive';
export const YEAR = '2026-27';
export const RELEASED_ON = '2026-10-15';

const OPENER = actorWith('bench', {
  kind: 'system',
  role: 'bench',
  program: null,
  scope: { all: true },
});

/**
 * A few planning years, opened and played up to the clock's date through the engine's own decisions:
 * what the many are copied from.
 */
export async function seedTemplates(ctx: Context, standings: Standing[]): Promise<void> {
  const model = currentModel(ctx.programs, PROGRAM, YEAR);
  const now = ctx.clock.now();
  const writings = standings.map((standing, index): Writing => {
    const code = `99-999-9990-26-${String(index).padStart(4, '0')}`;
    const organization = {
      kind: 'school' as const,
      code,
      districtCode: '99-999-9990-26',
      demo: false,
    };
    const given = { newlyDesignated: index % 2 === 0, resourceAllocationReview: index % 3 === 0 };
    const year = {
      ...{ program: PROGRAM, year: YEAR, organization, designation: 'Comprehensive', given },
      releasedOn: RELEASED_ON,
    };
    const writing = newYear(model, year, OPENER, new Date(`${RELEASED_ON}T15:00:00Z`));
    const today = (at: Date) => todayOf(ctx.programs, PROGRAM, at);
    play(writing, standing, now, today);
    const clockOn = nextClockDate(model, writing.row.state, today(now));
    writing.row = { ...writing.row, clockOn };
    return writing;
  });
  await ctx.db.transaction().execute(async (trx) => {
    await trx
      .insertInto('districts')
      .values({ code: '99-999-9990-26', name: 'District of the templates', demo: false })
      .execute();
    await trx
      .insertInto('schools')
      .values(
        writings.map(({ row }) => ({
          ...{ code: row.organizationCode, districtCode: row.districtCode, name: 'Template' },
          ...{ city: 'Exampleton', county: 'Example', schoolType: 'High School', grades: '9-12' },
          ...{ enrollment: 500, demo: false, version: 1, updatedAt: now },
        })),
      )
      .execute();
    await insertNew(trx, writings, now);
  });
}
