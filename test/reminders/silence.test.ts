import { afterAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { Pack, ReminderRule } from '../../calendar/shape.ts';
import type { Programs } from '../../src/programs/programs.ts';
import { addDays } from '../../src/reminders/days.ts';
import { scan } from '../../src/reminders/scan.ts';
import { sendMails } from '../../src/reminders/send.ts';
import { testClock } from '../support/clock.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { contextOn, fixtures, heldMailer, heldQueue, programs } from './support/world.ts';

const SCHOOL = '001-0001';
const always = { delivery: 'digest' as const, optional: false };
const toCoaches = { roles: [], kinds: ['coach' as const] };
const ALL_RULES: ReminderRule[] = [
  { ...always, id: 'month', when: 'monthBegins', kinds: ['deadline'] },
  { ...always, id: 'summary', when: 'monthBegins', kinds: ['expected'] },
  { ...always, id: 'near', when: 'daysBefore', days: [14, 7, 3, 1, 0], kinds: ['deadline'] },
  { ...always, id: 'missed', when: 'daysLate', days: [1, 3, 7], kinds: ['deadline'] },
  { ...always, id: 'attend', when: 'daysBefore', days: [7, 1], kinds: ['occasion'] },
  { ...always, id: 'ending', when: 'daysBefore', days: [5], kinds: ['expected'] },
  { ...always, id: 'late', when: 'workingDaysLate', days: [3], to: toCoaches },
  { ...always, id: 'unset', when: 'datesUnset', months: [1], kinds: ['deadline'], to: toCoaches },
];
type Id = 'month' | 'summary' | 'near' | 'missed' | 'attend' | 'ending' | 'late' | 'unset';

const databases: TestDatabase[] = [];
afterAll(() => Promise.all(databases.map(({ drop }) => drop())));

/** One school with a principal and a coordinator, reminded by some of the rules. */
async function world(...ids: Id[]) {
  const database = await createTestDatabase();
  databases.push(database);
  const { db } = database;
  const clock = testClock('2028-01-03T08:00:00-06:00');
  const { queue, take } = heldQueue();
  const { mailer, mails } = heldMailer();
  const ctx = { ...contextOn(db, clock, queue, mailer), programs: programWith(ids) };
  const add = fixtures(db);
  const year = await add.school(SCHOOL, 'Oak High School');
  const [ada, cora] = [await add.person('Ada'), await add.person('Cora')];
  await add.assign(ada, 'principal', 'school', SCHOOL);
  await add.assign(cora, 'coordinator', 'district', '001');
  const on = async (day: string) => {
    clock.set(`${day}T08:00:00-06:00`);
    await scan(ctx);
    await sendMails(ctx, take());
  };
  /** What was sent on each day from one to another: `name occasion`. */
  const told = async (first: string, last: string) => {
    for (let day = first; day <= last; day = addDays(day, 1)) await on(day);
    const rows = await db
      .selectFrom('reminders as r')
      .innerJoin('messages as m', 'm.id', 'r.messageId')
      .innerJoin('people as p', 'p.id', 'r.personId')
      .select(['m.localDate', 'p.name', 'r.occasion'])
      .where('r.status', '=', 'sent')
      .orderBy('m.localDate')
      .orderBy('r.occasion')
      .execute();
    return rows.map(({ localDate, name, occasion }) => `${localDate} ${name} ${occasion}`);
  };
  const dropped = async () => {
    const rows = await db
      .selectFrom('reminders')
      .select(['occasion', 'reason'])
      .where('status', '=', 'dropped')
      .execute();
    return rows.map(({ occasion, reason }) => `${occasion} ${reason}`);
  };
  return { db, ctx, clock, mails, add, year, on, told, dropped };
}

function programWith(ids: Id[]): Programs {
  const [example] = programs.all;
  const { reminders, ...pack } = example!.pack;
  const rules = ALL_RULES.filter(({ id }) => ids.includes(id as Id));
  const program = { ...example!, pack: { ...pack, reminders: { ...reminders, rules } } as Pack };
  return { all: [program], get: (id) => (id === program.id ? program : undefined) };
}

const TASK = 'jan-1/principal/1';

describe('a deadline that is blocked', () => {
  test('is told of on each of its days, when it is late, and to the coordinator', async () => {
    const { add, year, told } = await world('near', 'missed', 'late');
    // A Monday; January 30 is a Sunday.
    await add.task(year, TASK, { dueOn: '2028-01-31', status: 'blocked' });
    expect(await told('2028-01-14', '2028-02-09')).toEqual([
      '2028-01-17 Ada near:14:2028-01-31',
      '2028-01-24 Ada near:7:2028-01-31',
      '2028-01-28 Ada near:1:2028-01-31',
      '2028-01-31 Ada near:0:2028-01-31',
      '2028-02-01 Ada missed:1:2028-01-31',
      '2028-02-03 Cora late:3:2028-01-31',
      '2028-02-03 Ada missed:3:2028-01-31',
      '2028-02-07 Ada missed:7:2028-01-31',
    ]);
  });

  test('and nothing else that is blocked is', async () => {
    const { add, year, told } = await world('near', 'attend', 'ending');
    await add.task(year, TASK, { dueOn: '2028-01-31', status: 'blocked', kind: 'expected' });
    await add.task(year, 'jan-1/principal/2', {
      ...{ dueOn: '2028-01-25', status: 'blocked', kind: 'occasion' },
    });
    expect(await told('2028-01-14', '2028-01-31')).toEqual([]);
  });

  test('once the mail is written stays in it, and what else is blocked by then does not', async () => {
    const { add, year, ctx, clock, dropped } = await world('near', 'ending');
    const deadline = await add.task(year, TASK, { dueOn: '2028-01-31' });
    const other = await add.task(year, 'jan-1/principal/2', {
      ...{ dueOn: '2028-01-31', kind: 'expected' },
    });
    clock.set('2028-01-27T08:00:00-06:00');
    await scan(ctx);
    await add.setStatus(deadline, 'blocked');
    await add.setStatus(other, 'blocked');
    const messages = await ctx.db.selectFrom('messages').select('id').execute();
    await sendMails(
      ctx,
      messages.map(({ id }) => id),
    );
    expect(await dropped()).toEqual(['ending:5:2028-01-31 blockedMeanwhile']);
  });
});

describe('the last days before a deadline', () => {
  test('that all fall on days without mail make one mail', async () => {
    const { add, year, told, mails } = await world('near', 'missed');
    // A Sunday, to be done by the Saturday.
    await add.task(year, TASK, { dueOn: '2028-01-30', safeBy: '2028-01-29' });
    expect(await told('2028-01-26', '2028-01-31')).toEqual([
      '2028-01-26 Ada near:3:2028-01-29',
      '2028-01-28 Ada near:0:2028-01-29',
      '2028-01-31 Ada missed:1:2028-01-30',
    ]);
    expect(mails).toHaveLength(3);
  });

  test('are made up for on its due date after a stop over the day to aim at', async () => {
    const { add, year, on, told } = await world('near');
    await add.task(year, TASK, { dueOn: '2028-01-20', safeBy: '2028-01-19' });
    await on('2028-01-12');
    expect(await told('2028-01-20', '2028-01-21')).toEqual([
      '2028-01-12 Ada near:7:2028-01-19',
      '2028-01-20 Ada near:0:2028-01-19',
    ]);
  });

  test('are held for nobody no longer than it is not late', async () => {
    const { db, add, ctx, clock } = await world('near');
    const year = await add.school('002-0001', 'Elm High School');
    await add.task(year, TASK, { dueOn: '2028-01-20', safeBy: '2028-01-19' });
    const statuses = async (day: string) => {
      clock.set(`${day}T08:00:00-06:00`);
      await scan(ctx);
      const rows = await db.selectFrom('reminders').select('status').orderBy('id').execute();
      return rows.map(({ status }) => status);
    };
    expect(await statuses('2028-01-19')).toEqual(['held']);
    expect(await statuses('2028-01-20')).toEqual(['held']);
    expect(await statuses('2028-01-21')).toEqual(['dropped']);
  });
});

describe('an occasion', () => {
  test('is told of a week and a day before, and never late', async () => {
    const { add, year, told } = await world('attend', 'missed', 'late');
    await add.task(year, TASK, { dueOn: '2028-01-25', kind: 'occasion' });
    expect(await told('2028-01-14', '2028-02-04')).toEqual([
      '2028-01-18 Ada attend:7:2028-01-25',
      '2028-01-24 Ada attend:1:2028-01-25',
    ]);
  });

  test('that is over by the time mail goes out again is not told of', async () => {
    const { add, year, ctx, clock, told, dropped } = await world('attend');
    // A Sunday that comes up on the Saturday.
    clock.set('2028-01-22T08:00:00-06:00');
    await add.task(year, TASK, { dueOn: '2028-01-23', kind: 'occasion' });
    await scan(ctx);
    expect(await told('2028-01-23', '2028-01-25')).toEqual([]);
    expect(await dropped()).toEqual(['attend:1:2028-01-23 noLongerDue']);
  });
});

describe('the beginning of a month', () => {
  test('tells of what is late from an earlier one, by the kinds of its rule', async () => {
    const { add, year, told, mails } = await world('month', 'summary');
    await add.task(year, TASK, { dueOn: '2027-11-30', kind: 'expected' });
    expect(await told('2028-02-01', '2028-02-03')).toEqual(['2028-02-01 Ada summary:2028-02']);
    expect(mails[0]!.text).toContain('Enter the rubric');
  });

  test.each([
    { kind: 'deadline', status: 'blocked', says: ['2028-02-01 Ada month:2028-02'] },
    { kind: 'expected', status: 'blocked', says: [] },
    { kind: 'occasion', status: 'open', says: [] },
  ] as const)('as to a $kind that is $status', async ({ kind, status, says }) => {
    const { add, year, told } = await world('month', 'summary');
    await add.task(year, TASK, { dueOn: '2027-11-30', kind, status });
    expect(await told('2028-02-01', '2028-02-02')).toEqual(says);
  });
});

describe('a date that nobody has set', () => {
  let made: Awaited<ReturnType<typeof world>>;
  beforeEach(async () => {
    made = await world('unset');
    await made.add.task(made.year, TASK, { dueOn: null, month: '2028-06' });
    await made.add.task(made.year, 'jan-1/district/1', { dueOn: null, month: '2028-07' });
  });

  test('is told once in each month of the rule to those whom it names', async () => {
    expect(await made.told('2027-12-30', '2028-02-10')).toEqual(['2028-01-03 Cora unset:2028-01']);
  });

  test('is no longer told of once it is set', async () => {
    const { ctx, clock, db, year, add, dropped } = made;
    clock.set('2028-01-01T08:00:00-06:00');
    await scan(ctx);
    const tasks = await db
      .selectFrom('tasks')
      .select('id')
      .where('planningYearId', '=', year)
      .execute();
    for (const { id } of tasks) await add.moveTo(id, '2028-06-10');
    expect(await made.told('2028-01-03', '2028-01-04')).toEqual([]);
    expect(await dropped()).toEqual(['unset:2028-01 doneMeanwhile']);
  });
});
