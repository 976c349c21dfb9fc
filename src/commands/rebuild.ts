import { rebuild } from '../planning-years/rebuild.ts';
import { rebuildCounts } from '../reports/rebuild.ts';
import { command } from './command.ts';

/** `npm run rebuild` */
await command(async ({ ctx }) => {
  const { planningYears, tasks, differences, broken } = await rebuild(ctx);
  const counts = await ctx.db.transaction().execute((trx) => rebuildCounts(trx));
  for (const { planningYear, what } of broken)
    process.stdout.write(`BROKEN ${planningYear}: ${what}. It was left as it is.\n`);
  for (const { planningYear, what } of differences)
    process.stdout.write(`mended ${planningYear}: ${what}\n`);
  for (const what of counts) process.stdout.write(`mended counts: ${what}\n`);
  process.stdout.write(
    `${planningYears} planning years and ${tasks} tasks rebuilt from the log: ${differences.length + counts.length} differences, ${broken.length} broken chains.\n`,
  );
  return broken.length > 0 ? 1 : 0;
});
