import { pino } from 'pino';
import type { Pack, TaskKind } from '../../../calendar/shape.ts';
import type { Clock } from '../../../src/clock.ts';
import type { Config } from '../../../src/config.ts';
import type { Context, Db } from '../../../src/context.ts';
import type { TaskStatus } from '../../../src/db/tables.ts';
import { newId } from '../../../src/ids.ts';
import type { Mail, Mailer } from '../../../src/mail/mailer.ts';
import type { Program, Programs } from '../../../src/programs/programs.ts';
import type { Jobs } from '../../../src/queue/jobs.ts';
import type { Queue } from '../../../src/queue/queue.ts';

const rule = <When extends string>(id: string, when: When) => ({
  id,
  when,
  delivery: 'digest' as const,
  optional: false,
});

/** An invented program: the reminders look at nothing else of one. */
const pack = {
  version: 'v1',
  program: {
    id: 'example',
    title: 'Example planning year',
    unit: 'school',
    agency: { code: 'EX', name: 'Example State Board' },
    zone: 'America/Chicago',
    words: { portal: 'PORTAL' },
    facts: [],
    roles: [
      { id: 'coordinator', kind: 'coach', title: 'Coordinator' },
      { id: 'principal', kind: 'school', title: 'Principal' },
      { id: 'district', kind: 'local', title: 'District staff' },
    ],
  },
  months: [
    {
      month: 1,
      activities: [
        {
          id: 'jan-1',
          tasks: [
            { id: 'jan-1/principal/1', title: 'Enter the rubric in {portal}' },
            { id: 'jan-1/principal/2', title: 'Hold the meeting of January' },
            { id: 'jan-1/district/1', title: 'Submit the report of the quarter' },
            { id: 'jan-1/coordinator/1', title: 'Visit the school <twice>' },
          ],
        },
      ],
    },
  ],
  reminders: {
    digestAt: '07:00',
    quietHours: { from: '20:00', until: '06:00' },
    rules: [
      { ...rule('month', 'monthBegins'), kinds: ['deadline', 'expected'], optional: true },
      { ...rule('deadline', 'daysBefore'), days: [14, 7, 3, 1, 0], kinds: ['deadline'] },
      { ...rule('missed', 'daysLate'), days: [1, 3, 7], kinds: ['deadline'] },
    ],
  },
  holidays: [],
} as unknown as Pack;

const program = {
  id: 'example',
  pack,
  machines: { version: '1', regions: [] },
} as unknown as Program;
export const programs: Programs = {
  all: [program],
  get: (id) => (id === 'example' ? program : undefined),
};

/** A queue that keeps the mails to send until they are asked for. */
export function heldQueue() {
  const held: string[] = [];
  const queue: Queue = {
    async send(_trx, name, payloads) {
      const batches = name === 'send-mails' ? (payloads as Jobs['send-mails'][]) : [];
      held.push(...batches.flatMap(({ messageIds }) => messageIds));
    },
    async work() {},
    async stop() {},
  };
  return { queue, take: () => held.splice(0) };
}

export function heldMailer() {
  const mails: Mail[] = [];
  let fault: Error | null = null;
  const mailer: Mailer = {
    async send(mail) {
      if (fault) throw fault;
      mails.push(mail);
    },
    async close() {},
  };
  return {
    mailer,
    mails,
    fail: (error: Error | null) => {
      fault = error;
    },
  };
}

export function contextOn(db: Db, clock: Clock, queue: Queue, mailer: Mailer): Context {
  const config = {
    publicUrl: 'https://plans.example.org',
    mailFrom: 'Planning year <plans@example.org>',
    smtpUrl: null,
    dataDir: '/nowhere',
    trustProxy: [],
    corsOrigins: [],
    bootstrapKey: 'an-administrator-key-for-tests',
  } as unknown as Config;
  return { config, db, clock, programs, queue, mailer, log: pino({ level: 'silent' }) };
}

const BORN = new Date('2026-10-01T12:00:00Z');

