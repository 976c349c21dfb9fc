import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { bootstrap } from '../../src/http/authenticate.ts';
import { previewDigests } from '../../src/reminders/preview.ts';
import { testClock } from '../support/clock.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { playPreview } from './support/preview-play.ts';
import { contextOn, heldMailer, heldQueue } from './support/world.ts';

const FIRST = '2028-01-12';
const LAST = '2028-02-20';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

describe('the preview', () => {
  test('of six weeks is what is then sent on each day, to the letter', async () => {
    const later = '2028-02-01';
    const days = { first: FIRST, last: LAST, later, groups: 1 };
    const { past, expected, part, sent } = await playPreview(database, days);
    expect(past).toBeGreaterThan(0);
    expect(sent.length).toBeGreaterThan(15);
    expect(expected).toEqual(sent);
    expect(part).toEqual(sent.filter(({ on }) => on >= later));
  });

  test('says nothing for today to whoever has had the mail of today', async () => {
    const clock = testClock(`${LAST}T08:00:00-06:00`);
    const ctx = contextOn(database.db, clock, heldQueue().queue, heldMailer().mailer);
    expect(await previewDigests(ctx, bootstrap, LAST, LAST)).toEqual([]);
  });
});
