import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import { createTransport } from 'nodemailer';
import { compose, parseSender } from '../../src/mail/compose.ts';
import type { Mail, Mailer } from '../../src/mail/mailer.ts';
import { scan } from '../../src/reminders/scan.ts';
import { sendMails } from '../../src/reminders/send.ts';
import type { Group } from '../figure.ts';
import { startSink } from '../load/sink.ts';
import { alternate, compared, rateOf } from '../rounds.ts';
import { seedSchools } from '../seed-schools.ts';
import { seedTemplates } from '../seed-templates.ts';
import { openWorld, type World } from '../world.ts';

const ROUNDS = 4;
const SCHOOLS = 1200;

export const mails: Group = {
  bounds: [{ name: 'mail', unit: 'mails/s', atLeast: 0.7, aim: 0.8 }],
  method:
    "mail: the digests of a day from the ledger through messages and queue to an SMTP server in another process, against nodemailer's pool of 5 with the same mails to the same server.",
  async measure(bench) {
    const sink = await startSink();
    const now = '2027-01-25T10:00:00-06:00';
    const world = await openWorld(bench, 'mail', { now, smtpUrl: sink.url });
    const { ctx } = world;
    const transport = createTransport({ url: sink.url, pool: true, maxConnections: 5 });
    try {
      bench.say('seeding reminders');
      await seedTemplates(ctx, ['prompt', 'late', 'prompt', 'late']);
      await seedSchools(ctx, { schools: SCHOOLS, people: true });
      // The ledger alone: what the scan made of it beyond is taken back before every round.
      await scan(ctx);
      await unsent(world);
      const mails: Mail[] = [];
      const mailer = noting(ctx.mailer, mails);
      await ctx.queue.work('send-mails', ({ messageIds }) =>
        sendMails({ ...ctx, mailer }, messageIds),
      );
      const people = await waiting(world);

      const ours = async (): Promise<number> => {
        await unsent(world);
        mails.length = 0;
        const { all } = await sink.expect(people);
        return rateOf(people, async () => {
          await scan(ctx);
          await all;
          // The last ones are still being written down.
          await allMarked(world);
        });
      };
      const limit = async (): Promise<number> => {
        const from = parseSender(ctx.config.mailFrom);
        const contents = mails.map((mail) => compose(mail, from));
        const { all } = await sink.expect(contents.length);
        return rateOf(contents.length, () =>
          Promise.all([...contents.map((mail) => transport.sendMail(mail)), all]),
        );
      };
      bench.say(`measuring ${people} mails`);
      const rates = await alternate({ ours, limit }, ROUNDS);
      return [compared('mail', rates.ours, rates.limit)];
    } finally {
      transport.close();
      await world.stop();
      sink.stop();
    }
  },
};

/** Puts every reminder back to where it stands when it has just been recorded. */
async function unsent({ ctx: { db } }: World): Promise<void> {
  await sql`delete from queue.job_common`.execute(db);
  await sql`update reminders set message_id = null,
    status = case when person_id is null then 'held' else 'scheduled' end`.execute(db);
  await sql`delete from messages`.execute(db);
  await sql`vacuum analyze reminders, messages`.execute(db);
}

async function allMarked({ ctx: { db } }: World): Promise<void> {
  for (;;) {
    const left = await db
      .selectFrom('messages')
      .select('id')
      .where('status', '!=', 'sent')
      .executeTakeFirst();
    if (!left) return;
    await sleep(5);
  }
}

async function waiting({ ctx: { db } }: World): Promise<number> {
  const { count } = await db
    .selectFrom('reminders')
    .select((eb) => eb.fn.count<number>('personId').distinct().as('count'))
    .where('status', '=', 'scheduled')
    .executeTakeFirstOrThrow();
  return count;
}

/** Notes the mails that go out, for the limit to send the very same. */
const noting = (mailer: Mailer, mails: Mail[]): Mailer => ({
  send(mail) {
    mails.push(mail);
    return mailer.send(mail);
  },
  close: () => mailer.close(),
});
