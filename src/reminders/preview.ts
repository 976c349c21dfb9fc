import { sql } from 'kysely';
import { mailDays } from '../../calendar/mail-days.ts';
import { type Actor, homeOf } from '../actor.ts';
import type { Context, Trx } from '../context.ts';
import { leavesNothing } from '../db/leaves-nothing.ts';
import { isListed, type MailSettings } from '../delivery/settings.ts';
import type { DigestModel } from '../digests/model.ts';
import { holdSwitchedOff } from '../digests/switched-off.ts';
import { todayOf } from '../programs/today.ts';
import { composeApart } from './compose-apart.ts';
import { addDays } from './days.ts';
import type { LedgerRow } from './facts.ts';
import { type Known, knownAmong } from './matters.ts';
import type { Library } from './model.ts';
import {
  createPlay,
  dropPlay,
  markPlayed,
  PLAYED,
  setUpPlay,
  waitingRows,
} from './played-ledger.ts';
import type { Person } from './read-message.ts';
import {
  horizonOf,
  type PreviewFacts,
  type PreviewPerson,
  readPreviewFacts,
} from './read-preview.ts';
import { recordDay } from './record-day.ts';
import { touchedOn } from './touched.ts';

/** A digest that would be sent; `renderDigest` puts it into words. */
export interface Preview {
  person: Person;
  on: string;
  /** What would keep it back as things stand. */
  held: 'suppressed' | 'trialMode' | 'paused' | null;
  model: DigestModel;
}

/**
 * Who would get what from `from` to `to` if every task stayed as it is: the actor's own mails as they
 * will be, and those of others as far as they are about schools whose mails the actor may see. It
 * plays the days: the scan's own statements write them into a copy of the ledger, and the
 * digests are composed as they are when they are sent. The copy is gone afterwards, and the database
 * sees to it that nothing else is written.
 */
export const previewDigests = (
  ctx: Context,
  actor: Actor,
  from: string,
  to: string,
): Promise<Preview[]> =>
  ctx.db.transaction().execute(async (trx) => {
    await leavesNothing(trx);
    await createPlay(trx);
    await sql`set transaction read only`.execute(trx);
    return playDays(ctx, trx, actor, null, from, to);
  });

/** The same of these planning years alone, within a transaction and with what that has changed. */
export async function previewWithin(
  ctx: Context,
  trx: Trx,
  actor: Actor,
  only: readonly string[],
  [from, to]: [from: string, to: string],
): Promise<Preview[]> {
  await createPlay(trx);
  const previews = await playDays(ctx, trx, actor, only, from, to);
  await dropPlay(trx);
  return previews;
}

async function playDays(
  ctx: Context,
  trx: Trx,
  actor: Actor,
  only: readonly string[] | null,
  from: string,
  to: string,
) {
  const today = todayOf(ctx.programs, homeOf(actor), ctx.clock.now());
  await setUpPlay(trx, { actor, only, today, to, horizon: horizonOf(ctx.programs, to) });
  const facts = await readPreviewFacts(ctx, trx, today);
  const knownOf = knownAmong(facts.tasks);
  const previews: Preview[] = [];
  // Most days bring nothing to anybody, and cost next to nothing.
  let waits = true;
  let before: string | null = null;
  for (let day = startOf(today, from); day <= to; day = addDays(day, 1)) {
    const isNew = (await record(ctx, trx, facts, before, day)) > 0 || before === null;
    if (isNew) await holdSwitchedOff(trx, ctx.programs, PLAYED);
    before = day;
    waits ||= isNew;
    if (!waits || !isSomeMailDay(ctx, day)) continue;
    const { waiting, held } = await waitingRows(trx, actor);
    const sent = await sendAll(
      trx,
      waiting,
      facts,
      knownOf(day, { ...facts, ledger: held }),
      day === today,
    );
    waits = sent.left > 0;
    if (day >= from) previews.push(...sent.previews);
  }
  return previews;
}

/** A month of play before `from` has used up whatever is due before it. */
const startOf = (today: string, from: string): string => [today, addDays(from, -31)].sort().at(-1)!;

const isSomeMailDay = ({ programs }: Context, day: string): boolean =>
  programs.all.some(({ pack }) => mailDays(pack)(day));

/**
 * Nothing changes between two days but who holds which role.
 *
 * @returns how many reminders have begun to wait
 */
async function record(
  ctx: Context,
  trx: Trx,
  facts: PreviewFacts,
  through: string | null,
  today: string,
): Promise<number> {
  let rows = 0;
  for (const { pack } of ctx.programs.all) {
    const touched = through === null ? null : touchedOn(facts, pack.program.id, through, today);
    const day = { trx, pack, today, now: ctx.clock.now(), tables: PLAYED };
    rows += await recordDay(day, through, touched, facts.reachable);
  }
  return rows;
}

/** What `send.ts` does, for everybody whose reminders wait; `left`: how many go on waiting. */
async function sendAll(
  trx: Trx,
  waiting: readonly LedgerRow[],
  { people, served, library, settings, ...facts }: PreviewFacts,
  known: Known,
  isToday: boolean,
): Promise<{ previews: Preview[]; left: number }> {
  const previews: Preview[] = [];
  const kept: string[] = [];
  const dropped: string[] = [];
  const isNow = ([first, ...more]: Mail) =>
    (first.delivery === 'atOnce' || !(isToday && served.has(first.personId!))) &&
    isMailDayFor([first, ...more], facts, library, known.today);
  for (const rows of mailsOf(waiting).filter(isNow)) {
    const person = people.get(rows[0].personId!)!;
    const now = { ...facts, ledger: rows };
    const composed = composeApart(person.name, rows, now, library, known.today, known);
    for (const id of composed.kept) kept.push(id);
    for (const { id } of composed.dropped) dropped.push(id);
    if (composed.model)
      previews.push({
        person,
        on: known.today,
        held: heldBy(person, settings),
        model: composed.model,
      });
  }
  await markPlayed(trx, kept, dropped);
  return { previews, left: waiting.length - kept.length - dropped.length };
}

const heldBy = (person: PreviewPerson, settings: MailSettings): Preview['held'] =>
  settings.paused
    ? 'paused'
    : person.suppressed
      ? 'suppressed'
      : isListed(settings, person.email)
        ? null
        : 'trialMode';

type Mail = [LedgerRow, ...LedgerRow[]];

/** As `makeMails` has it: what is told at once alone, all else of a person together. */
const mailsOf = (waiting: readonly LedgerRow[]): Mail[] => [
  ...(Map.groupBy(waiting, ({ id, personId, delivery }) =>
    delivery === 'atOnce' ? id : personId,
  ).values() as Iterable<Mail>),
];

/** A mail keeps to the working days of the program that it speaks of, the first of several. */
function isMailDayFor(
  rows: readonly LedgerRow[],
  facts: Pick<PreviewFacts, 'years'>,
  library: Library,
  day: string,
): boolean {
  const programs = rows.flatMap(
    ({ planningYearId }) => facts.years.get(planningYearId)?.program ?? [],
  );
  const pack = library.pack(programs.sort()[0] ?? '');
  return pack !== undefined && mailDays(pack)(day);
}
