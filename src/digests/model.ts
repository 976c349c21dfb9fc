import type { TaskKind } from '../../calendar/shape.ts';

/** What a digest says, before it is put into words. Dates are `YYYY-MM-DD`. */
export interface DigestModel {
  name: string;
  on: string;
  /** What the organizations are: the unit of the programs, `mixed` where they differ. */
  unit: Unit;
  /** Organizations, those in most need first. */
  organizations: OrganizationDigest[];
  /** Tasks whose date nobody has set, each once, whatever the number of places. */
  unset: UnsetTask[];
  /** Addresses that refuse mail, and that the reader is to see mended. */
  refused: RefusedAddress[];
  /** Why this mail came: titles of the programs, and of the roles that the person holds here. */
  programs: string[];
  roles: string[];
  /** The programs' state agencies, by name. */
  agencies: string[];
  /** Id of the one person who coordinates all of it; null where there is none, or several. */
  coordinator: string | null;
  /** The kinds of reminders it holds, as `program/rule`, when all may be switched off; else null. */
  optionalKinds: string[] | null;
}

export type Unit = 'school' | 'district' | 'mixed';

export interface OrganizationDigest {
  planningYearId: string;
  name: string;
  code: string;
  /** What the reader can do now and other work here waits for. It stands in no other list. */
  waitingOnYou: HoldUp[];
  /** Overdue: all that is the reader's own here, and what is told of others. */
  late: Item[];
  due: Item[];
  /** What else belongs to the month. */
  month: Item[];
  /** What belongs to the month and others have to make possible first. */
  waiting: Item[];
  /** Roles that nobody holds, with how many things wait for one who does. */
  unreached: { role: string; tasks: number }[];
}

export interface RefusedAddress {
  /** Of the suppression. */
  id: string;
  name: string;
  address: string;
  /** `refused`, `bounced`: it gets no mail; `undelivered`: a mail did not arrive; `complained`: one was called spam. */
  reason: 'refused' | 'bounced' | 'undelivered' | 'complained';
  /** The mail server's words. */
  said: string;
  /** Titles of the roles that the person holds. */
  roles: string[];
  /** For the whole state; the places say only where it stands in the ledger. */
  everywhere: boolean;
  places: { planningYearId: string; name: string }[];
}

export interface Item {
  taskId: string;
  title: string;
  /** The role's title. */
  role: string;
  /** Whether the reader holds that role here. */
  own: boolean;
  kind: TaskKind;
  /** Null: the year has not set the date yet. */
  dueOn: string | null;
  safeBy: string | null;
  /** Negative: so many days late; null without a date. */
  daysLeft: number | null;
  /** Rises with every change of the task. */
  version: number;
  /** What stands in its way, or in that of the event that it brings about; empty: nothing. */
  waitsOn: OtherEnd[];
}

/** What a task waits for, or what waits for it. */
export interface OtherEnd {
  /** Titles of the roles whose doing would help, or whose task waits; empty: only time helps. */
  roles: string[];
  /** Of the task; or, where no task would help, a sentence that says what stands in the way. */
  title: string;
  /** Null: there is no task, or the reader may not see it. */
  taskId: string | null;
  /** Whether it is the reader's, too. */
  own: boolean;
}

/** A task that holds up others. */
export interface HoldUp extends Item {
  /** The list that it would stand in otherwise. */
  as: 'late' | 'due' | 'month';
  holdsUp: OtherEnd[];
}

export interface UnsetTask {
  title: string;
  role: string;
  /** Title of the year's parameter that its date comes from; null: the calendar names none. */
  parameter: string | null;
  places: { taskId: string; planningYearId: string; name: string; code: string }[];
}

/** How much is late, due today, due soon, and asked for by the month. */
export interface Counts {
  late: number;
  today: number;
  soon: number;
  month: number;
}
