import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { type Config, ownAddress } from '../config.ts';

/** PORT=0 settled: the links in mails need the port before the server listens. */
export async function withRealPort(config: Config): Promise<Config> {
  if (config.port !== 0) return config;
  const server = createServer().listen(0, config.host);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  const own = config.publicUrl === ownAddress(config.host, 0);
  return { ...config, port, publicUrl: own ? ownAddress(config.host, port) : config.publicUrl };
}
