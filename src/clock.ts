/** The one source of the present moment. Pure code never has one: the moment is passed to it. */
export interface Clock {
  now(): Date;
  /**
   * Why the time can't be trusted at the moment; null: it can. While it can't, nothing is decided by
   * it: scans and writes wait. A clock without a watch is always trusted.
   */
  doubt?(): Promise<string | null>;
}

/** The machine's clock, or one that started at `start` when this was called and runs on. */
export function systemClock(start?: Date): Clock {
  const offset = start ? start.getTime() - Date.now() : 0;
  return { now: () => new Date(Date.now() + offset) };
}
