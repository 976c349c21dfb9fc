import type { z } from 'zod';
import { partId } from '../ids.ts';
import type { Evidence } from '../planning-years/decide.ts';
import type { LogEntry } from '../planning-years/state.ts';
import type { note } from './schemas.ts';

/** The types of log entries that are notes, by their kind. */
export const TYPES = {
  note: 'note.added',
  contact: 'contact.made',
  meeting: 'meeting.held',
} as const;

type Kind = keyof typeof TYPES;

/** An entry of the log as a note. */
export function noteView(planningYear: string, entry: LogEntry): z.infer<typeof note> {
  const kind = (Object.keys(TYPES) as Kind[]).find((kind) => TYPES[kind] === entry.type);
  if (!kind) throw new Error(`An entry "${entry.type}" is no note.`);
  const { task, links, by, activity, who } = (entry.data ?? {}) as Data;
  return {
    seq: entry.seq,
    kind,
    on: entry.effectiveOn,
    recordedAt: entry.recordedAt,
    actor: entry.actor,
    text: entry.note,
    links: links ?? [],
    task: task === undefined ? null : partId(planningYear, task),
    by: by ?? null,
    activity: activity ?? null,
    who: who ?? [],
    settledTasks: entry.settledTasks.map((key) => partId(planningYear, key)),
  };
}

interface Data {
  /** The calendar's id. */
  task?: string;
  links?: Evidence[];
  by?: string;
  activity?: string;
  who?: string[];
}
