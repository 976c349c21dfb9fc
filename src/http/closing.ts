import type { App } from './app.ts';

/**
 * Once the server is closing, every reply asks its client to hang up: a connection that is kept
 * alive would keep `close()` waiting.
 */
export function closeConnectionsWhenClosing(app: App): void {
  let closing = false;
  app.addHook('preClose', async () => {
    closing = true;
  });
  app.addHook('onSend', async (_request, reply, payload) => {
    if (closing) reply.header('connection', 'close');
    return payload;
  });
}
