import { startMoodyServer } from './moody-server.ts';
import { openPostOffice } from './post-office.ts';

/**
 * The mail server is away for 24 hours while `mails` mails are due; meanwhile some of the work is
 * done.
 *
 * @param step simulated minutes from one scan to the next while it is away
 */
export async function tryOutage(mails: number, done: number, step: number) {
  const server = await startMoodyServer();
  const office = await openPostOffice(server.url, mails);
  try {
    await server.be('connection refused');
    let tries = 0;
    const away = 24 * 60;
    for (let minute = 0; minute < away; minute += step) {
      tries += await office.minute();
      if (minute === away / 2)
        for (const task of office.tasks.slice(0, done)) await office.add.setStatus(task, 'done');
      office.clock.advance({ minutes: step });
    }
    await server.be('well');
    let minutes = 0;
    while (minutes < 60 && server.taken.length < mails - done) {
      await office.minute();
      minutes += 1;
      office.clock.advance({ minutes: 1 });
    }
    await office.minute();
    const ledger = await office.ledger();
    const count = (status: string, reason: string | null) =>
      ledger.filter((row) => row.status === status && row.reason === reason).length;
    return {
      tries,
      minutes,
      arrived: server.taken.length,
      recipients: new Set(server.taken.map(({ to }) => to)).size,
      people: ledger.length,
      sent: count('sent', null),
      droppedAsDone: count('dropped', 'doneMeanwhile'),
      waiting: ledger.filter(({ status }) => ['scheduled', 'retrying'].includes(status)).length,
    };
  } finally {
    await office.close();
    await server.stop();
  }
}
