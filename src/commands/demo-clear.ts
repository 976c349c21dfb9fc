import { clearDemo } from '../demo/clear.ts';
import { command } from './command.ts';

/** `npm run demo:clear` */
await command(async ({ ctx }) => {
  const { planningYears, people, schools } = await clearDemo(ctx.db);
  process.stdout.write(
    `The demonstration is gone: ${planningYears} planning years, ${schools} schools, ${people} people.\n`,
  );
  return 0;
}, 'owner');
