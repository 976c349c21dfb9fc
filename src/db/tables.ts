import type { ColumnType, Generated, JSONColumnType } from 'kysely';

/**
 * The database as Kysely sees it (camelCase here, snake_case there). Dates are `YYYY-MM-DD` strings,
 * instants are `Date`s, bigints that stay small are read as numbers.
 */
export interface Tables {
  districts: DistrictsTable;
  schools: SchoolsTable;
  people: PeopleTable;
  assignments: AssignmentsTable;
  apiKeys: ApiKeysTable;
  calendarVersions: CalendarVersionsTable;
  planningYears: PlanningYearsTable;
  logEntries: LogEntriesTable;
  tasks: TasksTable;
  idempotencyKeys: IdempotencyKeysTable;
  reminders: RemindersTable;
  reminderScans: ReminderScansTable;
  messages: MessagesTable;
  cronTicks: CronTicksTable;
  suppressions: SuppressionsTable;
  mailTroubles: MailTroublesTable;
  addressesToMend: AddressesToMendView;
  mailBreaker: MailBreakerTable;
  mailSettings: MailSettingsTable;
  mailSettingsChanges: MailSettingsChangesTable;
  heartbeats: HeartbeatsTable;
  preferences: PreferencesTable;
  feeds: FeedsTable;
  secrets: SecretsTable;
  yearParameters: YearParametersTable;
  yearParameterChanges: YearParameterChangesTable;
  jobs: JobsTable;
  jobItems: JobItemsTable;
  keptCounts: KeptCountsTable;
  countDeltas: CountDeltasTable;
  auditEntries: AuditEntriesTable;
  seals: SealsTable;
  sealedHeads: SealedHeadsTable;
  interventions: InterventionsTable;
  vendors: VendorsTable;
  schoolActs: SchoolActsTable;
  contracts: ContractsTable;
  heldRoles: HeldRolesView;
  identities: IdentitiesTable;
  signInAttempts: SignInAttemptsTable;
  sessions: SessionsTable;
  quarantine: QuarantineTable;
  writers: WritersTable;
}

type Instant = ColumnType<Date, Date | string, Date | string>;
/** JSON that is written as a JavaScript value's text and read as the value. */
type Json<T> = ColumnType<T, string, string>;

export interface DistrictsTable {
  code: string;
  name: string;
  demo: boolean;
}

export interface SchoolsTable {
  code: string;
  districtCode: string;
  name: string;
  city: string;
  county: string;
  schoolType: string;
  grades: string;
  enrollment: number | null;
  demo: boolean;
  /** The first day on which it is no more under this code. */
  closedOn: ColumnType<string | null, string | null | undefined, string | null>;
  successor: ColumnType<string | null, string | null | undefined, string | null>;
  version: number;
  updatedAt: Instant;
}

/** Append-only, by the database itself. */
export interface SchoolActsTable {
  id: string;
  kind: 'closed' | 'merged' | 'recoded';
  school: string;
  successor: string | null;
  onDate: string;
  reason: string;
  actor: Json<unknown>;
  recordedAt: Instant;
}

export interface PeopleTable {
  id: string;
  name: string;
  email: string;
  demo: boolean;
  version: number;
  createdAt: Instant;
  /** The transaction in which the address changed last, began to refuse mail, or ceased to. */
  addressChangedIn: Generated<string>;
}

export interface AssignmentsTable {
  id: string;
  personId: string;
  program: string;
  role: string;
  organizationKind: 'state' | 'district' | 'school' | 'vendor';
  organizationCode: string;
  fromOn: string;
  /** Last day of the assignment, inclusive; null while it is open. */
  toOn: string | null;
  /** The name that its giver typed, who knew no more of the person than the address. */
  namedAs: Generated<string | null>;
  demo: boolean;
  version: number;
  /** The transaction that changed it last; the database sets it. */
  changedIn: Generated<string>;
}

/** Assignments by the places that they reach: a vendor's, where it has a contract. */
export interface HeldRolesView {
  assignmentId: string;
  personId: string;
  program: string;
  role: string;
  organizationKind: 'state' | 'district' | 'school';
  organizationCode: string;
  fromOn: string;
  toOn: string | null;
}

export interface VendorsTable {
  code: string;
  name: string;
  version: number;
  updatedAt: Instant;
  demo: boolean;
}

export interface ContractsTable {
  id: string;
  vendorCode: string;
  planningYearId: string;
  proposedOn: string;
  signedOn: string | null;
  toOn: string | null;
  version: number;
  updatedAt: Instant;
  /** The transaction that changed it last; the database sets it. */
  changedIn: Generated<string>;
}

