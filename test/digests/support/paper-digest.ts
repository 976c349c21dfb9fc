import { renderDigest } from '../../../src/digests/digest.ts';
import { messagesFor } from '../../../src/digests/languages.ts';
import type { DigestModel } from '../../../src/digests/model.ts';
import type { LedgerRow, TaskFacts, YearFacts } from '../../../src/reminders/facts.ts';
import { composeDigest } from '../../../src/reminders/model.ts';
import { obstaclesIn } from '../../../src/reminders/obstacles.ts';
import type { PaperYear } from '../../support/year.ts';

const PERSON = 'reader';
export const URL = 'https://plans.example.org';

interface Told {
  model: DigestModel;
  subject: string;
  text: string;
  html: string;
}

/**
 * What somebody who holds these roles is told of years in memory, each at a school of its own, by the
 * month's reminders of their first role, or by the one of a task.
 */
export function tell(
  years: PaperYear | readonly PaperYear[],
  roles: readonly string[],
  { task, language = 'en', ...change }: Partial<LedgerRow> & Options = {},
): Told {
  const all = [years].flat();
  const [{ model: of, today }] = all as [PaperYear];
  const facts = all.map((year, at) => ({ year, facts: yearFacts(year, at) }));
  const rows = facts.flatMap(({ facts: { id } }): LedgerRow[] => {
    const row = { ...ROW, planningYearId: id, role: roles[0]!, dueOn: today, ...change };
    if (task !== undefined)
      return [{ ...row, id: `${id} ${task}`, taskId: taskId(id, task), ...ASKED }];
    return MONTHLY.map((rule) => ({
      ...{ ...row, id: `${id} ${rule}`, rule, occasion: `${rule}:${today.slice(0, 7)}` },
    }));
  });
  const obstacles = new Map(
    facts.map(({ year, facts: { id } }) => [id, obstaclesIn(year.model, year.state)]),
  );
  const { model } = composeDigest(
    'Ada Example',
    rows,
    {
      years: new Map(facts.map((one) => [one.facts.id, one.facts])),
      tasks: facts.flatMap(({ year, facts: { id } }) => tasksOf(year, id)),
      assignments: roles.map((role) => ({
        ...{ personId: PERSON, program: of.program.id, role, fromOn: '2026-08-01', toOn: null },
        ...{ organizationKind: 'district', organizationCode: DISTRICT },
      })),
      ledger: [],
      refused: [],
      obstaclesTo: (year, key, on) => obstacles.get(year)!(key, on),
    },
    {
      pack: () => of.pack,
      title: (_, { taskKey }) => of.task(taskKey).title,
      parameter: () => null,
    },
    today,
  );
  if (!model) throw new Error('Nothing is told.');
  return { model, ...renderDigest(model, URL, messagesFor(language)) };
}

interface Options {
  /** The reminder is of this task alone. */
  task?: string;
  language?: string;
}

const DISTRICT = '98-901-0010-26';
const ROW: Pick<LedgerRow, 'taskId' | 'personId' | 'delivery' | 'status' | 'messageId'> = {
  taskId: null,
  personId: PERSON,
  delivery: 'digest',
  status: 'scheduled',
  messageId: null,
};
const MONTHLY = ['month-deadlines', 'month-begins'];
const ASKED = { rule: 'designation', occasion: 'designation:2026-10-15:1' };

export const taskId = (year: string, key: string): string => `${year}/${key}`;

const yearFacts = ({ model }: PaperYear, at: number): YearFacts => ({
  ...{ id: `year-${at}`, program: model.program.id, calendarVersion: model.pack.version },
  ...{ organizationKind: 'school', organizationCode: `${DISTRICT}-000${at}` },
  ...{ organizationName: `School ${at}`, districtCode: DISTRICT, status: 'active', demo: false },
});

function tasksOf(year: PaperYear, id: string): TaskFacts[] {
  const statuses = year.statuses();
  return year.model.tasks.map((task) => ({
    ...{ id: taskId(id, task.key), planningYearId: id, taskKey: task.key, role: task.role },
    ...{ kind: task.kind, month: task.month, dueOn: task.dueOn, safeBy: task.safeBy },
    ...{ status: statuses.get(task.key)!, position: task.position, version: 1 },
  }));
}
