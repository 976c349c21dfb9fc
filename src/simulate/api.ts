import type { Stage } from './stage.ts';

/** The API refused what the simulation takes for possible. */
export class RefusedError extends Error {
  override name = 'RefusedError';
}

/** @returns the reply's body; throws RefusedError for anything but success */
export async function post(
  { app }: Pick<Stage, 'app'>,
  key: string,
  url: string,
  payload: unknown,
): Promise<Record<string, unknown>> {
  return send(app, url, key, 'application/json', JSON.stringify(payload));
}

/** Sends rows as a CSV file, as an administrator. */
export async function postCsv(
  { app, adminKey }: Stage,
  url: string,
  rows: Record<string, string>[],
): Promise<void> {
  const names = Object.keys(rows[0] ?? {});
  const lines = [names, ...rows.map((row) => names.map((name) => row[name] ?? ''))];
  const text = lines.map((cells) => cells.map(quoted).join(',')).join('\n');
  await send(app, url, adminKey, 'text/csv', text);
}

const quoted = (cell: string): string => `"${cell.replaceAll('"', '""')}"`;

async function send(app: Stage['app'], url: string, key: string, type: string, payload: string) {
  const headers = { authorization: `Bearer ${key}`, 'content-type': type, 'if-match': '*' };
  const reply = await app.inject({ method: 'POST', url, headers, payload });
  if (reply.statusCode < 300) return reply.json<Record<string, unknown>>();
  throw new RefusedError(`POST ${url} was refused: ${reply.statusCode} ${reply.body}`);
}
