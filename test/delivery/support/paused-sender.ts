import { pino } from 'pino';
import { smtpMailer } from '../../../src/mail/smtp.ts';

/** Sends five mails at once and tells what came of each. Run as a process that is stopped meanwhile. */
const [url, answer] = process.argv.slice(2) as [string, string];
const patience = { connect: Number(answer), answer: Number(answer), whole: 3 * Number(answer) };
const from = { name: 'Plans', address: 'plans@example.org' };
const mailer = smtpMailer(url, from, pino({ level: 'silent' }), patience);

const results = await Promise.allSettled(
  Array.from({ length: 5 }, (_, at) =>
    mailer.send({
      messageId: `<${at}@example.org>`,
      date: new Date(),
      to: { name: 'Somebody', address: `somebody-${at}@example.org` },
      ...{ subject: 'A digest', text: 'Text.', html: '<p>Text.</p>', demo: false },
    }),
  ),
);
await mailer.close();
process.stdout.write(
  JSON.stringify(results.map((one) => (one.status === 'fulfilled' ? 'sent' : String(one.reason)))),
);
