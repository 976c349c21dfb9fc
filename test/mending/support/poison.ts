import { sql } from 'kysely';
import { sealYesterday } from '../../../src/audit/seal.ts';
import type { Context } from '../../../src/context.ts';
import { noteScan, watchUndelivered } from '../../../src/delivery/heartbeat.ts';
import { noteTroubles } from '../../../src/delivery/troubles.ts';
import { bootstrap } from '../../../src/http/authenticate.ts';
import { runJob } from '../../../src/jobs/run.ts';
import { startWideAct } from '../../../src/jobs/wide-act.ts';
import { lookAfterQuarantine, mendQuarantine } from '../../../src/mending/quarantine.ts';
import { rebuild } from '../../../src/planning-years/rebuild.ts';
import { scan } from '../../../src/reminders/scan.ts';
import { sendMails } from '../../../src/reminders/send.ts';
import { foldCounts } from '../../../src/reports/fold.ts';
import { rebuildCounts } from '../../../src/reports/rebuild.ts';
import { type TestApp, testApp } from '../../support/app.ts';
import { everywhere, filesOf, type Place } from '../../support/everywhere.ts';

/** A column of one row, and what is written into it as SQL. */
export interface Poison {
  table: string;
  column: string;
  value: string;
}

/** What came of one poison. */
export interface Outcome {
  poison: Poison;
  /** The database's own rules refuse it. */
  refused: boolean;
  /** What did not go on: one line each. */
  harm: string[];
  /** What was set aside, as `kind id`. */
  aside: string[];
  /** What was still set aside after the command, with what mends that. */
  left: { kind: string; subject: string; remedy: string }[];
}

/** Values that a type allows and nobody means, as SQL. */
const WRONG: Record<string, readonly string[]> = {
  text: ["''", "'no such thing'", "E'two\\nlines'", "repeat('x', 5000)"],
  'text[]': ["'{}'", "array['no such/kind']", 'array[null]::text[]'],
  integer: ['-1', '0', '2147483647'],
  bigint: ['-1', '9223372036854775807'],
  date: ["'infinity'", "'-infinity'", "'5874897-12-31'"],
  'timestamp with time zone': ["'infinity'", "'-infinity'"],
  jsonb: ["'null'", "'5'", "'[]'", "'{}'", `'{"regions": 5}'`, `'{"all": "x", "counts": "x"}'`],
  bytea: ["''"],
  uuid: ["'00000000-0000-7000-8000-000000000000'"],
};

/** Tables that neither people nor time write, or that hold one thing for everybody by design. */
const LEFT = new Set(['quarantine', 'calendar_versions', 'secrets', 'writers']);

export async function poisons(ctx: Context): Promise<Poison[]> {
  const { rows } = await sql<{ table: string; column: string; type: string; nullable: boolean }>`
    select c.relname as table, a.attname as column, format_type(a.atttypid, null) as type,
      not a.attnotnull as nullable
    from pg_class c join pg_attribute a on a.attrelid = c.oid
    where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' and a.attnum > 0
      and not a.attisdropped and a.attgenerated = '' and a.attidentity = ''
      and c.relname not like 'kysely%'
    order by c.relname, a.attnum`.execute(ctx.db);
  return rows
    .filter(({ table }) => !LEFT.has(table))
    .flatMap(({ table, column, type, nullable }) =>
      [...(WRONG[type] ?? []), ...(nullable ? ['null'] : [])].map((value) => ({
        ...{ table, column, value },
      })),
    );
}

const ANY = { 'if-match': '*' };
const TEXTS = ['Sick', 'Sound', 'Other'];
const ROLES_OF_A_PLACE = 5;

