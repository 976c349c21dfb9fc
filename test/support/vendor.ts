import type { TestApp } from './app.ts';

/** A contract of one vendor for a planning year, proposed today; its id. */
export async function contractFor(
  { admin, clock }: TestApp,
  planningYear: string,
  more: { proposedOn?: string; to?: string } = {},
): Promise<string> {
  // Again and again: it is there already.
  await admin.post('/v1/vendors', { code: 'V-1', name: 'Partners' });
  const proposedOn = clock.now().toISOString().slice(0, 10);
  const body = { vendor: 'V-1', planningYear, proposedOn, ...more };
  const reply = await admin.post('/v1/contracts', body);
  if (reply.statusCode !== 201) throw new Error(`POST /v1/contracts: ${reply.body}`);
  return reply.json().id;
}

/** A vendor's key, which stands for such a contract. */
export const vendorKey = async (app: TestApp, planningYear: string): Promise<string> =>
  app.keyFor({ role: 'vendor', scope: { contract: await contractFor(app, planningYear) } });
