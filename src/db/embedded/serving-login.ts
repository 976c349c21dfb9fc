import { randomBytes } from 'node:crypto';
import { chownSync, existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Cluster } from './cluster.ts';
import { maintenanceClient } from './probe.ts';

const ROLE = 'planning_year_server';

/**
 * The role that serves, which owns nothing. It is made here, and its password kept beside the owner's:
 * all processes of this folder use the same.
 */
export async function servingLogin(
  cluster: Cluster,
  port: number,
): Promise<{ role: string; password: string }> {
  const password = keptPassword(cluster);
  const client = maintenanceClient(cluster, port);
  await client.connect();
  try {
    const { rowCount } = await client.query('select from pg_roles where rolname = $1', [ROLE]);
    const act = rowCount === 0 ? 'create' : 'alter';
    await client.query(`${act} role ${ROLE} login password ${client.escapeLiteral(password)}`);
  } finally {
    await client.end();
  }
  return { role: ROLE, password };
}

function keptPassword({ home, account }: Cluster): string {
  const path = join(home, 'serving-password');
  if (!existsSync(path)) {
    // Renamed when complete: a process killed in here leaves no empty password.
    const unfinished = `${path}.unfinished`;
    writeFileSync(unfinished, `${randomBytes(24).toString('base64url')}\n`, { mode: 0o600 });
    if (account) chownSync(unfinished, account.uid, account.gid);
    renameSync(unfinished, path);
  }
  return readFileSync(path, 'utf8').trim();
}
