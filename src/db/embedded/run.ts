import { spawn } from 'node:child_process';
import { asAccount } from './account.ts';
import type { Cluster } from './cluster.ts';
import { bareEnvironment } from './environment.ts';

/** The server inherits the standard streams of pg_ctl: as pipes they would never close. */
export function run(
  { account, home }: Cluster,
  program: string,
  args: string[],
): Promise<{ code: number | null; output: string }> {
  const { promise, resolve, reject } = Promise.withResolvers<{
    code: number | null;
    output: string;
  }>();
  const readable = args.at(-1) !== 'start';
  const child = spawn(program, args, {
    ...asAccount(account),
    env: bareEnvironment(),
    cwd: home,
    stdio: readable ? ['ignore', 'ignore', 'pipe'] : 'ignore',
  });
  let output = '';
  child.stderr?.on('data', (chunk) => {
    output += chunk;
  });
  child.on('error', reject);
  child.on('close', (code) => resolve({ code, output }));
  return promise;
}
