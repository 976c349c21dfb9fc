import type { Context } from '../context.ts';
import { deliver } from '../delivery/deliver.ts';
import { writeDigests } from './write-digests.ts';

/** Sends the mails of reminders, a batch at a time. @param messageIds rows of `messages` */
export const sendMails = (ctx: Context, messageIds: readonly string[]): Promise<void> =>
  deliver(ctx, messageIds, writeDigests);
