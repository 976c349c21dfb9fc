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
  app.addHook('onSend', (_request, reply, payload, done) => {
    if (closing) reply.header('connection', 'close');
    done(null, payload);
  });
}