/** Puts organizations, people and tasks straight into the tables. */
export function fixtures(db: Db) {
  let count = 0;
  return {
    async school(code: string, name: string, change: { demo?: boolean; status?: 'done' } = {}) {
      const district = code.slice(0, 3);
      await db
        .insertInto('districts')
        .values({ code: district, name: `District ${district}`, demo: false })
        .onConflict((conflict) => conflict.doNothing())
        .execute();
      await db
        .insertInto('schools')
        .values({
          code,
          name,
          districtCode: district,
          city: 'Exampleton',
          county: 'Example',
          schoolType: 'High School',
          grades: '9-12',
          enrollment: null,
          demo: change.demo ?? false,
          version: 1,
          updatedAt: BORN,
        })
        .execute();
      await db
        .insertInto('calendarVersions')
        .values({ program: 'example', version: 'v1', content: '{}', firstUsedAt: BORN })
        .onConflict((conflict) => conflict.doNothing())
        .execute();
      const id = newId(BORN);
      await db
        .insertInto('planningYears')
        .values({
          id,
          program: 'example',
          year: '2026-27',
          organizationKind: 'school',
          organizationCode: code,
          districtCode: district,
          status: change.status ?? 'active',
          state: '{}',
          version: 1,
          headSeq: 1,
          headHash: Buffer.alloc(32),
          calendarVersion: 'v1',
          machineVersion: '2',
          openedOn: '2026-10-01',
          clockOn: null,
          demo: change.demo ?? false,
          updatedAt: BORN,
        })
        .execute();
      return id;
    },

    async person(name: string, change: { email?: string; demo?: boolean } = {}) {
      const id = newId(BORN);
      count += 1;
      const email = change.email ?? `person-${count}@example.org`;
      await db
        .insertInto('people')
        .values({ id, name, email, demo: change.demo ?? false, version: 1, createdAt: BORN })
        .execute();
      return id;
    },

    async assign(
      personId: string,
      role: string,
      organizationKind: 'state' | 'district' | 'school' | 'vendor',
      organizationCode: string,
      [fromOn, toOn]: [string, string | null] = ['2026-08-01', null],
    ) {
      const id = newId(BORN);
      await db
        .insertInto('assignments')
        .values({
          id,
          personId,
          program: 'example',
          role,
          organizationKind,
          organizationCode,
          fromOn,
          toOn,
          demo: false,
          version: 1,
        })
        .execute();
      return id;
    },

    async task(
      planningYearId: string,
      taskKey: string,
      change: {
        dueOn?: string | null;
        safeBy?: string;
        month?: string;
        kind?: TaskKind;
        status?: TaskStatus;
      } = {},
    ) {
      const id = newId(BORN);
      const [activity = '', role = ''] = taskKey.split('/');
      count += 1;
      await db
        .insertInto('tasks')
        .values({
          id,
          planningYearId,
          taskKey,
          activity,
          role,
          scope: 'school',
          kind: change.kind ?? 'deadline',
          dueOn: change.dueOn === undefined ? '2028-01-31' : change.dueOn,
          month: change.month ?? (change.dueOn ?? '2028-01').slice(0, 7),
          safeBy: change.safeBy ?? null,
          status: change.status ?? 'open',
          position: count,
          settled: null,
          version: 1,
        })
        .execute();
      await touchYear(db, planningYearId);
      return id;
    },

    async setStatus(id: string, status: TaskStatus) {
      await changeTask(db, id, { status });
    },

    /** Moves its due date. */
    async moveTo(id: string, dueOn: string) {
      await changeTask(db, id, { dueOn });
    },
  };
}

/** As the door does, with the head of the year. */
async function changeTask(db: Db, id: string, change: { status?: TaskStatus; dueOn?: string }) {
  const { planningYearId } = await db
    .updateTable('tasks')
    .set(change)
    .where('id', '=', id)
    .returning('planningYearId')
    .executeTakeFirstOrThrow();
  await touchYear(db, planningYearId);
}

const touchYear = (db: Db, id: string) =>
  db
    .updateTable('planningYears')
    .set(({ eb }) => ({ headSeq: eb('headSeq', '+', 1) }))
    .where('id', '=', id)
    .execute();
