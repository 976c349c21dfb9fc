import type { Foreseen, Request } from './door.ts';
import { failureOf, isAlreadySo } from './failures.ts';
import type { MailChanges, PlannedMail } from './planned-mail.ts';
import { taskStatuses } from './task-status.ts';
import { logView } from './view.ts';
import type { WideChanges } from './wide-changes.ts';

/** Adds up what one act after another would change. */
export class Tally {
  /** The acts that would be taken, in their order. */
  readonly taken: { request: Request; program: string }[] = [];
  private readonly years = new Set<string>();
  private alreadySo = 0;
  private refused = 0;
  private readonly refusals: WideChanges['refusals'] = [];
  private readonly states = new Map<string, WideChanges['states'][number]>();
  private readonly tasks = new Map<string, WideChanges['tasks'][number]>();
  private readonly first: WideChanges['first'] = [];

  add(request: Request, foreseen: Foreseen): void {
    this.years.add(request.id);
    if (foreseen.ok) this.take(request, foreseen);
    else if (isAlreadySo(foreseen.error)) this.alreadySo += 1;
    else this.refuse(request.id, foreseen.read?.organizationCode ?? '', foreseen.error);
  }

  /** @param planningYears of how many years these mails are */
  changes(mails: MailChanges, planningYears: number): WideChanges {
    return {
      planningYears: this.years.size,
      acts: { taken: this.taken.length, alreadySo: this.alreadySo, refused: this.refused },
      refusals: this.refusals,
      states: [...this.states.values()],
      tasks: [...this.tasks.values()],
      mails: { planningYears, added: counted(mails.added), dropped: counted(mails.dropped) },
      first: this.first,
    };
  }

  private take(request: Request, { passage, read, tasks, today }: Taken): void {
    const { row, model, entry } = passage;
    this.taken.push({ request, program: row.program });
    for (const [region, [from, to]] of Object.entries(entry?.changes ?? {}))
      countIn(this.states, [region, from, to], { region, from, to });
    const was = taskStatuses(model, read.state, read.openedOn, today);
    for (const { key, status: to } of tasks) {
      const { title, role } = model.task(key);
      const from = was.get(key) ?? 'blocked';
      countIn(this.tasks, [key, from, to], { task: key, title, role, from, to });
    }
    if (entry && this.first.length < FIRST)
      this.first.push({
        planningYear: row.id,
        school: row.organizationCode,
        event: logView(row.id, entry),
      });
  }

  private refuse(planningYear: string, school: string, error: unknown): void {
    this.refused += 1;
    if (this.refusals.length < MOST_REFUSALS)
      this.refusals.push({ planningYear, school, ...failureOf(error) });
  }
}

type Taken = Extract<Foreseen, { ok: true }>;

const FIRST = 3;
const MOST_REFUSALS = 100;
const FIRST_MAILS = 10;

function countIn<T extends { planningYears: number }>(
  counts: Map<string, T>,
  name: string[],
  one: Omit<T, 'planningYears'>,
): void {
  const known = counts.get(name.join(' ')) ?? ({ ...one, planningYears: 0 } as T);
  known.planningYears += 1;
  counts.set(name.join(' '), known);
}

function counted(mails: PlannedMail[]): WideChanges['mails']['added'] {
  const byRole: Record<string, number> = {};
  for (const role of mails.flatMap(({ roles }) => roles)) byRole[role] = (byRole[role] ?? 0) + 1;
  return { total: mails.length, byRole, first: mails.slice(0, FIRST_MAILS) };
}
