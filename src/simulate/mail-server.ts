import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';

export interface ReceivedMail {
  /** The Message-ID header, angle brackets included. */
  messageId: string;
  to: string;
}

export interface MailServer {
  url: string;
  received: ReceivedMail[];
  stop(): Promise<void>;
}

/**
 * A real mail server on a free port of this machine, which keeps what it is told of each mail.
 * @param keep is handed every mail whole
 */
export async function startMailServer(keep: (raw: string) => void = () => {}): Promise<MailServer> {
  const received: ReceivedMail[] = [];
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS', 'AUTH'],
    disableReverseLookup: true,
    onData(stream, { envelope }, done) {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        const raw = Buffer.concat(chunks).toString();
        const [, messageId = ''] = /^Message-ID:\s*(<[^>]+>)/im.exec(raw) ?? [];
        for (const { address } of envelope.rcptTo) received.push({ messageId, to: address });
        keep(raw);
        done();
      });
    },
  });
  // A client that goes away in mid-sentence is the client's business.
  server.on('error', () => {});
  server.listen(0, '127.0.0.1');
  await once(server.server, 'listening');
  const { port } = server.server.address() as AddressInfo;
  return {
    url: `smtp://127.0.0.1:${port}`,
    received,
    stop: () => new Promise((resolve) => server.close(() => resolve())),
  };
}
