import { sql } from 'kysely';
import type { Context, Db } from '../context.ts';
import { faultOfSettings, mailSettings, UNREADABLE } from '../delivery/settings.ts';
import type { StoredFault } from '../errors.ts';
import { isSame } from '../planning-years/mend-row.ts';
import { settingsIn } from '../programs/year-parameters.ts';

type Ctx = Pick<Context, 'db'>;

/** Settings of everybody's: those of mail, the parameters of each year, and the counts that are kept. */
export async function faultsOfSettings({ db }: Ctx): Promise<StoredFault[]> {
  const mail = await db.selectFrom('mailSettings').selectAll().executeTakeFirst();
  const ofMail = mail ? faultOfSettings(mail) : null;
  const years = await db.selectFrom('yearParameters').selectAll().execute();
  const setting = (subject: string, reason: string): StoredFault => ({
    ...{ kind: 'setting', subject, reason },
  });
  return [
    ...(ofMail ? [setting(MAIL, ofMail)] : []),
    ...years
      .filter(({ settings }) => !isSame(settingsIn(settings), settings))
      .map(({ program, year }) =>
        setting(`parameters/${program}/${year}`, 'The parameters of this year are no dates.'),
      ),
    ...((await areCountsBroken(db)) ? [setting(COUNTS, 'What is counted holds no numbers.')] : []),
  ];
}

const MAIL = 'mail';
const COUNTS = 'counts';

async function areCountsBroken(db: Db): Promise<boolean> {
  const { rows } = await sql`
    select from (
      select program, calendar_version, counts from kept_counts
      union all select program, calendar_version, counts from count_deltas
    ) c
    where jsonb_typeof(counts) <> 'object'
      or exists (select from each_of(counts) n
        where jsonb_typeof(n.value) <> 'number' or n.key !~ '^(years$|state |tasks? )')
      or calendar_version <> '' and not exists (
        select from calendar_versions v
        where v.program = c.program and v.version = c.calendar_version)
    limit 1`.execute(db);
  return rows.length > 0;
}

/**
 * Puts a setting back to what was set last and can be read; for mail, that is written to nobody until
 * somebody sets it anew. The counts are counted anew beside. @returns what was done
 */
export async function mendSetting({ db, clock }: Pick<Context, 'db' | 'clock'>, subject: string) {
  const now = clock.now();
  if (subject === MAIL) {
    const isUnreadable = (await mailSettings(db)).paused?.reason === UNREADABLE.reason;
    await sql`
      update mail_settings set per_hour = case when per_hour < 1 then 5000 else per_hour end,
        paused_since = case when per_hour < 1 and ${!isUnreadable} then paused_since
          else coalesce(nullif(nullif(paused_since, 'infinity'), '-infinity'), ${now}) end,
        paused_reason = case when per_hour < 1 and ${!isUnreadable} then paused_reason
          else coalesce(paused_reason, 'The settings of mail could not be read: set them anew.') end,
        trial_addresses = case when jsonb_typeof(trial_addresses) = 'array' then (
          select coalesce(jsonb_agg(a.item), '[]') from items_of(trial_addresses) a
          where jsonb_typeof(a.item) = 'string') end`.execute(db);
    if (!isUnreadable) return 'mail goes out as is usual';
    return 'mail is paused; look at PUT /v1/mail/settings, then npm run mail:release';
  }
  const [kind, program = '', year = ''] = subject.split('/');
  if (kind !== 'parameters') return null;
  const changes = await db
    .selectFrom('yearParameterChanges')
    .select('settings')
    .where('program', '=', program)
    .where('year', '=', year)
    .orderBy('version', 'desc')
    .execute();
  const readable = changes.find(({ settings }) => isSame(settingsIn(settings), settings));
  const settings = JSON.stringify(readable?.settings ?? settingsIn(null));
  await db
    .updateTable('yearParameters')
    .set({ settings })
    .where('program', '=', program)
    .where('year', '=', year)
    .execute();
  return readable ? 'as they were set last' : 'none is set any more: set them anew';
}
