/** What a digest says, before it is put into words. Dates are `YYYY-MM-DD`. */
export interface DigestModel {
  name: string;
  on: string;
  /** Organizations, those in most need first. */
  organizations: OrganizationDigest[];
  /** Why this mail came: titles of the programs, and of the roles that the person holds here. */
  programs: string[];
  roles: string[];
}

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

export interface Item {
  taskId: string;
  title: string;
  role: string;
  /** Null: the year has not set the date yet. */
  dueOn: string | null;
  safeBy: string | null;
  /** Negative: so many days late; null without a date. */
  daysLeft: number | null;
}
