import type { App } from './app.ts';
import type { Connections } from './connections.ts';

/**
 * Once the server is closing, every reply asks its client to hang up: a connection that is kept
 * alive would keep `close()` waiting. So would one that is still sending, which is waited for a little.
 */
export function closeConnectionsWhenClosing(app: App, connections: Connections): void {
  let closing = false;
  app.addHook('preClose', async () => {
    closing = true;
    connections.close();
  });
  app.addHook('onSend', (_request, reply, payload, done) => {
    if (closing) reply.header('connection', 'close');
    done(null, payload);
  });
}
