import { mailDays } from '../../../calendar/mail-days.ts';
import type { Pack, ReminderRule } from '../../../calendar/shape.ts';
import type { TaskModel } from '../../../src/planning-years/model.ts';
import { type Band, occasionsOn } from '../../../src/reminders/occasions.ts';
import type { Told } from './expectation/told.ts';
import type { PaperSchool } from './paper-school.ts';

/** One school's ledger in memory: what a day's occasions say of its deadlines, once each, and what its mail then tells. */
export class PaperLedger {
  private readonly year: PaperSchool;
  private readonly keys = new Set<string>();
  private waiting: { task: TaskModel; told: Omit<Told, 'on'> }[] = [];

  constructor(year: PaperSchool) {
    this.year = year;
  }

  /** The scan of a morning, and the mails after it. @returns what they tell of deadlines */
  morning(today: string): Told[] {
    const { pack } = this.year.model;
    for (const task of this.year.deadlines) this.record(pack, task, today);
    if (this.waiting.length === 0 || !mailDays(pack)(today)) return [];
    const mailed = this.waiting.filter(({ task }) => isUnfinished(this.year.statusOf(task)));
    this.waiting = [];
    return mailed.map(({ told }) => ({ ...told, on: today }));
  }

  private record(pack: Pack, task: TaskModel, today: string): void {
    for (const band of bandsOn(pack, today)) {
      if (!covers(band, task)) continue;
      const { rule, threshold } = band;
      const role = (band.role ?? task.role) as Told['role'];
      const key = `${task.key} ${role} ${rule}:${threshold}:${countedFrom(band, task)}`;
      if (this.keys.has(key) || !isUnfinished(this.year.statusOf(task))) continue;
      this.keys.add(key);
      this.waiting.push({ task, told: { deadline: task.key, role, why: whyOf(pack, rule) } });
    }
  }
}

/** Whether the range of a band, as `occasionsOn` tells them, has a deadline in it. */
export const covers = (band: Band, task: TaskModel): boolean => {
  const date = countedFrom(band, task);
  return (
    date !== null &&
    band.from <= date &&
    date <= band.to &&
    task.dueOn! >= band.dueFrom &&
    band.kinds.includes(task.kind) &&
    (band.tasks === null || band.tasks.includes(task.key)) &&
    !(band.othersOnly && (band.role ?? task.role) === task.role)
  );
};

/** Why a reminder of a rule comes, in the expectation's words. */
export function whyOf({ reminders }: Pack, rule: string): Told['why'] {
  const when = reminders.rules.find(({ id }) => id === rule)!.when;
  const why = REASONS[when];
  if (!why) throw new Error(`The rule ${rule} tells nothing of a deadline's date.`);
  return why;
}

export const REASONS: Partial<Record<ReminderRule['when'], Told['why']>> = {
  daysBefore: 'near',
  daysLate: 'late',
  workingDaysLate: 'escalated',
};

const countedFrom = ({ by }: Band, { safeBy, dueOn }: TaskModel): string | null =>
  by === 'aim' ? (safeBy ?? dueOn) : dueOn;

/** A deadline speaks whether it is open or something stands in its event's way. */
const isUnfinished = (status: string): boolean => status === 'open' || status === 'blocked';

/** Of deadlines: what is said of other tasks need not be looked through for each of them. */
function bandsOn(pack: Pack, today: string): readonly Band[] {
  const known = bands.get(pack) ?? new Map<string, readonly Band[]>();
  bands.set(pack, known);
  const ofDay =
    known.get(today) ??
    occasionsOn(pack, today).bands.filter(({ kinds }) => kinds.includes('deadline'));
  known.set(today, ofDay);
  return ofDay;
}

const bands = new WeakMap<Pack, Map<string, readonly Band[]>>();
