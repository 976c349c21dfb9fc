import { z } from 'zod';
import { instant, line } from '../http/schemas.ts';
import { effectiveOn, note, yearName } from '../planning-years/schemas.ts';
import { refusal } from '../planning-years/wide-changes.ts';

export const job = z
  .strictObject({
    id: z.uuid(),
    kind: z.string(),
    status: z.enum(['queued', 'running', 'done']),
    program: z.string(),
    year: z.string(),
    done: z.int().describe('Planning years settled so far, failures included'),
    total: z.int(),
    failures: z
      .array(refusal)
      .describe('Where the act was refused; nothing was changed there. At most 1000 are listed.'),
    createdAt: instant,
    finishedAt: instant.nullable(),
  })
  .meta({ id: 'Job', description: 'Background work over many planning years.' });

export const wideParams = z.strictObject({ program: z.string(), year: yearName });

export const wideBody = z
  .strictObject({
    type: line(200).describe(
      'An event, a correction, `complete` to mark the task of `data.task` done, or `reopen` to take that back',
    ),
    data: z
      .record(z.string(), z.unknown())
      .nullable()
      .optional()
      .describe(
        "As for one planning year; a task is named by the calendar's id. GET /v1/programs/{program}/machine tells what each event takes, and by `dataRequired` whether it may be left out",
      ),
    through: z
      .literal(true)
      .optional()
      .describe('Walks each planning year to the event, `data` by event type, as for one of them'),
    note,
    effectiveOn,
    district: line(100).optional().describe('Only the schools of this district'),
    schools: z.array(line(100)).min(1).max(5000).optional().describe('Only these schools'),
  })
  .meta({
    id: 'WideAct',
    example: {
      type: 'extend',
      data: { task: 'jan-1/principal/2', dueOn: '2027-02-07', reason: 'Snow closure.' },
      district: '98-901-0010-26',
    },
  });
