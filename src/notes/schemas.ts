import { z } from 'zod';
import { instant, isoDate, line, listOf, pageQuery, text } from '../http/schemas.ts';
import { effectiveOn, evidence, evidenceKept } from '../planning-years/schemas.ts';

const words = text(4000);
const links = evidence.default([]).describe('Where it can be looked up');

export const noteBody = z.strictObject({ text: words, links, effectiveOn }).meta({
  id: 'NoteToAdd',
  example: { text: 'The survey was sent to families in three languages.' },
});

export const contactBody = z
  .strictObject({
    by: z
      .enum(['visit', 'meeting', 'phone', 'video', 'mail'])
      .describe('How the school was reached'),
    effectiveOn,
    text: words.optional(),
  })
  .meta({ id: 'ContactToRecord', example: { by: 'phone', text: 'Spoke about the vendor.' } });

export const meetingBody = z
  .strictObject({
    activity: line(100).describe("The month's meeting, by the calendar's id of its activity"),
    effectiveOn,
    who: z.array(line(200)).min(1).max(100).describe('Who took part'),
    text: words.optional().describe('What was said'),
  })
  .meta({
    id: 'MeetingToRecord',
    example: { activity: 'nov-4', effectiveOn: '2026-11-18', who: ['Principal', 'Coordinator'] },
  });

export const note = z
  .strictObject({
    seq: z.int().describe('Its entry in the log'),
    kind: z.enum(['note', 'contact', 'meeting']),
    on: isoDate,
    recordedAt: instant,
    actor: z.strictObject({ id: z.string(), role: z.string() }),
    text: z.string().nullable(),
    links: evidenceKept,
    task: z.uuid().nullable().describe('The task that it is about'),
    by: z.string().nullable().describe('Of a contact: how'),
    activity: z.string().nullable().describe('Of a meeting: which'),
    who: z.array(z.string()).describe('Of a meeting: who took part'),
    settledTasks: z.array(z.uuid()).describe('Of a meeting: the items that it settled'),
  })
  .meta({ id: 'Note' });

export const notes = listOf(note).meta({ id: 'Notes' });

export const notesQuery = z.strictObject({
  ...pageQuery,
  task: z.uuid().optional().describe('Only what is about this task'),
  kind: note.shape.kind.optional(),
});
