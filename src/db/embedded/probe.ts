import { realpathSync } from 'node:fs';
import { Client } from 'pg';
import { type Cluster, dataFolder, password, USER } from './cluster.ts';

/**
 * Whether this cluster's own server takes connections on `port`. Only a real connection tells:
 * `pg_ctl status` believes in a killed server for a second, and a port may be another's by now.
 */
export async function answers(cluster: Cluster, port: number): Promise<boolean> {
  const client = maintenanceClient(cluster, port);
  try {
    await client.connect();
    const { rows } = await client.query("select current_setting('data_directory') as folder");
    return realpathSync(rows[0].folder) === realpathSync(dataFolder(cluster));
  } catch {
    return false;
  } finally {
    await client.end().catch(() => {});
  }
}

/** A connection to the server's own database. Its errors are told by its queries, and by `end`. */
export function maintenanceClient(cluster: Cluster, port: number): Client {
  const client = new Client({
    ...{ host: '127.0.0.1', port, user: USER, password: password(cluster), database: 'postgres' },
    connectionTimeoutMillis: 3_000,
    keepAlive: true,
  });
  client.on('error', () => {});
  return client;
}
