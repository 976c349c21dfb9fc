import { beforeEach, describe, expect, test } from '@jest/globals';
import { pino } from 'pino';
import type { Clock } from '../../src/clock.ts';
import { watchedClock } from '../../src/watched-clock.ts';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
const START = Date.parse('2026-11-10T15:00:00Z');

/** A machine with a clock that somebody may set, and a database elsewhere. */
function machine({ databaseIsAhead = 0 } = {}) {
  const at = { wall: START, steady: 0, witness: START + databaseIsAhead };
  let asked = 0;
  let isGone = false;
  return {
    clocks: {
      wall: () => at.wall,
      steady: () => at.steady,
      witness: async () => {
        asked += 1;
        if (isGone) throw new Error('gone');
        return at.witness;
      },
    },
    asked: () => asked,
    /** Time goes by for all. */
    pass(ms: number) {
      at.wall += ms;
      at.steady += ms;
      at.witness += ms;
    },
    /** Somebody sets the machine's clock. */
    set(by: number) {
      at.wall += by;
    },
    /** The machine sleeps, or is moved; time goes by for everybody else. */
    sleep(ms: number) {
      at.wall += ms;
      at.witness += ms;
    },
    goes: (on: boolean) => {
      isGone = !on;
    },
  };
}

const log = pino({ level: 'silent' });
let m: ReturnType<typeof machine>;
let clock: Clock;
const doubt = () => clock.doubt!();
const shows = () => clock.now().toISOString();

beforeEach(async () => {
  m = machine();
  clock = await watchedClock(m.clocks, log);
});

describe('a clock with a watch', () => {
  test('goes with the machine’s, and asks nobody while that runs on', async () => {
    const before = m.asked();
    for (let at = 0; at < 100; at += 1) {
      m.pass(MINUTE);
      m.set(at % 2 === 0 ? 900 : -900);
      expect(await doubt()).toBeNull();
    }
    expect(shows()).toBe('2026-11-10T16:40:00.000Z');
    expect(m.asked()).toBe(before);
  });

  test('does not follow a jump that the database has not made, and says so until it is put right', async () => {
    m.pass(MINUTE);
    clock.now();
    m.set(30 * DAY);
    m.pass(MINUTE);
    expect(shows()).toBe('2026-11-10T15:02:00.000Z');
    expect(await doubt()).toMatch(/ahead by 43200 minutes/);
    m.pass(5 * MINUTE);
    expect(shows()).toBe('2026-11-10T15:07:00.000Z');
    expect(await doubt()).not.toBeNull();
    m.set(-30 * DAY);
    expect(await doubt()).toBeNull();
    expect(shows()).toBe('2026-11-10T15:07:00.000Z');
  });

  test('follows a jump back no more than one ahead', async () => {
    m.set(-DAY);
    expect(await doubt()).toMatch(/back by 1440 minutes/);
    expect(shows()).toBe('2026-11-10T15:00:00.000Z');
  });

  test('follows after a sleep, when the database’s time has gone on as well', async () => {
    m.sleep(10 * 60 * MINUTE);
    expect(await doubt()).toBeNull();
    expect(shows()).toBe('2026-11-11T01:00:00.000Z');
  });

  test('does not mind that the two clocks differ, however much', async () => {
    m = machine({ databaseIsAhead: -90 * DAY });
    clock = await watchedClock(m.clocks, log, new Date('2030-01-01T00:00:00Z'));
    m.pass(5 * MINUTE);
    expect(await doubt()).toBeNull();
    expect(shows()).toBe('2030-01-01T00:05:00.000Z');
    m.sleep(DAY);
    expect(await doubt()).toBeNull();
    expect(shows()).toBe('2030-01-02T00:05:00.000Z');
    m.set(DAY);
    expect(await doubt()).not.toBeNull();
    expect(shows()).toBe('2030-01-02T00:05:00.000Z');
  });

  test('that was wrong from the start may be set to the database’s time', async () => {
    m = machine({ databaseIsAhead: 60 * MINUTE });
    clock = await watchedClock(m.clocks, log);
    m.set(60 * MINUTE);
    expect(await doubt()).toBeNull();
    expect(shows()).toBe('2026-11-10T16:00:00.000Z');
  });

  test('trusts no jump while the database can’t be asked', async () => {
    m.goes(false);
    m.set(DAY);
    expect(await doubt()).toMatch(/cannot be asked/);
    m.goes(true);
    m.set(-DAY);
    expect(await doubt()).toBeNull();
  });
});
