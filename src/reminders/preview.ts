import { setImmediate } from 'node:timers/promises';
import type { Pack } from '../../calendar/shape.ts';
import type { DigestModel } from '../digests/model.ts';
import { mailDays } from '../digests/terms.ts';
import { addDays } from './days.ts';
import type { Facts, LedgerRow } from './facts.ts';
import { knownOn } from './matters.ts';
import { composeDigest, type Library } from './model.ts';
import { type DayPlan, planDay } from './plan.ts';
import { isWithin, windowOf } from './window.ts';

/** A digest that would be sent; `renderDigest` puts it into words. */
export interface Preview {
  personId: string;
  on: string;
  model: DigestModel;
}

export interface PreviewInput {
  packs: readonly Pack[];
  /** The open and blocked tasks of all these days, and the whole ledger of their years. */
  facts: Facts;
  library: Library;
  /** By person id. */
  names: ReadonlyMap<string, string>;
  /** Who has had a digest today. */
  served: ReadonlySet<string>;
  today: string;
}

/**
 * Plays the days up to `to` as the scan would, one a day, and collects the digests from `from` on.
 * Nothing is done in the play: every task stays as it is today. Pure but for letting others have
 * their turn between two days.
 */
export async function previewDigests(
  input: PreviewInput,
  from: string,
  to: string,
): Promise<Preview[]> {
  const ledger = new Map(input.facts.ledger.map((row) => [row.id, row]));
  const previews: Preview[] = [];
  for (let day = startOf(input.today, from); day <= to; day = addDays(day, 1)) {
    for (const pack of input.packs) {
      const window = windowOf(pack.reminders.rules, day, day);
      const tasks = input.facts.tasks.filter((task) => isWithin(window, task));
      const facts: Facts = { ...input.facts, tasks, ledger: [...ledger.values()] };
      record(ledger, planDay(pack, facts, day), day);
    }
    const sent = sendAll(input, ledger, day);
    if (day >= from) previews.push(...sent);
    await setImmediate();
  }
  return previews;
}

/** A month of play before `from` has used up whatever is due before it. */
const startOf = (today: string, from: string): string => [today, addDays(from, -31)].sort().at(-1)!;

/** What `record.ts` does in the database. */
function record(ledger: Map<string, LedgerRow>, plan: DayPlan, day: string): void {
  for (const id of plan.passed) ledger.delete(id);
  for (const { id, personId } of plan.found)
    ledger.set(id, { ...ledger.get(id)!, personId, status: 'scheduled' });
  for (const row of plan.rows) {
    const id = `${day} ${row.planningYearId} ${row.role} ${row.occasion} ${row.taskId} ${row.personId}`;
    const status = row.personId === null ? 'held' : 'scheduled';
    ledger.set(id, { ...row, id, dueOn: day, status, messageId: null });
  }
}

/** What `send.ts` does, for everybody whose reminders wait. */
function sendAll(input: PreviewInput, ledger: Map<string, LedgerRow>, day: string): Preview[] {
  const { facts, names, served, library, today } = input;
  const now: Facts = { ...facts, ledger: [...ledger.values()] };
  const waiting = now.ledger.filter((row) => row.status === 'scheduled' && row.messageId === null);
  const known = knownOn(day, now);
  return [...Map.groupBy(waiting, ({ personId }) => personId)].flatMap(([personId, rows]) => {
    if (personId === null || (day === today && served.has(personId))) return [];
    if (!isMailDayFor(rows, facts, library, day)) return [];
    const name = names.get(personId) ?? '';
    const { model, kept, dropped } = composeDigest(name, rows, now, library, day, known);
    for (const id of kept) ledger.set(id, { ...ledger.get(id)!, status: 'sent' });
    for (const { id } of dropped) ledger.set(id, { ...ledger.get(id)!, status: 'dropped' });
    return model ? [{ personId, on: day, model }] : [];
  });
}

/** Mail keeps to the working days of the program that it speaks of, the first of several. */
function isMailDayFor(rows: LedgerRow[], facts: Facts, library: Library, day: string): boolean {
  const programs = rows.flatMap(
    ({ planningYearId }) => facts.years.get(planningYearId)?.program ?? [],
  );
  const pack = library.pack(programs.sort()[0] ?? '');
  return pack !== undefined && mailDays(pack)(day);
}
