import type { AddressInfo } from 'node:net';
import fastify, { type FastifyInstance } from 'fastify';
import { Pool } from 'pg';
import { buildApp } from '../src/app.ts';
import { addKey } from '../src/keys/key-store.ts';
import { PROGRAM } from './seed-templates.ts';
import type { World } from './world.ts';

/** Two servers of this process: ours, and a bare one with nothing but Fastify and `pg`. */
export interface Sides {
  ours: { port: number; headers: Record<string, string> };
  bare: { port: number };
  stop(): Promise<void>;
}

const UNLIMITED = { perKey: 1e9, perAddress: 1e9 };

/** @param routes what the bare server answers; its pool is as large as the program's own */
export async function startSides(
  { ctx, url }: World,
  routes: (bare: FastifyInstance, pool: Pool) => void,
  role: 'coordinator' | 'administrator' = 'coordinator',
): Promise<Sides> {
  const app = await buildApp(ctx, { limits: UNLIMITED });
  const pool = new Pool({ connectionString: url, max: 20 });
  const bare = fastify();
  routes(bare, pool);
  for (const server of [app, bare]) await server.listen({ port: 0, host: '127.0.0.1' });
  const portOf = ({ server }: { server: { address(): unknown } }): number =>
    (server.address() as AddressInfo).port;
  const program = role === 'administrator' ? null : PROGRAM;
  const grant = { role, program, scope: { all: true as const } };
  const { key } = await ctx.db
    .transaction()
    .execute((trx) =>
      addKey(
        trx,
        { ...grant, label: 'Measurement', expiresOn: '2099-12-31' },
        'bench',
        ctx.clock.now(),
      ),
    );
  return {
    ours: { port: portOf(app), headers: { authorization: `Bearer ${key}` } },
    bare: { port: portOf(bare) },
    stop: async () => {
      await app.close();
      await bare.close();
      await pool.end();
    },
  };
}
