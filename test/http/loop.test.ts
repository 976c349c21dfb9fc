import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { csvOf, directoryFile, HEADER } from '../schools/directory-file.ts';
import { type TestApp, testApp } from '../support/app.ts';
import { bodies, type Hostile } from './support/hostile-bodies.ts';
import { turnsDuring } from './support/turns.ts';

/** Whatever somebody sends, everybody else has their turn. */
let app: TestApp;
let longest = 0;
beforeAll(async () => {
  app = await testApp();
});
afterAll(async () => {
  process.stderr.write(
    `the loop's longest stop over hostile bodies: ${Math.round(longest)} ms of the processor\n`,
  );
  await app.close();
});

async function sent({ method = 'POST', url, type, payload: text }: Omit<Hostile, 'status'>) {
  const payload = text === undefined ? undefined : Buffer.from(text as string);
  let reply = { statusCode: 0, body: '' };
  const { turns, longestMs } = await turnsDuring(async () => {
    reply = await app.app.inject({
      ...{ method, url, ...(payload !== undefined && { payload }) },
      headers: {
        authorization: `Bearer ${app.adminKey}`,
        'if-match': '*',
        'sec-fetch-site': 'same-origin',
        ...(type !== undefined && { 'content-type': type }),
      },
    });
  });
  longest = Math.max(longest, longestMs);
  return { ...reply, turns, status: reply.statusCode };
}

describe('is refused before it is worked on, and with what to do:', () => {
  test.each(bodies())('$name', async ({ name: _, status, ...hostile }) => {
    const reply = await sent(hostile);
    expect([reply.status, reply.body.slice(0, 300)]).toEqual([status, expect.any(String)]);
    expect(reply.body.length).toBeLessThan(200_000);
    expect(JSON.parse(reply.body).detail.length).toBeGreaterThan(20);
  });
});

describe('is worked on in turns with all others:', () => {
  const rows = 40_000;
  /** Rows that go without a pause, at most: a thousand are some milliseconds. */
  const PER_TURN = 1_000;

  test('a directory of as many schools', async () => {
    const file = csvOf(directoryFile(rows, 900));
    const { status, turns } = await sent({
      ...{ url: '/v1/imports/schools?dryRun=true', type: 'text/csv', payload: file },
    });
    expect(status).toBe(200);
    expect(turns).toBeGreaterThan((2 * rows) / PER_TURN);
  });

  test('a directory of as many bad rows', async () => {
    const payload = `${HEADER}\n${'x\n'.repeat(rows)}`;
    const { status, turns, body } = await sent({
      ...{ url: '/v1/imports/schools', type: 'text/csv', payload },
    });
    expect([status, JSON.parse(body).rejectedTotal]).toEqual([422, rows]);
    expect(JSON.parse(body).rejected).toHaveLength(1_000);
    expect(turns).toBeGreaterThan(rows / PER_TURN);
  });

  test('assignments of as many people, at one place and at many', async () => {
    const [school] = directoryFile(1, 1)[0]!;
    await app.admin.csv('/v1/imports/schools', csvOf(directoryFile(1, 1)));
    const payload = `organization,role,name,email,from,to\n${Array.from(
      { length: rows },
      (_, n) => `${n % 2 ? school : n},coordinator,N,p${n}@example.org,2026-10-01,`,
    ).join('\n')}`;
    const { status, turns, body } = await sent({
      ...{ url: '/v1/imports/assignments', type: 'text/csv', payload },
    });
    expect([status, JSON.parse(body).code]).toEqual([422, 'rows-rejected']);
    expect(turns).toBeGreaterThan((3 * rows) / PER_TURN);
  });

  test('designations of as many schools, with where each region stands', async () => {
    const program = app.ctx.programs.all[0]!;
    const regions = program.machines.regions.slice(0, 6);
    const header = [
      'rcdts,designation,released_on,newly_designated,resource_allocation_review',
      ...regions.map(({ key }) => `region.${key}`),
    ].join(',');
    const codes = directoryFile(rows, 900).map(([code]) => code);
    const states = regions.map(({ states }) => Object.keys(states)[1]).join(',');
    const payload = `${header}\n${codes
      .map((code) => `${code},Comprehensive,2026-10-15,false,false,${states}`)
      .join('\n')}`;
    const { status, turns } = await sent({
      ...{ url: '/v1/imports/designations', type: 'text/csv', payload },
    });
    expect(status).toBe(422);
    expect(turns).toBeGreaterThan((3 * rows) / PER_TURN);
  });
});
