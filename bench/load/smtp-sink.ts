import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';

/**
 * A mail server in a process of its own, which takes everything and keeps nothing. Tells its parent
 * the port, and then, each time it is given a number, when it has taken that many mails more.
 */
let taken = 0;
let target = Number.POSITIVE_INFINITY;

const server = new SMTPServer({
  authOptional: true,
  disabledCommands: ['STARTTLS'],
  onData(stream, _session, done) {
    stream.resume();
    stream.on('end', () => {
      done();
      taken += 1;
      if (taken === target) process.send?.('all taken');
    });
  },
});
server.on('error', () => {});
server.listen(0, '127.0.0.1');
await once(server.server, 'listening');
process.on('message', (count: number) => {
  taken = 0;
  target = count;
  process.send?.('counting');
});
process.send?.({ port: (server.server.address() as AddressInfo).port });
