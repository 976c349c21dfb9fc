import { createTransport } from 'nodemailer';
import type { Logger } from 'pino';
import { afterAwake } from '../awake.ts';
import { compose } from './compose.ts';
import type { MailAddress, Mailer } from './mailer.ts';
import { bePatientAfterSleep } from './patient-connection.ts';

/** The server answered, and did not take the message for its recipient. */
export class MailNotAcceptedError extends Error {
  override name = 'MailNotAcceptedError';
}

/** How long each step of a sending may take, and the whole of one, in milliseconds of being awake. */
export interface Patience {
  connect: number;
  answer: number;
  whole: number;
}

/** No connection is held longer than a minute by one mail. */
const USUAL: Patience = { connect: 15_000, answer: 30_000, whole: 55_000 };

/** Connections to the mail server that a process holds at most. */
export const CONNECTIONS = 5;

/**
 * Mail over SMTP, on a few connections that are kept open.
 *
 * @param url `smtp://user:password@host:port`, `smtps://` for TLS from the start
 */
export function smtpMailer(
  url: string,
  from: MailAddress,
  log: Logger,
  patience: Patience = USUAL,
): Mailer {
  bePatientAfterSleep();
  const transport = createTransport({
    url,
    pool: true,
    maxConnections: CONNECTIONS,
    // Once more on a fresh connection where the server had closed an idle one; all later attempts
    // are the caller's to decide.
    maxRequeues: 1,
    connectionTimeout: patience.connect,
    greetingTimeout: patience.connect,
    socketTimeout: patience.answer,
    dnsTimeout: patience.connect,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  transport.on('error', (error: Error) =>
    log.warn({ reason: error.message }, 'A connection to the mail server had an error.'),
  );

  return {
    async send(mail) {
      // The timeouts above each watch one step; a server that trickles bytes passes them all.
      const deadline = new AbortController();
      const giveUp = afterAwake(patience.whole, () => deadline.abort());
      const { accepted, response } = await transport
        .sendMail({ ...compose(mail, from), signal: deadline.signal })
        .finally(giveUp);
      if (accepted?.length !== 1 || accepted[0] !== mail.to.address)
        throw new MailNotAcceptedError(
          `The mail server did not take the message for ${mail.to.address}: ${response ?? 'no answer'}`,
        );
    },

    async close() {
      transport.close();
    },
  };
}
