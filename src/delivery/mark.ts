import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import type { Db, DbOrTrx } from '../context.ts';
import type { Fault } from '../mail/fault.ts';
import type { Outcome } from './outcome.ts';
import { suppress } from './suppressions.ts';
import { isOfServer, noteTroubles, TROUBLE_LASTS } from './troubles.ts';

/** What became of one attempt. */
export type Mark =
  | {
      id: string;
      status: 'sent';
      at: Date;
      reminders: string[];
      subject: string;
      text: string;
      html: string;
    }
  | { id: string; status: 'dropped' }
  | { id: string; status: 'held'; reason: 'suppressed' | 'trialMode' }
  | ({ id: string; address: string; at: Date; fault: Fault } & Outcome);

/** Writes down what became of many attempts: a statement for each kind of end, however many they are. */
export async function writeMarks(db: DbOrTrx, marks: readonly Mark[]): Promise<void> {
  const of = <S extends Mark['status']>(...statuses: S[]) =>
    marks.filter((mark): mark is Extract<Mark, { status: S }> =>
      statuses.includes(mark.status as S),
    );
  await markSent(db, of('sent'));
  await markDropped(db, of('dropped'));
  await markHeld(db, of('held'));
  await markFailed(db, of('retrying', 'failed'));
}

async function markSent(db: DbOrTrx, sent: Extract<Mark, { status: 'sent' }>[]): Promise<void> {
  if (sent.length === 0) return;
  const column = (name: 'id' | 'subject' | 'text' | 'html' | 'at') =>
    sent.map((mark) => mark[name]);
  await sql`
    with told as (
      update reminders set status = 'sent', reason = null
      where id = any(${sent.flatMap(({ reminders }) => reminders)}::uuid[])),
    over as (
      delete from mail_troubles t using messages m
      where m.id = any(${column('id')}::uuid[]) and t.address = lower(m.to_address)
        and t.reason = 'undelivered' and t.last_at < ${sent[0]!.at}::timestamptz - ${TROUBLE_LASTS}::interval)
    update messages m set status = 'sent', attempts = ${ONE_MORE}, next_attempt_at = null,
      last_error = null, last_fault = null, smtp_code = null, smtp_enhanced = null,
      sent_at = i.at, subject = i.subject, text = i.text, html = i.html
    from unnest(${column('id')}::uuid[], ${column('at')}::timestamptz[], ${column('subject')}::text[],
      ${column('text')}::text[], ${column('html')}::text[]) as i (id, at, subject, text, html)
    where m.id = i.id`.execute(db);
}

/** Such that a row that holds any number can be written: what is not marked would be sent again. */
const ONE_MORE = sql.raw('least(greatest(m.attempts, 0), 10000) + 1');

/** Nothing was left to say. */
async function markDropped(db: DbOrTrx, dropped: { id: string }[]): Promise<void> {
  if (dropped.length === 0) return;
  await sql`
    update messages set status = 'dropped', next_attempt_at = null
    where id = any(${dropped.map(({ id }) => id)}::uuid[])`.execute(db);
}

async function markHeld(db: DbOrTrx, held: Extract<Mark, { status: 'held' }>[]): Promise<void> {
  for (const [reason, same] of Map.groupBy(held, (mark) => mark.reason)) {
    const ids = same.map(({ id }) => id);
    await sql`
      with waiting as (
        update reminders set status = 'held', reason = ${reason}
        where message_id = any(${ids}::uuid[]) and status in ('scheduled', 'retrying'))
      update messages set status = 'held', reason = ${reason}, next_attempt_at = null
      where id = any(${ids}::uuid[])`.execute(db);
  }
}

type Failed = Extract<Mark, { status: 'retrying' | 'failed' }>;

/** An address that is not there gets no mail from now on; that others got none is told. */
async function markFailed(db: DbOrTrx, failed: Failed[]): Promise<void> {
  if (failed.length === 0) return;
  const rows = failed.map(({ id, status, nextAttemptAt, reason, fault }) => {
    const { kind, code, enhanced, detail } = fault;
    return { id, status, reason, next: nextAttemptAt, kind, code, enhanced, detail };
  });
  await sql`
    with input as materialized (
      select * from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as i (id uuid, status text,
        reason text, next timestamptz, kind text, code integer, enhanced text, detail text)
    ), told as (
      update reminders r set status = i.status, reason = i.reason from input i
      where r.message_id = i.id and r.status in ('scheduled', 'retrying'))
    update messages m set status = i.status, reason = i.reason, attempts = ${ONE_MORE},
      next_attempt_at = i.next, last_error = i.detail, last_fault = i.kind,
      smtp_code = i.code, smtp_enhanced = i.enhanced
    from input i where m.id = i.id`.execute(db);
  await suppress(
    db,
    failed
      .filter(({ fault }) => fault.kind === 'recipient')
      .map(({ id, address, at, fault: { detail } }) => ({
        address,
        reason: 'refused',
        since: at,
        detail,
        messageId: id,
      })),
  );
  await noteTroubles(
    db,
    failed
      .filter(({ status, fault }) => status === 'failed' && isOfServer(fault))
      .map(({ id, address, at, fault: { detail } }) => ({
        ...{ address, reason: 'undelivered', at, detail, messageId: id },
      })),
  );
}

const GATHER_MS = 20;

/**
 * Writes down what became of one attempt, together with what else this process has to write down in
 * the same moment, of whatever batch.
 */
export function mark(db: Db, one: Mark): Promise<void> {
  const desk = desks.get(db) ?? { waiting: [], writing: false };
  desks.set(db, desk);
  return new Promise((resolve, reject) => {
    desk.waiting.push({ mark: one, resolve, reject });
    if (!desk.writing) void writeAll(db, desk);
  });
}

interface Desk {
  waiting: { mark: Mark; resolve: () => void; reject: (error: unknown) => void }[];
  writing: boolean;
}

const desks = new WeakMap<Db, Desk>();

async function writeAll(db: Db, desk: Desk): Promise<void> {
  desk.writing = true;
  while (desk.waiting.length > 0) {
    await sleep(GATHER_MS);
    const group = desk.waiting.splice(0);
    try {
      await writeMarks(
        db,
        group.map(({ mark }) => mark),
      );
      for (const { resolve } of group) resolve();
    } catch {
      // One that can't be written keeps no other from being so.
      for (const { mark, resolve, reject } of group)
        await writeMarks(db, [mark]).then(resolve, reject);
    }
  }
  desk.writing = false;
}
