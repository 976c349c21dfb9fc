import { createHash } from 'node:crypto';
import { sql } from 'kysely';
import type { Db } from '../context.ts';
import type { ReminderStatus } from '../db/tables.ts';
import type { LogEntry } from '../planning-years/state.ts';
import type { DirectoryEntry } from '../schools/read-directory.ts';
import { type Renaming, renamingOf } from './names.ts';
import type { Person } from './people.ts';
import type { Played } from './play.ts';
import type { Stage } from './stage.ts';

/** What came of a year, in an order that does not depend on chance, and what is told of it. */
export interface Chronicle {
  logs: { school: DirectoryEntry; entries: ToldEntry[] }[];
  mails: { role: string; date: string }[];
  ledger: LedgerLine[];
  /** SHA-256 over every log entry, mail and line of the ledger, ids replaced by stable names. */
  trace: string;
}

/** Of a log entry what the figures are made from. */
export interface ToldEntry
  extends Pick<LogEntry, 'seq' | 'type' | 'effectiveOn' | 'settledTasks' | 'transitions'> {
  role: string;
}

export interface LedgerLine {
  school: DirectoryEntry;
  role: string;
  rule: string;
  dueOn: string;
  status: ReminderStatus;
  reason: string | null;
  /** Null: nobody ever had it. */
  person: string | null;
  /** When it went out. */
  sentOn: string | null;
}

/** The mail server has not got what the ledger calls sent. */
export class MailsDifferError extends Error {
  override name = 'MailsDifferError';
}

/**
 * Reads it piece by piece, a school and then a day at a time, and keeps of each what is told: a year of
 * many schools is far more than has room in memory.
 * @throws MailsDifferError
 */
export async function chronicleOf({ ctx, mail }: Stage, played: Played): Promise<Chronicle> {
  const { db } = ctx;
  const rename = await renamingOf(db, played);
  const hash = createHash('sha256');
  const write = (line: string) => hash.update(`${line}\n`);
  const told: Told = { rename, write, once: onlyOnce() };

  const logs: Chronicle['logs'] = [];
  const ledger: LedgerLine[] = [];
  for (const { school, year } of inOrder(played)) {
    logs.push({ school, entries: await tellLog(db, year.row.id, school.code, told) });
    ledger.push(...(await tellLedger(db, year.row.id, school, told)));
  }
  const mails = await tellMails(db, played, told);
  const sent = await sentMails(db);
  requireSame(
    sent,
    mail.received.map(({ messageId }) => messageId),
  );
  return { logs, mails, ledger, trace: hash.digest('hex') };
}

interface Told {
  rename: Renaming;
  write(line: string): void;
  /** The same text for equal ones: there are few, and each is told a thousand times. */
  once(text: string): string;
}

function onlyOnce(): Told['once'] {
  const known = new Map<string, string>();
  return (text) => {
    const first = known.get(text);
    if (first === undefined) known.set(text, text);
    return first ?? text;
  };
}

const inOrder = ({ years }: Played) =>
  years.toSorted((a, b) => compare(a.school.code, b.school.code));

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

async function tellLog(
  db: Db,
  id: string,
  code: string,
  { rename, write, once }: Told,
): Promise<ToldEntry[]> {
  const rows = await db
    .selectFrom('logEntries')
    .select('entry')
    .where('planningYearId', '=', id)
    .orderBy('seq')
    .execute();
  return rows.map(({ entry: text }) => {
    write(`${code} ${rename(text)}`);
    const entry = JSON.parse(text) as LogEntry;
    return {
      seq: entry.seq,
      type: once(entry.type),
      role: once(entry.actor.role),
      effectiveOn: once(entry.effectiveOn),
      settledTasks: entry.settledTasks.map(once),
      transitions: entry.transitions.map(({ event, region, from, to, automatic }) => ({
        ...{ event: once(event), region: once(region), from: once(from), to: once(to), automatic },
      })),
    };
  });
}

async function tellLedger(
  db: Db,
  id: string,
  school: DirectoryEntry,
  { rename, write, once }: Told,
): Promise<LedgerLine[]> {
  const { rows } = await sql<LedgerLine & Record<string, string | null>>`
    select r.planning_year_id as year, r.task_id as task, r.person_id as person, r.role, r.rule,
      r.occasion, r.due_on as "dueOn", r.status, r.reason,
      case when r.status = 'sent' then m.local_date end as "sentOn"
    from reminders r left join messages m on m.id = r.message_id
    where r.planning_year_id = ${id}`.execute(db);
  const lines = rows.map((row) => rename(JSON.stringify(row)));
  for (const line of lines.sort()) write(line);
  return rows.map(({ role, rule, dueOn, status, reason, person, sentOn }) => ({
    ...{ school, role: once(role), rule: once(rule), dueOn: once(dueOn), status },
    ...{ reason: reason && once(reason), person: person && once(person) },
    sentOn: sentOn && once(sentOn),
  }));
}

async function tellMails(
  db: Db,
  { people }: Played,
  { rename, write, once }: Told,
): Promise<Chronicle['mails']> {
  const byId = new Map([...people].map(([person, id]) => [id, person]));
  const days = await db
    .selectFrom('messages')
    .select('localDate as date')
    .distinct()
    .orderBy('localDate')
    .execute();
  const mails: Chronicle['mails'] = [];
  for (const { date } of days) {
    const ofDay = (await mailsOf(db, date)).map(({ personId, subject, text }) => {
      const person = byId.get(personId)!;
      return { person, line: `${date} ${person.email} ${rename(`${subject}\n${text}`)}` };
    });
    for (const { person, line } of ofDay.sort(byPerson)) {
      write(line);
      mails.push({ role: person.role, date: once(date) });
    }
  }
  return mails;
}

type MailLine = { person: Person; line: string };

const byPerson = (a: MailLine, b: MailLine): number =>
  a.person.number - b.person.number || compare(a.line, b.line);

const mailsOf = (db: Db, date: string) =>
  db
    .selectFrom('messages')
    .select(['personId', 'subject', 'text'])
    .where('status', '=', 'sent')
    .where('localDate', '=', date)
    .execute();

async function sentMails(db: Db): Promise<string[]> {
  const rows = await db
    .selectFrom('messages')
    .select('mailId')
    .where('status', '=', 'sent')
    .execute();
  return rows.map(({ mailId }) => mailId);
}

function requireSame(sent: string[], received: string[]): void {
  const got = new Set(received);
  const missing = sent.filter((id) => !got.has(id)).length;
  if (missing === 0 && sent.length === received.length) return;
  throw new MailsDifferError(
    `The ledger has ${sent.length} mails sent and the mail server got ${received.length}; ${missing} are missing.`,
  );
}
