import { isDeepStrictEqual } from 'node:util';
import { afterAll, describe, expect, test } from '@jest/globals';
import { ITEMS, playDowntime } from '../reminders/support/downtime.ts';
import { playRows } from '../reminders/support/play-rows.ts';
import { playPreview } from '../reminders/support/preview-play.ts';
import { expectedRows, writtenRows } from '../reminders/support/rows-oracle.ts';
import { seeded, seedRowsYear } from '../reminders/support/rows-year.ts';
import { playStrayClocks, withoutDate } from '../reminders/support/stray-clocks.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';

const databases: TestDatabase[] = [];
afterAll(() => Promise.all(databases.map(({ drop }) => drop())));

async function database() {
  const made = await createTestDatabase();
  databases.push(made);
  return made;
}

describe('the ledger', () => {
  test('of three schedulers, 1,000 schools and a year, with 100 kills, is what an independent oracle says', async () => {
    const random = seeded(20_261_015);
    const made = await database();
    const year = await seedRowsYear(made.db, random, { schools: 1_000, days: 290 });
    const { killed } = await playRows(made, year, 100, random);
    const written = await writtenRows(made.db);
    const expected = expectedRows(year);
    const [has, wants] = [new Set(written), new Set(expected)];
    const missing = expected.filter((row) => !has.has(row));
    const unasked = written.filter((row) => !wants.has(row));
    process.stdout.write(
      `${written.length} rows, ${killed} kills: ${missing.length} missing, ${written.length - has.size} twice, ${unasked.length} unasked\n`,
    );
    expect({ killed, missing, unasked }).toEqual({ killed: 100, missing: [], unasked: [] });
    expect(written).toHaveLength(has.size);
  });

  test('of clocks ten minutes apart that go back an hour and jump three days is what an oracle says', async () => {
    const made = await database();
    const year = await seedRowsYear(made.db, seeded(20_261_101), { schools: 100, days: 290 });
    const seen = await playStrayClocks(made, year);
    const written = await writtenRows(made.db);
    const expected = expectedRows(year, seen);
    const twice = written.length - new Set(written.map(withoutDate)).size;
    const [has, wants] = [new Set(written), new Set(expected)];
    const lost = expected.filter((row) => !has.has(row));
    const early = written.filter((row) => !wants.has(row));
    process.stdout.write(
      `stray clocks: ${written.length} rows, ${twice} twice, ${early.length} early or unasked, ${lost.length} lost\n`,
    );
    expect({ twice, early, lost }).toEqual({ twice: 0, early: [], lost: [] });
  });

  test('previews a month as it is then sent', async () => {
    const days = { first: '2028-01-03', last: '2028-02-03', later: '2028-01-20', groups: 30 };
    const { expected, sent } = await playPreview(await database(), days);
    const alike = expected.filter((mail, at) => isDeepStrictEqual(mail, sent[at])).length;
    process.stdout.write(
      `preview: ${expected.length} mails of a month previewed, ${sent.length} sent, ${alike} equal to the letter\n`,
    );
    expect(sent.length).toBeGreaterThan(100);
    expect(expected).toEqual(sent);
  });

  test('makes up ten days of downtime by one digest each, in nobody’s quiet hours', async () => {
    const people = 100;
    const mails = await playDowntime(await database(), people);
    const whole = mails.filter(({ at, items }) => at === '13:00' && items === ITEMS);
    process.stdout.write(
      `${mails.length} digests to ${people} people, ${whole.length} of them at 07:00 with all ${ITEMS} items\n`,
    );
    expect([mails.length, whole.length]).toEqual([people, people]);
    expect(new Set(mails.map(({ to }) => to)).size).toBe(people);
  });
});
