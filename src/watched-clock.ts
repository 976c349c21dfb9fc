import type { Logger } from 'pino';
import type { Clock } from './clock.ts';

/** The clocks that are compared, each in milliseconds of its own. */
export interface Clocks {
  /** The machine's time of day, which somebody may set. */
  wall(): number;
  /** What nobody can set; it may stand still while the machine sleeps. */
  steady(): number;
  /** The database's time of day. */
  witness(): Promise<number>;
}

/** A step of more than that is not believed without a witness. */
const TOLERANCE = 120_000;

/**
 * The machine's clock, or one that starts at `start` and runs on, with a watch: a step of minutes is
 * followed only when the database's clock has made the same since, as after a sleep of the machine, or
 * when it leads to the database's time. Until then the time goes on as if there had been no step. What
 * the two clocks differ by does not matter otherwise.
 *
 * It is asked for only after a step; without one it costs nothing.
 */
export async function watchedClock(clocks: Clocks, log: Logger, start?: Date): Promise<Clock> {
  const offset = start ? start.getTime() - clocks.wall() : 0;
  // The last moment that was beyond doubt, by both clocks of the machine.
  let [wall, steady] = [clocks.wall(), clocks.steady()];
  // What the machine's time was, and what the database's, when they were compared.
  let compared = { wall, witness: await clocks.witness() };
  let isDoubted = false;

  /** How far the machine's time has stepped away from what it should be. */
  const step = (): number => clocks.wall() - wall - (clocks.steady() - steady);

  const believe = () => {
    wall = clocks.wall();
    steady = clocks.steady();
  };

  async function judge(): Promise<string | null> {
    const witness = await clocks.witness();
    const now = clocks.wall();
    const ours = now - compared.wall;
    const theirs = witness - compared.witness;
    const leadsThere = offset === 0 && Math.abs(now - witness) <= TOLERANCE;
    if (Math.abs(ours - theirs) > TOLERANCE && !leadsThere) return told(ours - theirs);
    compared = { wall: now, witness };
    believe();
    return null;
  }

  return {
    now() {
      const away = step();
      if (Math.abs(away) > TOLERANCE) return new Date(clocks.wall() - away + offset);
      believe();
      return new Date(wall + offset);
    },

    async doubt() {
      if (Math.abs(step()) <= TOLERANCE) {
        if (isDoubted) log.warn({ alarm: 'clock' }, 'The clock of this machine is right again.');
        isDoubted = false;
        return null;
      }
      const reason = await judge().catch(
        () =>
          'The clock of this machine has jumped, and the database cannot be asked for the time.',
      );
      if (reason !== null && !isDoubted)
        log.error(
          { alarm: 'clock', reason },
          'Scans and writes wait: the clock of this machine has jumped.',
        );
      isDoubted = reason !== null;
      return reason;
    },
  };
}

const told = (away: number): string => {
  const minutes = Math.round(Math.abs(away) / 60_000);
  const where = away > 0 ? 'ahead' : 'back';
  return `The clock of this machine has jumped ${where} by ${minutes} minutes, and the database's has not. Set it right, or start the program anew if it is right.`;
};
