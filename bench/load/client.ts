import { atOnce } from '../rounds.ts';
import { bytesOf, Connection } from './connection.ts';
import type { Load, Outcome } from './request.ts';

/** The load's own process: does what its parent asks, and says how long it took. */
process.on('message', async (load: Load) => {
  process.send?.(await outcomeOf(load));
});

async function outcomeOf(load: Load): Promise<Outcome> {
  try {
    return await run(load);
  } catch (error) {
    return { fault: error instanceof Error ? error.message : String(error) };
  }
}

async function run({ port, lanes, connections, status }: Load): Promise<Outcome> {
  const open = await Promise.all(Array.from({ length: connections }, () => Connection.open(port)));
  const free = [...open];
  // What is sent is made before the time counts.
  const made = lanes.map((lane) => lane.map((request) => ({ request, bytes: bytesOf(request) })));
  let requests = 0;
  const begun = performance.now();
  await atOnce(made, connections, async (lane) => {
    const connection = free.pop()!;
    for (const { request, bytes } of lane) {
      const answer = await connection.send(bytes);
      if (answer.status !== status)
        throw new Error(
          `${request.method} ${request.path}: ${answer.status} ${answer.body.slice(0, 400)}`,
        );
      requests += 1;
    }
    free.push(connection);
  });
  const ms = performance.now() - begun;
  for (const connection of open) connection.close();
  return { requests, ms };
}
