import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { until } from '../../support/until.ts';

/** The nginx of this machine; null: there is none. */
export const nginx: string | null =
  ['nginx', '/usr/sbin/nginx'].find((program) => spawnSync(program, ['-v']).error === undefined) ??
  null;

export interface RunningNginx {
  stop(): Promise<void>;
}

/**
 * An nginx of its own in front of a server, below a path, that compresses whatever it hands on.
 *
 * @param upstream the port of the server
 * @param takes whether the path is taken away before the server sees it
 */
export async function startNginx(
  port: number,
  upstream: number,
  path: string,
  takes: boolean,
): Promise<RunningNginx> {
  const folder = mkdtempSync(join(tmpdir(), 'planning-year-nginx-'));
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((name) => {
    mkdirSync(join(folder, name));
    return `${name}_temp_path ${join(folder, name)};`;
  });
  const root = process.getuid?.() === 0 ? 'user root;' : '';
  writeFileSync(
    join(folder, 'nginx.conf'),
    `${root} daemon off; pid ${folder}/pid; error_log ${folder}/error.log;
events {}
http {
  access_log off; ${temporary.join(' ')}
  gzip on; gzip_min_length 1; gzip_proxied any;
  gzip_types application/json application/problem+json text/csv text/calendar text/css application/javascript;
  server {
    listen 127.0.0.1:${port};
    location ${path}/ {
      proxy_pass http://127.0.0.1:${upstream}${takes ? '/' : ''};
      proxy_http_version 1.1;
      proxy_set_header Host $http_host;
      proxy_set_header X-Forwarded-For $remote_addr;
      proxy_set_header X-Forwarded-Proto $scheme;
    }
  }
}
`,
  );
  const child = spawn(nginx!, ['-p', folder, '-c', join(folder, 'nginx.conf'), '-e', 'stderr'], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const answers = () => fetch(`http://127.0.0.1:${port}/`).then(Boolean, () => false);
  await until(answers);
  return {
    async stop() {
      child.kill('SIGTERM');
      await ended;
      rmSync(folder, { recursive: true });
    },
  };
}

export const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
