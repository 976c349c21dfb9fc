import type { Actor } from '../actor.ts';
import type { Context } from '../context.ts';
import { listNotes } from '../notes/find.ts';
import { noteView } from '../notes/view.ts';
import type { Evidence } from '../planning-years/decide.ts';
import { can, type Subject } from '../policy/can.ts';
import type { TaskSight } from '../tasks/view.ts';
import type { whoTeller } from './who.ts';
import { longDate, moment } from './words.ts';

/** Something that was done or noted. */
export interface Happened {
  /** When, and by whom. */
  about: string;
  text: string | null;
  links: Evidence[];
}

type Who = ReturnType<typeof whoTeller>;

/** Who settled a task and when, with what was said and shown; null while nobody has. */
export async function settlementOf({ task, model }: TaskSight, who: Who): Promise<Happened | null> {
  if (!task.settled) return null;
  const { by, recordedAt, effectiveOn, note, evidence } = task.settled;
  const what = task.status === 'waived' ? 'Excused' : 'Done';
  const { zone } = model.pack.program;
  return {
    about: `${what} on ${whenAndWho({ effectiveOn, recordedAt }, zone, await who(by))}`,
    text: note,
    links: evidence,
  };
}

/** Both days, since they may lie weeks apart: when it happened, and when and by whom it was recorded. */
export const whenAndWho = (
  { effectiveOn, recordedAt }: { effectiveOn: string; recordedAt: string },
  zone: string,
  who: string,
): string => `${longDate(effectiveOn)}; recorded ${moment(recordedAt, zone)} by ${who}.`;

const MOST_NOTES = 50;

/** The notes on a task, newest first, as far as the reader may read them. */
export async function notesOn(
  ctx: Context,
  reader: Actor,
  { task, row, model }: TaskSight,
  subject: Subject,
  who: Who,
): Promise<Happened[]> {
  if (can(reader, 'notes.read', subject) !== 'yes') return [];
  const query = { task: task.id };
  const entries = await listNotes(ctx.db, row.id, reader, query, null, MOST_NOTES);
  return Promise.all(
    entries.map(async (entry) => {
      const { text, links, actor } = noteView(row.id, entry);
      const about = whenAndWho(entry, model.pack.program.zone, await who(actor));
      return { about, text, links };
    }),
  );
}
