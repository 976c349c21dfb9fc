/**
 * How many turns of the event loop pass while something is done, and how long the longest of them kept
 * this process busy: as others wait who want theirs. The count is the measure. The milliseconds are for
 * information, and are the processor's, since other programs of the machine stop the clock of none of
 * our users.
 */
export async function turnsDuring(
  act: () => Promise<unknown>,
): Promise<{ turns: number; longestMs: number }> {
  let turns = 0;
  let longest = 0;
  let last = process.cpuUsage();
  let going = true;
  const look = () => {
    const { user, system } = process.cpuUsage(last);
    longest = Math.max(longest, user + system);
    last = process.cpuUsage();
  };
  const turn = () => {
    look();
    turns += 1;
    if (going) setImmediate(turn);
  };
  setImmediate(turn);
  try {
    await act();
  } finally {
    going = false;
    look();
  }
  return { turns, longestMs: longest / 1_000 };
}
