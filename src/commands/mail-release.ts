import { releaseMail } from '../mail/hold.ts';
import { command } from './command.ts';

/** `npm run mail:release` */
await command(async ({ ctx }) => {
  const wasHeld = await releaseMail(ctx.db);
  process.stdout.write(
    wasHeld
      ? 'Mail is released: what has waited goes out with the next minute of a running server.\n'
      : 'Mail is not held; nothing was changed.\n',
  );
  return 0;
});
