import { z } from 'zod';

/** Every kind of background work with the shape of its payload. */
export const jobs = {
  /** Carry a wide act through the doors that it covers (a row of `jobs`). */
  'run-job': z.strictObject({ jobId: z.uuid() }),
  /** Mail the link that somebody asked for to sign in (a row of `sign_in_attempts`). */
  'mail-sign-in-link': z.strictObject({ attemptId: z.uuid() }),
  /** Send these mails (rows of `messages`). */
  'send-mails': z.strictObject({ messageIds: z.array(z.uuid()).min(1) }),
} as const;

export type JobName = keyof typeof jobs;
export type Jobs = { [N in JobName]: z.infer<(typeof jobs)[N]> };
