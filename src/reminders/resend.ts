import type { Context, Trx } from '../context.ts';
import { takeUpMail } from '../delivery/take-up.ts';
import { ConflictError, NotFoundError } from '../errors.ts';
import { newId } from '../ids.ts';
import { mailDomain } from '../mail/compose.ts';
import { todayOf } from '../programs/today.ts';
import { libraryFor } from './library.ts';
import { composeDigest } from './model.ts';
import { selectLedger } from './read.ts';
import { factsOfMessages } from './read-message.ts';

/**
 * Sends one reminder of the ledger once more, in a mail of its own, as soon as mail may reach its
 * person.
 *
 * @returns the id of the new message
 * @throws ConflictError when there is nobody to send it to, it is on its way, or no longer matters
 */
export async function resend(ctx: Context, trx: Trx, id: string): Promise<string> {
  const row = await selectLedger(trx)
    .innerJoin('planningYears as y', 'y.id', 'r.planningYearId')
    .select('y.program')
    .where('r.id', '=', id)
    .forUpdate('r')
    .executeTakeFirst();
  if (!row) throw new NotFoundError('There is no such reminder.');
  const { personId, status } = row;
  if (personId === null)
    throw new ConflictError('no-recipient', 'Nobody holds the role. Assign somebody to it first.');
  if (status === 'scheduled' || status === 'retrying')
    throw new ConflictError('on-its-way', 'It is on its way already. Wait for what becomes of it.');
  await requireAddress(trx, personId);

  const now = ctx.clock.now();
  const today = todayOf(ctx.programs, row.program, now);
  const facts = await factsOfMessages(ctx.programs, trx, [row], today);
  const library = await libraryFor(ctx.programs, trx, facts.years.values());
  const { model, dropped } = composeDigest('', [row], facts, library, today);
  if (!model)
    throw new ConflictError('no-longer-matters', 'It no longer matters; see reason.', {
      reason: dropped[0]?.reason,
    });

  const message = newId(now);
  await trx
    .insertInto('messages')
    .values({
      id: message,
      personId,
      kind: 'atOnce',
      program: row.program,
      localDate: today,
      status: 'queued',
      mailId: `<${message}@${mailDomain(ctx.config)}>`,
      attempts: 0,
      nextAttemptAt: now,
      createdAt: now,
    })
    .execute();
  await trx
    .updateTable('reminders')
    .set({ status: 'scheduled', reason: null, messageId: message })
    .where('id', '=', id)
    .execute();
  await takeUpMail(ctx, trx);
  return message;
}

async function requireAddress(trx: Trx, personId: string): Promise<void> {
  const suppressed = await trx
    .selectFrom('people as p')
    .innerJoin('suppressions as s', (join) =>
      join.on((eb) => eb('s.address', '=', eb.fn<string>('lower', ['p.email']))),
    )
    .select('s.id')
    .where('p.id', '=', personId)
    .executeTakeFirst();
  if (suppressed)
    throw new ConflictError(
      'address-suppressed',
      'The address of this person refuses mail. Correct it, or release it first.',
      { suppression: suppressed.id },
    );
}
