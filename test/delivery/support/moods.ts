import type { MessageStatus } from '../../../src/db/tables.ts';
import type { Patience } from '../../../src/mail/smtp.ts';
import { type Mood, startMoodyServer } from './moody-server.ts';
import { openPostOffice } from './post-office.ts';

/** What is expected of mails to a server in such a mood. */
export interface Expected {
  mood: Mood | 'late bounce';
  /** Of a mail that was tried; what was not tried, since the server is gone, stays `queued`. */
  status: MessageStatus;
  fault: string | null;
  breaker: 'signIn' | 'server' | null;
  suppressed: boolean;
}

const retried = (mood: Mood): Expected => ({
  mood,
  status: 'retrying',
  fault: 'later',
  breaker: null,
  suppressed: false,
});
const refused = (mood: Mood): Expected => ({
  mood,
  status: 'failed',
  fault: 'recipient',
  breaker: null,
  suppressed: true,
});
const gone = (mood: Mood, breaker: 'signIn' | 'server', fault: string = breaker): Expected => ({
  mood,
  status: 'retrying',
  fault,
  breaker,
  suppressed: false,
});

export const expectations: readonly Expected[] = [
  retried('421'),
  retried('450 greylist'),
  retried('451'),
  retried('452'),
  gone('535', 'signIn'),
  refused('550'),
  retried('552'),
  refused('554'),
  gone('no banner', 'server'),
  // Each may be the fault of its mail; five in a row are the server's.
  gone('stall after RCPT', 'server', 'interrupted'),
  gone('TLS failure', 'server'),
  gone('drop in DATA', 'server', 'interrupted'),
  gone('drop after the dot', 'server', 'interrupted'),
  gone('connection refused', 'server'),
  { mood: 'late bounce', status: 'bounced', fault: null, breaker: null, suppressed: true },
];

/**
 * Behind a breaker no more mails are tried than there are connections; of mails that break off one by
 * one, those that have begun before the fifth has ended, too.
 */
export const mostTried = ({ breaker, fault }: Expected, mails: number): number =>
  breaker === null ? mails : fault === 'interrupted' ? 9 : 5;

/** What became of `mails` mails to a server in that mood, and, once it was well again, of all. */
export async function tryMood({ mood }: Expected, mails: number, patience?: Patience) {
  const server = await startMoodyServer();
  const office = await openPostOffice(server.urlWithUser, mails, patience);
  try {
    if (mood !== 'late bounce') await server.be(mood);
    await office.minute();
    if (mood === 'late bounce')
      for (const { mailId } of await office.messages()) await office.report(mailId);
    const messages = await office.messages();
    const tried = messages.filter(({ attempts }) => attempts > 0);
    const first = {
      tried: tried.length,
      statuses: new Set(tried.map(({ status }) => status)),
      faults: new Set(tried.map(({ lastFault }) => lastFault)),
      attempts: Math.max(...messages.map(({ attempts }) => attempts)),
      untried: new Set(
        messages.filter(({ attempts }) => attempts === 0).map(({ status }) => status),
      ),
      breaker: (await office.breaker())?.reason ?? null,
      suppressed: await office.suppressed(),
    };
    await server.be('well');
    for (let minute = 0; minute < 20; minute++) {
      office.clock.advance({ minutes: 1 });
      await office.minute();
    }
    return {
      ...first,
      ends: new Set((await office.messages()).map(({ status }) => status)),
      arrived: new Set(server.taken.map(({ messageId }) => messageId)).size,
      recipients: new Set(server.taken.map(({ to }) => to)).size,
      longestSlot: office.longestSlot(),
    };
  } finally {
    await office.close();
    await server.stop();
  }
}
