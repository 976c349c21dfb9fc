import { actOn } from './act.ts';
import { catchUp } from './catch-up.ts';
import type { Plans } from './foresight.ts';
import type { WideHand } from './hands.ts';
import type { Hands } from './sample.ts';
import type { SchoolYear } from './school-year.ts';
import type { Stage } from './stage.ts';
import type { Stopwatch } from './stopwatch.ts';
import { conclude, nextRound } from './wide.ts';

/** What people do on one day, up to the last job that follows from it. */
export async function playWorkDay(
  stage: Stage,
  plans: Plans,
  years: readonly SchoolYear[],
  today: string,
  hands: Hands,
  watch: Stopwatch,
): Promise<void> {
  await watch.time('wideActs', () => actWidely(stage, plans, years, today, hands.wide));
  const work = (following: SchoolYear) => actOn(plans, following, today, hands.one);
  await watch.time('acts', () => sideBySide(years, work));
  await watch.time('settled', () => stage.queue.rest());
}

/** State and district act once for many schools, in rounds of acts that don't meet. */
async function actWidely(
  { ctx, queue }: Stage,
  plans: Plans,
  years: readonly SchoolYear[],
  today: string,
  hand: WideHand,
): Promise<void> {
  for (;;) {
    const round = nextRound(plans, years, today);
    if (round.length === 0) return;
    await sideBySide(round, hand);
    await queue.rest();
    await catchUp(ctx, plans, years, today);
    conclude(round, today);
  }
}

/** Years know nothing of each other, so many at a time are acted on: the door takes them in groups. */
async function sideBySide<T>(
  things: readonly T[],
  work: (thing: T) => Promise<void>,
): Promise<void> {
  const waiting = things.values();
  const lane = async () => {
    for (const thing of waiting) await work(thing);
  };
  await Promise.all(Array.from({ length: LANES }, lane));
}

/** As many as fill the groups that the door writes at a time. */
const LANES = 128;
