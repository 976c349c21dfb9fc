import { createHash } from 'node:crypto';
import { sql } from 'kysely';
import type { Db } from '../context.ts';
import type { ReminderStatus } from '../db/tables.ts';
import type { LogEntry } from '../planning-years/state.ts';
import type { DirectoryEntry } from '../schools/read-directory.ts';
import { renamingOf } from './names.ts';
import type { Played } from './play.ts';
import type { Stage } from './stage.ts';

/** What came of a year, in an order that does not depend on chance. */
export interface Chronicle {
  logs: { school: DirectoryEntry; entries: LogEntry[] }[];
  mails: { role: string; date: string }[];
  ledger: LedgerLine[];
  /** SHA-256 over every log entry, mail and line of the ledger, ids replaced by stable names. */
  trace: string;
}

export interface LedgerLine {
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

/** @throws MailsDifferError */
export async function chronicleOf({ ctx, mail }: Stage, played: Played): Promise<Chronicle> {
  const { db } = ctx;
  const rename = await renamingOf(db, played);
  const hash = createHash('sha256');
  const write = (line: string) => hash.update(`${line}\n`);

  const logs: Chronicle['logs'] = [];
  for (const { school, year } of inOrder(played)) {
    const texts = await logOf(db, year.row.id);
    for (const text of texts) write(`${school.code} ${rename(text)}`);
    logs.push({ school, entries: texts.map((text) => JSON.parse(text) as LogEntry) });
  }

  const people = new Map([...played.people].map(([person, id]) => [id, person]));
  const messages = await messagesOf(db);
  requireSame(
    messages.map(({ mailId }) => mailId),
    mail.received.map(({ messageId }) => messageId),
  );
  const mails = messages
    .map(({ personId, ...message }) => ({ person: people.get(personId)!, ...message }))
    .sort((a, b) => compare(a.date, b.date) || a.person.number - b.person.number);
  for (const { person, date, subject, text } of mails)
    write(`${date} ${person.email} ${rename(`${subject}\n${text}`)}`);

  const ledger = await ledgerOf(db);
  const lines = ledger.map((line) => rename(JSON.stringify(line)));
  for (const line of lines.sort()) write(line);
  return {
    logs,
    mails: mails.map(({ person, date }) => ({ role: person.role, date })),
    ledger,
    trace: hash.digest('hex'),
  };
}

const inOrder = ({ years }: Played) =>
  years.toSorted((a, b) => compare(a.school.code, b.school.code));

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

async function logOf(db: Db, id: string): Promise<string[]> {
  const rows = await db
    .selectFrom('logEntries')
    .select('entry')
    .where('planningYearId', '=', id)
    .orderBy('seq')
    .execute();
  return rows.map(({ entry }) => entry);
}

const messagesOf = (db: Db) =>
  db
    .selectFrom('messages')
    .select(['mailId', 'personId', 'localDate as date', 'subject', 'text'])
    .where('status', '=', 'sent')
    .execute();

async function ledgerOf(db: Db) {
  const { rows } = await sql<LedgerLine & Record<string, string | null>>`
    select r.planning_year_id as year, r.task_id as task, r.person_id as person, r.role, r.rule,
      r.occasion, r.due_on as "dueOn", r.status, r.reason,
      case when r.status = 'sent' then m.local_date end as "sentOn"
    from reminders r left join messages m on m.id = r.message_id`.execute(db);
  return rows;
}

function requireSame(sent: string[], received: string[]): void {
  const got = new Set(received);
  const missing = sent.filter((id) => !got.has(id)).length;
  if (missing === 0 && sent.length === received.length) return;
  throw new MailsDifferError(
    `The ledger has ${sent.length} mails sent and the mail server got ${received.length}; ${missing} are missing.`,
  );
}
