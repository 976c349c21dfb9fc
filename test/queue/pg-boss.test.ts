import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { sql } from 'kysely';
import { pino } from 'pino';
import { jobs } from '../../src/queue/jobs.ts';
import { createQueue } from '../../src/queue/pg-boss.ts';
import type { Queue } from '../../src/queue/queue.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { until } from '../support/until.ts';

let database: TestDatabase;
const queues: Queue[] = [];
const lines: string[] = [];
const log = pino({ level: 'info' }, { write: (line: string) => lines.push(line) });

async function open(): Promise<Queue> {
  const queue = await createQueue({ url: database.url, log });
  queues.push(queue);
  return queue;
}

beforeAll(async () => {
  database = await createTestDatabase();
});
afterEach(async () => {
  await Promise.all(queues.splice(0).map((queue) => queue.stop()));
  await sql`delete from queue.job`.execute(database.db);
});
afterAll(() => database.drop());

const id = (n: number) => `01900000-0000-7000-8000-${String(n).padStart(12, '0')}`;
const payloads = (count: number) =>
  Array.from({ length: count }, (_, n) => ({ messageIds: [id(n)] }));

describe('the queue', () => {
  test('starts in several processes at once on an empty database', async () => {
    await Promise.all([open(), open(), open()]);
    const { rows } = await sql<{ name: string }>`select name from queue.queue`.execute(database.db);
    expect(rows.map(({ name }) => name).sort()).toEqual(Object.keys(jobs).sort());
  });

  test('has the work if and only if the transaction that asked for it holds', async () => {
    const queue = await open();
    const done: string[] = [];
    await queue.work('send-mails', async ({ messageIds }) => void done.push(...messageIds));
    const undone = database.db.transaction().execute(async (trx) => {
      await queue.send(trx, 'send-mails', [{ messageIds: [id(1)] }]);
      throw new Error('Undo.');
    });
    await expect(undone).rejects.toThrow('Undo.');
    await database.db.transaction().execute(async (trx) => {
      await queue.send(trx, 'send-mails', [{ messageIds: [id(2)] }]);
      await new Promise((resolve) => setTimeout(resolve, 300));
      expect(done).toEqual([]);
    });
    await until(() => done.length > 0);
    expect(done).toEqual([id(2)]);
  });

  test('takes many jobs in one statement, and does each once, in two processes', async () => {
    const [one, two] = [await open(), await open()];
    const done: string[] = [];
    for (const queue of [one, two])
      await queue.work('send-mails', async ({ messageIds }) => void done.push(...messageIds));
    const began = Date.now();
    await one.send(database.db, 'send-mails', payloads(100));
    await until(() => done.length === 100);
    expect(new Set(done).size).toBe(100);
    // With a poll of two seconds before each job, six workers would take more than half a minute.
    expect(Date.now() - began).toBeLessThan(25_000);
  });

  test('refuses a payload of another shape, in both directions', async () => {
    const queue = await open();
    const wrong = [{ messageIds: ['x'] }];
    await expect(queue.send(database.db, 'send-mails', wrong)).rejects.toThrow('UUID');
    const done: unknown[] = [];
    await queue.work('send-mails', async (payload) => void done.push(payload));
    await sql`insert into queue.job (name, data) values ('send-mails', '{"other": 1}')`.execute(
      database.db,
    );
    await queue.send(database.db, 'send-mails', [{ messageIds: [id(5)] }]);
    await until(() => done.length > 0);
    expect(done).toEqual([{ messageIds: [id(5)] }]);
  });

  test('tries a job that fails once, logs it, and goes on', async () => {
    const queue = await open();
    const tried: string[] = [];
    await queue.work('send-mails', async ({ messageIds: [messageId] }) => {
      tried.push(messageId!);
      if (messageId === id(1)) throw new Error('It broke.');
    });
    await queue.send(database.db, 'send-mails', [{ messageIds: [id(1)] }, { messageIds: [id(2)] }]);
    await until(() => tried.length === 2);
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(tried.sort()).toEqual([id(1), id(2)]);
    expect(lines.join('')).toContain('It broke.');
  });

  test('waits for what runs before it stops', async () => {
    const queue = await createQueue({ url: database.url, log });
    let finished = false;
    let begun = false;
    await queue.work('send-mails', async () => {
      begun = true;
      await new Promise((resolve) => setTimeout(resolve, 700));
      finished = true;
    });
    await queue.send(database.db, 'send-mails', [{ messageIds: [id(1)] }]);
    await until(() => begun);
    await queue.stop();
    expect(finished).toBe(true);
  });

  test('outlives the loss of its connections, and is well again', async () => {
    const queue = await open();
    const done: string[] = [];
    await queue.work('send-mails', async ({ messageIds }) => void done.push(...messageIds));
    await sql`
      select pg_terminate_backend(pid) from pg_stat_activity
      where datname = current_database() and application_name = 'planning-year queue'`.execute(
      database.db,
    );
    await until(() => lines.some((line) => line.includes('The queue had an error.')));
    await queue.send(database.db, 'send-mails', [{ messageIds: [id(9)] }]);
    await until(() => done.length === 1);
  });
});
