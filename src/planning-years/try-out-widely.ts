import type { Context } from '../context.ts';
import { takenBack } from '../db/taken-back.ts';
import { DomainError } from '../errors.ts';
import { foresee, manyThroughTheDoor, type Request } from './door.ts';
import { type MailChanges, type MailsOfYears, mailChanges } from './planned-mail.ts';
import { Tally } from './tally.ts';
import type { WideChanges } from './wide-changes.ts';

/**
 * What an act of many would change. All of it is decided and nothing of it written, so that nobody
 * waits for it; only for the mails the first of those that take it are carried out and taken back.
 */
export async function tryOutWidely(
  ctx: Context,
  mailsOf: MailsOfYears,
  requests: Request[],
): Promise<WideChanges> {
  const tally = new Tally();
  for (let from = 0; from < requests.length; from += STEP) {
    const some = requests.slice(from, from + STEP);
    for (const [at, foreseen] of (await foresee(ctx, ctx.db, some)).entries()) {
      const { id } = some[at]!;
      if (!foreseen.ok && !(foreseen.error instanceof DomainError))
        ctx.log.error({ err: foreseen.error, planningYear: id }, 'A year could not be tried out.');
      tally.add(some[at]!, foreseen);
    }
  }
  const mails: MailChanges = { added: [], dropped: [] };
  const ids = [...new Set(tally.taken.map(({ request }) => request.id))].slice(0, MOST_PLAYED);
  const played = tally.taken.filter(({ request }) => ids.includes(request.id));
  for (const [program, acts] of Map.groupBy(played, (act) => act.program)) {
    const changes = await mailsOfActs(
      ctx,
      mailsOf,
      program,
      acts.map(({ request }) => request),
    );
    mails.added.push(...changes.added);
    mails.dropped.push(...changes.dropped);
  }
  return tally.changes(mails, ids.length);
}

/** So many years are held in memory at once. */
const STEP = 100;
/** To carry out and to play so many takes a second or two, in which others wait for these years. */
const MOST_PLAYED = 40;

async function mailsOfActs(
  ctx: Context,
  mailsOf: MailsOfYears,
  program: string,
  requests: Request[],
) {
  const ids = [...new Set(requests.map(({ id }) => id))];
  const before = await takenBack(ctx.db, (trx) => mailsOf(trx, program, ids));
  const after = await takenBack(ctx.db, async (trx) => {
    await manyThroughTheDoor(ctx, trx, requests);
    return mailsOf(trx, program, ids);
  });
  return mailChanges(before, after);
}
