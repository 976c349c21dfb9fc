import { z } from 'zod';

/** Every kind of background work with the shape of its payload. */
export const jobs = {
  /** Send one digest (a row of `messages`). */
  'send-digest': z.strictObject({ messageId: z.uuid() }),
} as const;

export type JobName = keyof typeof jobs;
export type Jobs = { [N in JobName]: z.infer<(typeof jobs)[N]> };
