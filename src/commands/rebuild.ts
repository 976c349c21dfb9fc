import { verifyDatabase } from '../audit/verify-database.ts';
import { mendQuarantine } from '../mending/quarantine.ts';
import { rebuild } from '../planning-years/rebuild.ts';
import { rebuildCounts } from '../reports/rebuild.ts';
import { command } from './command.ts';

/**
 * `npm run rebuild`: exit 1 when anything had to be mended, can't be, or contradicts the seals, so that
 * whoever runs it by a timer hears of it.
 */
await command(async ({ ctx }) => {
  const { planningYears, tasks, differences, broken } = await rebuild(ctx);
  const counts = await ctx.db.transaction().execute((trx) => rebuildCounts(trx));
  const { mended, left } = await mendQuarantine(ctx);
  const { faults } = await verifyDatabase(ctx.db, ctx.clock.now());
  for (const { planningYear, what } of broken)
    process.stdout.write(`BROKEN ${planningYear}: ${what}. It was left as it is.\n`);
  for (const { planningYear, what } of differences)
    process.stdout.write(`mended ${planningYear}: ${what}\n`);
  for (const what of counts) process.stdout.write(`mended counts: ${what}\n`);
  for (const what of mended) process.stdout.write(`mended ${what}\n`);
  for (const { kind, subject, reason, remedy } of left)
    process.stdout.write(`LEFT ${kind} ${subject}: ${reason} Mend it with: ${remedy}\n`);
  for (const fault of faults) process.stdout.write(`SEALS ${fault}.\n`);
  process.stdout.write(
    `${planningYears} planning years and ${tasks} tasks rebuilt from the log: ${differences.length + counts.length} differences, ${broken.length} broken chains, ${faults.length} faults of the evidence.\n`,
  );
  const found = [broken, left, faults, differences, counts, mended];
  return found.some(({ length }) => length > 0) ? 1 : 0;
}, 'owner');
