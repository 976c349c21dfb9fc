import { sql } from 'kysely';
import PostalMime from 'postal-mime';
import type { Pack } from '../../../calendar/shape.ts';
import type { Stage } from '../../../src/simulate/stage.ts';
import { lineOf, type Told } from './expectation/told.ts';
import { REASONS, whyOf } from './paper-ledger.ts';

/** What the mails told of deadlines, by the school's code, and what is wrong with the mails themselves. */
export interface Mailed {
  told: Map<string, string[]>;
  mails: number;
  faults: string[];
}

/**
 * Reads from the ledger what was sent of deadlines on which local dates, and holds that against the
 * mails that arrived: each reminder's mail has come to the holder of its role, once, and names the
 * deadline by its title; nobody had two digests on a day.
 */
export async function readMailed(
  stage: Stage,
  pack: Pack,
  mailbox: readonly string[],
): Promise<Mailed> {
  const rows = await sentRows(stage, pack);
  const arrived = await textsOf(mailbox);
  const titles = new Map(
    pack.months.flatMap(({ activities }) =>
      activities.flatMap(({ tasks }) => tasks.map(({ id, title }) => [id, title] as const)),
    ),
  );
  const told = new Map<string, string[]>();
  const faults: string[] = [];
  const digests = new Map<string, string>();
  for (const { school, deadline, role, rule, on, mailId, email } of rows) {
    const line = lineOf({ deadline, role, why: whyOf(pack, rule), on });
    told.set(school, [...(told.get(school) ?? []), line]);
    const mails = arrived.get(mailId) ?? [];
    const [mail] = mails;
    if (!mail || mails.length > 1 || mail.to !== email)
      faults.push(`${school} ${line}: ${mails.length} mails to ${email}`);
    const title = titles.get(deadline)!.replace('{portal}', pack.program.words.portal ?? '');
    if (mail && !mail.text.includes(title)) faults.push(`${school} ${line}: not named by its mail`);
    const known = digests.get(`${on} ${email}`) ?? mailId;
    digests.set(`${on} ${email}`, known);
    if (known !== mailId) faults.push(`${school} ${line}: a second mail to ${email}`);
  }
  return { told, mails: arrived.size, faults };
}

interface SentRow {
  school: string;
  deadline: string;
  role: Told['role'];
  rule: string;
  on: string;
  mailId: string;
  email: string;
}

/** Of the rules that count days from a date. */
async function sentRows({ ctx }: Stage, { reminders }: Pack): Promise<SentRow[]> {
  const rules = reminders.rules.filter(({ when }) => REASONS[when]).map(({ id }) => id);
  const { rows } = await sql<SentRow>`
    select y.organization_code as school, t.task_key as deadline, r.role, r.rule,
      m.local_date::text as "on", m.mail_id as "mailId", p.email
    from reminders r
    join tasks t on t.id = r.task_id and t.kind = 'deadline'
    join planning_years y on y.id = r.planning_year_id
    join messages m on m.id = r.message_id
    join people p on p.id = r.person_id
    where r.status = 'sent' and r.rule = any(${rules}::text[])`.execute(ctx.db);
  return rows;
}

/** What arrived under each Message-ID; text wrapped over lines is put together again. */
async function textsOf(mailbox: readonly string[]) {
  const arrived = new Map<string, { to: string; text: string }[]>();
  for (const raw of mailbox) {
    const { messageId = '', to, text = '' } = await PostalMime.parse(raw);
    const mail = { to: to?.[0]?.address ?? '', text: text.replaceAll(/\s+/g, ' ') };
    arrived.set(messageId, [...(arrived.get(messageId) ?? []), mail]);
  }
  return arrived;
}
