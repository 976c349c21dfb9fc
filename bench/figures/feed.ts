import { calendarFile } from '../../src/digests/calendar-file.ts';
import type { Deadline } from '../../src/digests/deadlines.ts';
import { english } from '../../src/digests/messages.en.ts';
import type { Group } from '../figure.ts';
import { alternate, processorRateOf, timed } from '../rounds.ts';

const DEADLINES = 200;
const ROUNDS = 9;
const FEEDS = 100;

export const feeds: Group = {
  bounds: [{ name: 'feed', unit: 'ms', atLeast: 5, aim: 2.5, atMost: true, absolute: true }],
  method: `feed: ${DEADLINES} deadlines written as an iCalendar text, escaped and folded, against the same lines joined, by the processor's time.`,
  async measure(bench) {
    const deadlines = Array.from({ length: DEADLINES }, (_, at) => deadlineOf(at));
    const kind = {
      as: { name: 'Ada Example' },
      publicUrl: 'https://plans.example.org',
      messages: english,
    };
    const pieces = calendarFile(deadlines, kind).split(/(?<=\r\n)/);
    bench.say(`measuring feeds of ${DEADLINES} deadlines`);
    let length = 0;
    const side = (make: () => number) => async () =>
      processorRateOf(FEEDS, () => {
        length += make();
      });
    const rates = await alternate(
      {
        ours: side(() => calendarFile(deadlines, kind).length),
        limit: side(() => pieces.join('').length),
      },
      ROUNDS,
    );
    if (length === 0) throw new Error('The feeds were empty.');
    return [timed('feed', rates.ours, rates.limit)];
  },
};

const deadlineOf = (at: number): Deadline => ({
  id: `019ab3c4-5d6e-7f80-9a1b-${String(at).padStart(12, '0')}`,
  title: 'Submit the quarterly expenditure report, with all that belongs to it',
  place: at % 4 === 0 ? 'Łódź & Sons Academy' : `Oak High School No. ${at}`,
  role: 'School Improvement Coordinator',
  dueOn: `2027-${String((at % 12) + 1).padStart(2, '0')}-20`,
  safeBy: at % 3 === 0 ? `2027-${String((at % 12) + 1).padStart(2, '0')}-19` : null,
  version: at,
  changedAt: new Date(1_800_000_000_000 + at),
});
