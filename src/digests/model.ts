/** What a digest says, before it is put into words. Dates are `YYYY-MM-DD`. */
export interface DigestModel {
  name: string;
  on: string;
  /** What the organizations are: the unit of the programs, `mixed` where they differ. */
  unit: Unit;
  /** Organizations, those in most need first. */
  organizations: OrganizationDigest[];
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
  late: Item[];
  due: Item[];
  /** What the month expects. */
  month: Item[];
  /** What the month expects and others have to make possible first. */
  waiting: Item[];
  /** Roles that nobody holds, with how many things wait for one who does. */
  unreached: { role: string; tasks: number }[];
}

export interface RefusedAddress {
  /** Of the suppression. */
  id: string;
  name: string;
  address: string;
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
  role: string;
  kind: 'deadline' | 'expected';
  /** Null: the year has not set the date yet. */
  dueOn: string | null;
  safeBy: string | null;
  /** Negative: so many days late; null without a date. */
  daysLeft: number | null;
  /** Rises with every change of the task. */
  version: number;
}

/** How much is late, due soon, and expected of the month. */
export interface Counts {
  late: number;
  due: number;
  month: number;
}
