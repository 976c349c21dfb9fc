import type { Context } from '../../src/context.ts';
import { bootstrap } from '../../src/http/authenticate.ts';
import { openYears } from '../../src/planning-years/open.ts';

export const DISTRICT = '98-901-0010-26';

/** Opens the planning years of so many invented schools; their ids. */
export async function openTestYears(
  ctx: Pick<Context, 'db' | 'programs' | 'clock'>,
  count: number,
): Promise<string[]> {
  const [program] = ctx.programs.all;
  if (!program) throw new Error('There is no program.');
  const now = ctx.clock.now();
  const codes = Array.from(
    { length: count },
    (_, n) => `${DISTRICT}-${String(n).padStart(4, '0')}`,
  );
  return ctx.db.transaction().execute(async (trx) => {
    await trx
      .insertInto('districts')
      .values({ code: DISTRICT, name: 'Example', demo: false })
      .onConflict((conflict) => conflict.doNothing())
      .execute();
    await trx
      .insertInto('schools')
      .values(
        codes.map((code) => ({
          ...{
            code,
            districtCode: DISTRICT,
            name: `Example ${code}`,
            city: 'Town',
            county: 'County',
          },
          ...{ schoolType: 'High School', grades: '9 - 12', enrollment: 100, demo: false },
          ...{ version: 1, updatedAt: now },
        })),
      )
      .execute();
    const ids = await openYears(
      ctx,
      trx,
      codes.map((code) => ({
        program: program.id,
        year: '2026-27',
        organization: { kind: 'school' as const, code, districtCode: DISTRICT, demo: false },
        designation: 'Comprehensive',
        releasedOn: '2026-10-15',
        given: { newlyDesignated: false, resourceAllocationReview: false },
      })),
      bootstrap,
    );
    return ids.filter((id) => id !== null);
  });
}