/** A small state in which something of every kind is stored, and what shows that it goes on. */
export async function openWard() {
  const app = await testApp({ now: '2026-11-10T15:00:00Z' });
  const { ctx, admin, clock, jobs, mails } = app;
  const program = ctx.programs.all[0]!.id;
  const places = await everywhere(app, TEXTS);
  const [sick, sound] = places as [Place, Place];
  for (const { people } of places)
    for (const { id } of Object.values(people)) {
      const zone = 'America/Denver';
      const terms = { zone, digestAt: '07:30', language: 'en', switchedOff: [] };
      await put(`/v1/people/${id}/preferences`, terms);
    }
  await put(`/v1/programs/${program}/years/2026-27/parameters`, {
    program: {},
    districts: {},
  });
  await put('/v1/mail/settings', { perHour: 5000, trialAddresses: null, paused: false });
  await ctx.db
    .insertInto('suppressions')
    .values({
      id: '00000000-0000-7000-8000-00000000000a',
      address: sick.people.slt!.email,
      ...{ reason: 'refused', since: clock.now(), detail: '550', messageId: null },
    })
    .execute();
  await noteTroubles(ctx.db, [
    {
      ...{ address: sick.people.district!.email, reason: 'undelivered', at: clock.now() },
      ...{ detail: '552', messageId: null },
    },
  ]);
  const command = { kind: 'event' as const, type: 'planningGrant.allocationsReleased' };
  const act = { kind: 'event', program, year: '2026-27', command };
  const startJob = () =>
    ctx.db.transaction().execute((trx) => startWideAct(ctx, trx, act, bootstrap));
  const dashboard = (await admin.get('/v1/keys'))
    .json()
    .data.find(({ role }: { role: string }) => role === 'dashboard').id;
  await startJob();
  await minute();
  clock.set('2026-11-12T15:00:00Z');
  await minute();

  async function put(url: string, body: unknown) {
    const reply = await app.app.inject({
      ...{ method: 'PUT', url, payload: JSON.stringify(body) },
      headers: {
        ...{ 'content-type': 'application/json', authorization: `Bearer ${app.adminKey}` },
        ...ANY,
      },
    });
    if (reply.statusCode >= 300) throw new Error(`PUT ${url}: ${reply.body}`);
  }

  /** What the worker does in a minute. @returns what failed */
  async function minute(): Promise<string[]> {
    const failed: string[] = [];
    const chores = {
      scan: async () => {
        await scan(ctx);
        await noteScan(ctx.db, clock.now());
      },
      'look after': () => lookAfterQuarantine(ctx),
      'watch mail': () => watchUndelivered(ctx),
      seal: () => sealYesterday(ctx),
      fold: () => foldCounts(ctx.db),
      jobs: async () => {
        for (const { name, payload } of jobs.splice(0)) {
          if (name === 'run-job') await runJob(ctx, (payload as { jobId: string }).jobId);
          if (name === 'send-mails')
            await sendMails(ctx, (payload as { messageIds: string[] }).messageIds);
        }
      },
    };
    for (const [name, chore] of Object.entries(chores))
      await chore().catch((error) => failed.push(`${name}: ${error}`));
    return failed;
  }

  /** One thing more to be told to each of the people of a sound school. */
  async function makeDue(): Promise<void> {
    await sql`delete from messages where person_id = ${sound.people.principal!.id}
      and not exists (select from reminders r where r.message_id = messages.id
        and r.person_id <> messages.person_id)
      and id not in (select message_id from reminders where message_id is not null)`.execute(
      ctx.db,
    );
    await sql`
      update reminders set status = 'scheduled', reason = null, message_id = null
      where person_id = ${sound.people.principal!.id}`.execute(ctx.db);
    await sql`delete from messages where person_id = ${sound.people.principal!.id}`.execute(ctx.db);
  }

  const lists = [
    ...['planning-years', 'tasks', 'people', 'assignments', 'keys', 'schools', 'organizations'],
    ...['vendors', 'contracts', 'reminders', 'reminders/unreached', 'reports/milestones'],
    ...['reports/interventions', 'audit', 'mail/suppressions', 'mail/refused-addresses'],
    ...['mail/settings/changes', 'programs', 'changes', 'quarantine'],
  ].map((list) => `/v1/${list}${list === 'programs' ? '' : '?limit=1000'}`);
  const others = [
    ...['region', 'district', 'county', 'coordinator', 'month'].map(
      (by) => `/v1/reports/summary?groupBy=${by}`,
    ),
    '/v1/reports/milestones?by=recorded',
    '/v1/reports/milestones?state=notStarted',
    '/v1/reminders/preview?from=2026-11-12&to=2026-11-20',
    '/v1/planning-years?overdue=true',
    '/v1/planning-years?noContactSince=2026-11-01',
    '/v1/audit/export',
    `/v1/planning-years/${sound.planningYear}`,
    `/v1/planning-years/${sound.planningYear}?asOf=2026-11-11T00:00:00Z`,
    `/v1/planning-years/${sound.planningYear}/events`,
    `/v1/planning-years/${sound.planningYear}/notes`,
    `/v1/tasks?planningYear=${sound.planningYear}`,
    `/v1/tasks/${sound.tasks.done}`,
    `/v1/people/${sound.people.principal!.id}`,
    `/v1/people/${sound.people.principal!.id}/preferences`,
    `/v1/schools/${sound.school}`,
    `/v1/organizations/${sound.school}`,
    '/v1/mail/settings',
    '/v1/mail/hold',
    '/readyz',
    '/metrics',
  ];
  const own = [
    `/v1/planning-years/${sick.planningYear}`,
    `/v1/planning-years/${sick.planningYear}/events`,
    `/v1/planning-years/${sick.planningYear}/notes`,
    `/v1/tasks?planningYear=${sick.planningYear}&limit=1000`,
    `/v1/tasks/${sick.tasks.done}`,
    `/v1/people/${sick.people.principal!.id}/preferences`,
    `/v1/people/${sick.people.principal!.id}`,
    `/v1/schools/${sick.school}`,
  ];

  /** Which of the reads, writes, scans and mails of everybody else do not go on. */
  async function harmed(table = ''): Promise<string[]> {
    const harm: string[] = [];
    const ask = async (url: string, isFine: (status: number, body: string) => boolean) => {
      // A reply that is written piece by piece breaks off where one can't be.
      const broken = (error: Error) => ({ statusCode: 0, body: error.message });
      const { statusCode, body } = await admin.get(url).catch(broken);
      if (!isFine(statusCode, body)) harm.push(`GET ${url}: ${statusCode} ${body.slice(0, 300)}`);
    };
    await makeDue();
    mails.length = 0;
    harm.push(...(await minute()));
    await minute();
    const { email } = sound.people.principal!;
    // What everybody's mail follows from holds everybody's, where it can't be read.
    if (table !== 'mail_settings' && !mails.some(({ to }) => to.address === email))
      harm.push('no mail to somebody else');
    for (const url of [...lists, ...others]) await ask(url, (status) => status === 200);
    for (const url of own)
      await ask(
        url,
        (status, body) =>
          status < 500 || (status === 503 && body.includes('npm run')) || body.includes('PATCH'),
      );
    for (const [name, file] of Object.entries(filesOf(TEXTS))) {
      const reply = await admin.csv(`/v1/imports/${name}?dryRun=true&partial=true`, file);
      const rows = name === 'assignments' ? ROLES_OF_A_PLACE : 1;
      const others = (reply.json().rejected ?? []).filter(
        ({ row }: { row: number }) => row > rows + 1,
      );
      if (reply.statusCode !== 200 || others.length > 0)
        harm.push(`import of ${name}: ${reply.statusCode} ${reply.body.slice(0, 300)}`);
    }
    const note = await admin.post(`/v1/planning-years/${sound.planningYear}/notes`, {
      text: 'On.',
    });
    if (note.statusCode !== 201) harm.push(`a note: ${note.statusCode} ${note.body}`);
    const url = `/v1/tasks/${sound.tasks.ofVendor}`;
    for (const [act, body] of [
      ['reopen', { reason: 'On.' }],
      ['complete', {}],
    ] as const) {
      const reply = await admin.post(`${url}/${act}`, body, ANY);
      if (reply.statusCode !== 200) harm.push(`${act}: ${reply.statusCode} ${reply.body}`);
    }
    // To write to what is broken is refused, and never with a fault of the program.
    const acted = await admin.post(`/v1/planning-years/${sick.planningYear}/notes`, { text: 'x' });
    if (acted.statusCode >= 500 && acted.json().code !== 'quarantined')
      harm.push(`a note of its own: ${acted.statusCode} ${acted.body}`);
    return harm;
  }

  /** `where` of the row to be made wrong: of the sick school where one can tell, else any. */
  function rowOf(table: string, columns: Set<string>) {
    const people = Object.values(sick.people).map(({ id }) => `'${id}'`);
    if (table === 'planning_years') return `id = '${sick.planningYear}'`;
    if (table === 'people') return `id = '${sick.people.principal!.id}'`;
    if (table === 'schools') return `code = '${sick.school}'`;
    if (table === 'districts') return `code = '${sick.district}'`;
    if (columns.has('planning_year_id')) return `planning_year_id = '${sick.planningYear}'`;
    if (columns.has('person_id')) return `person_id in (${people.join()})`;
    if (table === 'api_keys') return `id = '${dashboard}'`;
    return 'true';
  }

  async function given({ table, column, value }: Poison): Promise<Outcome> {
    const { db } = ctx;
    const outcome: Outcome = {
      poison: { table, column, value },
      ...{ refused: false, harm: [], aside: [], left: [] },
    };
    const { rows: all } = await sql<{ name: string }>`
      select attname as name from pg_attribute
      where attrelid = ${table}::regclass and attnum > 0 and not attisdropped`.execute(db);
    const where = rowOf(table, new Set(all.map(({ name }) => name)));
    if (table === 'jobs' || table === 'job_items') await startJob();
    const order = ['jobs', 'job_items', 'messages'].includes(table) ? 'ctid desc' : 'ctid';
    const [name, col] = [sql.table(table), sql.ref(column)];
    const { rows } = await sql<{ at: string; was: string | null }>`
      select ctid::text as at, ${col}::text as was from ${name}
      where ${sql.raw(where)} order by ${sql.raw(order)} limit 1`.execute(db.withoutPlugins());
    const row = rows[0];
    if (!row) return { ...outcome, refused: true };
    let at = row.at;
    const set = async (to: ReturnType<typeof sql>): Promise<boolean> => {
      try {
        const done = await sql<{ at: string }>`
          update ${name} set ${col} = ${to} where ctid = ${at}::tid
          returning ctid::text as at`.execute(db.withoutPlugins());
        at = done.rows[0]?.at ?? at;
        return done.rows.length > 0;
      } catch {
        return false;
      }
    };
    await sql`alter table ${name} disable trigger user`.execute(db);
    const taken = await set(sql.raw(value));
    await sql`alter table ${name} enable trigger user`.execute(db);
    if (!taken) return { ...outcome, refused: true };

    outcome.harm.push(...(await harmed(table)));
    const { data } = (await admin.get('/v1/quarantine')).json();
    outcome.aside = data.map(({ kind, id }: { kind: string; id: string }) => `${kind} ${id}`);
    const warnings = (await admin.get('/readyz')).json().warnings ?? [];
    const metrics = (await admin.get('/metrics')).body;
    for (const { kind, id } of data) {
      if (!warnings.some((warning: string) => warning.includes(id)))
        outcome.harm.push(`/readyz does not name ${kind} ${id}`);
      if (!new RegExp(`planning_year_quarantined\\{kind="${kind}"\\} [1-9]`).test(metrics))
        outcome.harm.push(`/metrics does not count ${kind}`);
    }

    await rebuild(ctx).catch((error) => outcome.harm.push(`rebuild: ${error}`));
    await db
      .transaction()
      .execute((trx) => rebuildCounts(trx))
      .catch((error) => outcome.harm.push(`rebuild of counts: ${error}`));
    await mendQuarantine(ctx).catch((error) => outcome.harm.push(`mending: ${error}`));
    outcome.left = (await db.selectFrom('quarantine').selectAll().execute()).map(
      ({ kind, subject, remedy }) => ({ kind, subject, remedy }),
    );

    // What no command can know is put back as it was.
    await sql`alter table ${name} disable trigger user`.execute(db);
    await sql`
      update ${name} set ${col} = ${row.was}::text::${sql.raw(await typeOf(table, column))}
      where ${col} is not distinct from ${sql.raw(value)}::${sql.raw(await typeOf(table, column))}
        and ${sql.raw(where.includes(column) ? 'true' : where)}`
      .execute(db)
      // Its place may have been taken meanwhile.
      .catch(() => {});
    await sql`alter table ${name} enable trigger user`.execute(db);
    await sql`
      update mail_settings set per_hour = 5000, paused_since = null, trial_addresses = null`.execute(
      db,
    );
    await rebuild(ctx);
    await lookAfterQuarantine(ctx);
    await sql`delete from quarantine`.execute(db);
    return outcome;
  }

  async function typeOf(table: string, column: string): Promise<string> {
    const { rows } = await sql<{ type: string }>`
      select format_type(atttypid, atttypmod) as type from pg_attribute
      where attrelid = ${table}::regclass and attname = ${column}`.execute(ctx.db);
    return rows[0]!.type;
  }

  return { app, ctx, sick, sound, harmed, given, minute, close: () => app.close() };
}

export type Ward = Awaited<ReturnType<typeof openWard>>;
export type { TestApp };