export type KeyScope = { all: true } | { districts: string[] } | { schools: string[] };
/** A vendor's key names the contract that it stands for: what that reaches, the key reaches. */
export type KeyScopeAsGiven = KeyScope | { contract: string };

export interface ApiKeysTable {
  id: string;
  /** The readable beginning of the key, shown in lists. */
  prefix: string;
  /** SHA-256 of the whole key. */
  hash: Buffer;
  role: string;
  program: string | null;
  scope: Json<KeyScopeAsGiven>;
  label: string;
  expiresOn: string;
  revokedAt: Instant | null;
  lastUsedAt: Instant | null;
  createdBy: string;
  createdAt: Instant;
  /** The key that it takes the place of. */
  replaces: string | null;
  demo: boolean;
}

export interface CalendarVersionsTable {
  program: string;
  version: string;
  /** The program's data as it was when a year was first pinned to it: `{program, months}`. */
  content: Json<unknown>;
  firstUsedAt: Instant;
}

export type YearStatus = 'active' | 'done' | 'withdrawn';

export interface PlanningYearsTable {
  id: string;
  program: string;
  year: string;
  organizationKind: 'school' | 'district';
  organizationCode: string;
  districtCode: string;
  status: YearStatus;
  /** `planning-years/state.ts` says what it holds. */
  state: Json<unknown>;
  /** Changes with status, regions or facts: what `If-Match` speaks of. */
  version: number;
  /** The log's last entry: what the door compares before it writes. */
  headSeq: number;
  headHash: Buffer;
  calendarVersion: string;
  machineVersion: string;
  openedOn: string;
  /** The dates set for its organization, by parameter. */
  parameters: ColumnType<Record<string, string>, string | undefined, string>;
  /** The next date on which the clock may bring an event; null when none will. */
  clockOn: string | null;
  demo: boolean;
  updatedAt: Instant;
  /** The transaction that changed it last; the database sets it. */
  changedIn: Generated<string>;
}

export interface LogEntriesTable {
  planningYearId: string;
  seq: number;
  type: string;
  recordedAt: Instant;
  effectiveOn: string;
  /** The whole entry as canonical JSON (RFC 8785): what the hash is taken over. */
  entry: string;
  /** SHA-256 over the previous entry's hash and this entry's text. */
  hash: Buffer;
}

export type TaskStatus =
  | 'open'
  | 'blocked'
  | 'done'
  | 'waived'
  | 'lapsed'
  | 'preStart'
  | 'notApplicable';

export interface TasksTable {
  id: string;
  planningYearId: string;
  /** The calendar's id of the task, e.g. `nov-4/district/2`. */
  taskKey: string;
  activity: string;
  role: string;
  scope: 'state' | 'district' | 'school';
  kind: 'deadline' | 'occasion' | 'expected';
  /** The calendar's month of its activity, `2026-11`. */
  month: string;
  dueOn: string | null;
  safeBy: string | null;
  status: TaskStatus;
  /** Position in the calendar, for a stable order among equal due dates. */
  position: number;
  /** How it was settled, null while it is not: `{by, at, effectiveOn, note, evidence}`. */
  settled: Json<unknown> | null;
  version: number;
}

export interface IdempotencyKeysTable {
  credential: string;
  key: string;
  /** SHA-256 over method, path and body. */
  requestHash: Buffer;
  status: number | null;
  headers: Json<Record<string, string>> | null;
  body: string | null;
  createdAt: Instant;
}

/**
 * `scheduled` waits for its mail; `held` is not sent, and `reason` says why; `dropped` no longer
 * matters; `retrying` has failed for now, `failed` for good.
 */
export type ReminderStatus =
  | 'scheduled'
  | 'held'
  | 'sent'
  | 'dropped'
  | 'retrying'
  | 'failed'
  | 'bounced';
export type Delivery = 'digest' | 'atOnce';

/** The ledger: one row for every reminder ever due. */
export interface RemindersTable {
  id: string;
  planningYearId: string;
  /** Null for a month's overview. */
  taskId: string | null;
  role: string;
  personId: string | null;
  rule: string;
  /** What makes it one of a kind, e.g. `deadline:7:2027-01-31`. */
  occasion: string;
  /** The local date on which it became due. */
  dueOn: string;
  /** Whether it goes into the digest of the day, or out at once. */
  delivery: Generated<Delivery>;
  status: ReminderStatus;
  reason: string | null;
  messageId: string | null;
  createdAt: Instant;
}

