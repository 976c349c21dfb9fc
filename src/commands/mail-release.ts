import { releaseMail } from '../delivery/settings.ts';
import { command } from './command.ts';

/** `npm run mail:release` */
await command(async ({ ctx }) => {
  const operator = { id: 'operator', role: 'administrator' };
  const wasHeld = await ctx.db
    .transaction()
    .execute((trx) => releaseMail(trx, operator, ctx.clock.now()));
  process.stdout.write(
    wasHeld
      ? 'Mail is released: what has waited goes out with the next minute of a running server.\n'
      : 'Mail is not held; nothing was changed.\n',
  );
  return 0;
});
