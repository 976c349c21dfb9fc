import { describe, expect, test } from '@jest/globals';
import { expectations, mostTried, tryMood } from './support/moods.ts';
import { IMPATIENT } from './support/post-office.ts';

const MAILS = 10;

describe('to a mail server that answers with', () => {
  test.each(expectations)('$mood, a mail is $status', async (expected) => {
    const { status, fault, breaker, suppressed } = expected;
    const found = await tryMood(expected, MAILS, IMPATIENT);
    expect(found).toMatchObject({ breaker, attempts: 1, suppressed: suppressed ? MAILS : 0 });
    expect([...found.statuses]).toEqual([status]);
    expect([...found.faults]).toEqual([fault]);
    expect(found.tried).toBeLessThanOrEqual(mostTried(expected, MAILS));
    expect([...found.untried]).toEqual(breaker ? ['queued'] : []);
    // Once it is well again everything arrives, under one Message-ID each; but for the refused.
    expect([...found.ends]).toEqual([status === 'retrying' ? 'sent' : status]);
    const arrived = status === 'failed' ? 0 : MAILS;
    expect([found.arrived, found.recipients]).toEqual([arrived, arrived]);
    expect(found.longestSlot).toBeLessThan(IMPATIENT.whole + 1_000);
  });
});
