import { buildApp } from '../../../src/app.ts';
import { type Client, clientOf, testApp } from '../../support/app.ts';
import { openTestYears } from '../../support/years.ts';

const YEARS = 4;

/** Pairs of events that lead to and fro, of regions that no other pair moves. */
const PAIRS = [
  ['qer2.noGrant', 'qer2.reopened'],
  ['qer3.noGrant', 'qer3.reopened'],
  ['qer4.noGrant', 'qer4.reopened'],
  ['planningYearReport.submitted', 'planningYearReport.returned'],
] as const;

/**
 * Sixteen clients that post events to four years with `If-Match: *`, half of them to a second server
 * of the same database. Each moves a region of its own to and fro, so that each of its events is
 * possible whatever the others do, and every refusal is a false one.
 *
 * @returns the statuses of all replies, counted
 */
export async function postByClients(events: number): Promise<Record<number, number>> {
  // The last quarter has closed; the year goes on.
  const here = await testApp({ now: '2027-07-08T15:00:00Z' });
  // A context of its own has groups of its own.
  const db = here.ctx.db.withPlugin({
    transformQuery: ({ node }) => node,
    transformResult: async ({ result }) => result,
  });
  const there = await buildApp({ ...here.ctx, db }, { limits: { perKey: 1e9, perAddress: 1e9 } });
  const ids = await openTestYears(here.ctx, YEARS);
  const counts: Record<number, number> = {};
  const each = events / (YEARS * PAIRS.length);

  async function post(id: string, client: Client, pair: (typeof PAIRS)[number]): Promise<void> {
    for (let at = 0; at < each; at += 1) {
      const url = `/v1/planning-years/${id}/events`;
      const { statusCode } = await client.post(url, { type: pair[at % 2] }, { 'if-match': '*' });
      counts[statusCode] = (counts[statusCode] ?? 0) + 1;
    }
  }

  const servers = [here.admin, clientOf(there, here.adminKey)];
  const clients = ids.flatMap((id) => PAIRS.map((pair, n) => post(id, servers[n % 2]!, pair)));
  await Promise.all(clients);
  await there.close();
  await here.close();
  return counts;
}