/** `delivery/messages.ts` tells how one follows the other. */
export type MessageStatus =
  | 'queued'
  | 'sending'
  | 'retrying'
  | 'sent'
  | 'failed'
  | 'bounced'
  | 'dropped'
  | 'held';
/** How far a program's reminders have been gone through. */
export interface ReminderScansTable {
  program: string;
  rules: string;
  through: string;
  seen: string;
}

/** One mail to one person: the digest of a local date, or something that is told at once. */
export interface MessagesTable {
  id: string;
  personId: string;
  kind: Generated<'digest' | 'atOnce'>;
  /** Whose terms say when it may arrive: the first of those it speaks of. */
  program: ColumnType<string | null, string | undefined, string>;
  localDate: string;
  status: MessageStatus;
  /** Why it is held, has failed, or was dropped. */
  reason: string | null;
  /** The Message-ID header, the same on every attempt. */
  mailId: string;
  attempts: number;
  claimedAt: Instant | null;
  firstAttemptAt: Instant | null;
  nextAttemptAt: Instant | null;
  /** The address of the last attempt. */
  toAddress: string | null;
  /** `Fault.kind` of the last attempt. */
  lastFault: string | null;
  /** What the mail server said last, e.g. 550 and `5.1.1`. */
  smtpCode: number | null;
  smtpEnhanced: string | null;
  lastError: string | null;
  sentAt: Instant | null;
  reported: 'delayed' | 'delivered' | 'bounced' | 'complained' | null;
  reportedAt: Instant | null;
  subject: string | null;
  text: string | null;
  html: string | null;
  createdAt: Instant;
}

/** Addresses that nothing is sent to any more. */
export interface SuppressionsTable {
  id: string;
  /** In lower case. */
  address: string;
  /** `refused`: by the mail server in the conversation; `bounced`: by a report that came later. */
  reason: 'refused' | 'bounced';
  since: Instant;
  detail: string;
  messageId: string | null;
}

/** Addresses that something is to be told of, and that mail is sent to all the same. */
export interface MailTroublesTable {
  id: string;
  /** In lower case. */
  address: string;
  /** `undelivered`: a mail did not arrive; `complained`: its reader called it spam. */
  reason: 'undelivered' | 'complained';
  since: Instant;
  lastAt: Instant;
  detail: string;
  messageId: string | null;
}

/** Suppressions, and the troubles of addresses without one. */
export interface AddressesToMendView {
  id: string;
  address: string;
  reason: SuppressionsTable['reason'] | MailTroublesTable['reason'];
  since: Instant;
  detail: string;
}

/** One row at most: while it stands, the mail server is asked once a minute. */
export interface MailBreakerTable {
  single: true;
  reason: 'signIn' | 'server';
  detail: string;
  since: Instant;
  triedAt: Instant;
}

/** One row at most; without it mail goes out as usual. */
export interface MailSettingsTable {
  single: true;
  version: number;
  perHour: number;
  pausedSince: Instant | null;
  pausedReason: string | null;
  /** Null: mail goes to everybody. */
  trialAddresses: Json<string[]> | null;
  updatedAt: Instant;
}

export interface MailSettingsChangesTable {
  version: number;
  actor: Json<unknown>;
  recordedAt: Instant;
  settings: Json<unknown>;
}

/** When each piece of regular work was last done. */
export interface HeartbeatsTable {
  name: string;
  at: Instant;
}

/** What is set anew each year: for the program, and for a district. */
export interface YearSettings {
  program: Record<string, string>;
  districts: Record<string, Record<string, string>>;
}

export interface YearParametersTable {
  program: string;
  year: string;
  version: number;
  settings: Json<YearSettings>;
  updatedAt: Instant;
}

export interface YearParameterChangesTable {
  program: string;
  year: string;
  version: number;
  actor: Json<unknown>;
  recordedAt: Instant;
  settings: Json<YearSettings>;
}

export type JobStatus = 'queued' | 'running' | 'done';

/** Background work over many planning years. */
export interface JobsTable {
  id: string;
  kind: string;
  status: JobStatus;
  program: string;
  year: string;
  actor: Json<unknown>;
  command: Json<unknown>;
  total: number;
  createdAt: Instant;
  /** Changes while somebody works on it. */
  touchedAt: Instant;
  finishedAt: Instant | null;
}

export interface JobItemsTable {
  jobId: string;
  planningYearId: string;
  status: 'waiting' | 'done' | 'failed';
  failure: Json<unknown> | null;
}

/** Numbers by key; the migration that makes the tables says which. */
export type CountsJson = Record<string, number>;

