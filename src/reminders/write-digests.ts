import { sql } from 'kysely';
import type { Context, DbOrTrx } from '../context.ts';
import type { Letter } from '../delivery/deliver.ts';
import type { ClaimedMessage } from '../delivery/messages.ts';
import { type Desk, letterTo, openDesk } from '../digests/letter.ts';
import { todayOf } from '../programs/today.ts';
import { setAsideAfter } from '../quarantine/store.ts';
import { type Apart, composeApart } from './compose-apart.ts';
import type { Facts, LedgerRow } from './facts.ts';
import { libraryFor } from './library.ts';
import { knownOn } from './matters.ts';
import type { Composed } from './model.ts';
import { factsOfMessages, remindersOf } from './read-message.ts';

/**
 * Puts claimed mails into words: looks at every reminder anew, and drops in the ledger what was
 * settled meanwhile. All are read together, in a few queries.
 */
export async function writeDigests(
  ctx: Context,
  messages: readonly ClaimedMessage[],
): Promise<Map<string, Letter | null>> {
  const drafts = await composeAll(ctx, messages);
  await drop(
    ctx.db,
    drafts.flatMap(({ composed }) => composed.dropped),
  );
  await leave(
    ctx.db,
    drafts.flatMap(({ composed }) => composed.left.map(({ id }) => id)),
  );
  for (const error of drafts.flatMap(({ composed }) => composed.faults))
    await setAsideAfter(ctx, error);
  const desk = await openDesk(
    ctx,
    messages.map(({ personId }) => personId),
    drafts.flatMap(({ composed }) => composed.model ?? []),
  );
  return new Map(drafts.map((draft) => [draft.message.id, letterOf(draft, desk)]));
}

interface Draft {
  message: ClaimedMessage;
  composed: Apart;
  /** Whether it speaks of invented places alone. */
  demo: boolean;
}

async function composeAll(ctx: Context, messages: readonly ClaimedMessage[]): Promise<Draft[]> {
  const ids = messages.map(({ id }) => id);
  const rows = Map.groupBy(await remindersOf(ctx.db, ids), ({ messageId }) => messageId);
  const drafts: Draft[] = [];
  // People of programs in different zones may live on different days.
  const byDay = Map.groupBy(messages, ({ id }) => todayFor(ctx, rows.get(id) ?? []));
  for (const [today, ofDay] of byDay) {
    const theirs = ofDay.flatMap(({ id }) => rows.get(id) ?? []);
    const facts = await factsOfMessages(ctx.programs, ctx.db, theirs, today);
    const library = await libraryFor(ctx.programs, ctx.db, facts.years.values());
    const known = knownOn(today, facts);
    for (const message of ofDay) {
      const own = rows.get(message.id) ?? [];
      const composed = composeApart(message.name, own, facts, library, today, known);
      drafts.push({ message, composed, demo: isDemo(own, composed, facts) });
    }
  }
  return drafts;
}

const todayFor = (ctx: Context, rows: (LedgerRow & { program: string })[]): string =>
  todayOf(ctx.programs, rows[0]?.program ?? null, ctx.clock.now());

function isDemo(rows: readonly LedgerRow[], { kept }: Composed, { years }: Facts): boolean {
  const told = new Set(kept);
  return rows
    .filter(({ id }) => told.has(id))
    .every(({ planningYearId }) => years.get(planningYearId)?.demo === true);
}

function letterOf({ message, composed, demo }: Draft, desk: Desk): Letter | null {
  const { model, kept } = composed;
  if (!model) return null;
  const content = {
    ...letterTo(message.personId, model, desk),
    // Invented people get no real mail, and invented schools alone make none.
    demo: message.demo || demo,
  };
  return { content, reminders: kept };
}

async function drop(db: DbOrTrx, dropped: Composed['dropped']): Promise<void> {
  if (dropped.length === 0) return;
  await sql`
    update reminders r set status = 'dropped', reason = d.reason
    from jsonb_to_recordset(${JSON.stringify(dropped)}::jsonb) as d (id uuid, reason text)
    where r.id = d.id and r.status in ('scheduled', 'retrying')`.execute(db);
}

/** They go with a later mail, once their years are mended. */
async function leave(db: DbOrTrx, left: readonly string[]): Promise<void> {
  if (left.length === 0) return;
  await sql`
    update reminders set message_id = null, status = 'scheduled'
    where id = any(${left}::uuid[]) and status in ('scheduled', 'retrying')`.execute(db);
}