/** Sums of what `countDeltas` told; with empty codes, of the whole state. */
export interface KeptCountsTable {
  program: string;
  year: string;
  districtCode: string;
  county: string;
  calendarVersion: string;
  counts: Json<CountsJson>;
}

/** Differences that have not been summed up yet; the database's own triggers write them. */
export interface CountDeltasTable extends KeptCountsTable {
  id: Generated<number>;
}

/** Entries of the log that the state is told of. */
export interface InterventionsTable {
  planningYearId: string;
  seq: number;
}

export interface CronTicksTable {
  job: string;
  tick: string;
  runner: string;
  at: Instant;
}

/** Of people who have said something; null: as the program has it. */
export interface PreferencesTable {
  personId: string;
  zone: string | null;
  /** `HH:MM` */
  digestAt: string | null;
  language: string | null;
  /** Kinds of reminders, as `program/rule`. */
  switchedOff: string[];
  version: number;
  updatedAt: Instant;
}

/** A person's deadlines as a calendar that programs subscribe to. */
export interface FeedsTable {
  id: string;
  personId: string;
  /** SHA-256 of the token in the feed's address. */
  tokenHash: Buffer;
  label: string;
  createdAt: Instant;
  revokedAt: Instant | null;
}

/** Random values that signatures are made with. */
export interface SecretsTable {
  purpose: string;
  value: Buffer;
  createdAt: Instant;
}

/** Who signs in through the provider. */
export interface IdentitiesTable {
  personId: string;
  issuer: string;
  /** What the issuer calls the person, for good; null: marked for it, and not yet seen. */
  subject: string | null;
  pinnedAt: Instant | null;
  markedBy: string;
  markedAt: Instant;
  version: number;
}

export type SignInWay = 'link' | 'provider';

/** One way to sign in, once, in the browser that began it. */
export interface SignInAttemptsTable {
  id: string;
  way: SignInWay;
  /** As it was typed; null with the provider. */
  email: string | null;
  /** SHA-256 of the cookie that binds it to a browser. */
  browserHash: Buffer;
  /** SHA-256 of what the link or the provider brings back; null until the mail is made. */
  secretHash: Buffer | null;
  /** Null until it is known. */
  personId: string | null;
  /** The path of the page to lead to afterwards; null: their own. */
  back: string | null;
  begunAt: Instant;
  expiresAt: Instant;
  usedAt: Instant | null;
  /** Keyed digest of the network address that asked for a link; null with the provider. */
  asker: Buffer | null;
  /** How many mails with its link have been made. */
  mails: Generated<number>;
  /** How often a link's mail has been tried, and when it is to be tried next; null: no more. */
  tries: Generated<number>;
  nextTryAt: Instant | null;
}

export interface SessionsTable {
  id: string;
  /** SHA-256 of the cookie. */
  tokenHash: Buffer;
  personId: string;
  way: SignInWay;
  /** How the browser calls itself. */
  browser: string;
  createdAt: Instant;
  lastSeenAt: Instant;
  /** The latest it ends, whatever happens. */
  expiresAt: Instant;
  endedAt: Instant | null;
}

export type { ColumnType, Generated, JSONColumnType };

export interface AuditEntriesTable {
  id: string;
  at: Instant;
  /** `audit/kinds.ts` says which there are. */
  kind: string;
  /** The actor's id, or `nobody`. */
  actor: string;
  requestId: string | null;
  planningYearId: string | null;
  detail: Json<Record<string, unknown>>;
  /** The seal that holds it; null until the day is sealed. */
  sealedOn: string | null;
}

/** Closes a day (UTC): the heads of the logs that moved, and what was witnessed. */
export interface SealsTable {
  sealedOn: string;
  sealedAt: Instant;
  /** The digest of the seal before. */
  previous: Buffer;
  digest: Buffer;
}

export interface SealedHeadsTable {
  sealedOn: string;
  planningYearId: string;
  seq: number;
  hash: Buffer;
  /** Whose the planning year was; null in seals of releases that did not tell. */
  belongsTo: JSONColumnType<Record<string, string>> | null;
}

/** One row: which releases (src/release.ts) may write. */
export interface WritersTable {
  single: Generated<true>;
  oldest: number;
  newest: number;
}

/** What can't be used as it stands, so that all else goes on without it. */
export interface QuarantineTable {
  kind: QuarantinedKind;
  /** Its id. */
  subject: string;
  reason: string;
  /** What mends it. */
  remedy: string;
  since: Instant;
  /** When somebody last came upon it. */
  metAt: Instant;
}

/** `row`: one of any other table, named `table/id`. */
export type QuarantinedKind = 'planningYear' | 'person' | 'mail' | 'job' | 'setting' | 'row';
