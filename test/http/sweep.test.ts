import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { newId } from '../../src/ids.ts';
import { csvOf, directoryFile } from '../schools/directory-file.ts';
import { type TestApp, testApp } from '../support/app.ts';
import { expectProblem } from './problem.ts';

/** Every route of the document meets the bad input that any route must stand. */

interface Operation {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  path: string;
  open: boolean;
  type: string | undefined;
}

let app: TestApp;
let operations: Operation[];
/** Something that exists, by the beginning of a path up to its parameter. */
let samples: Record<string, string>;

beforeAll(async () => {
  app = await testApp();
  const { paths } = app.app.swagger() as unknown as {
    paths: Record<string, Record<string, { security?: []; requestBody?: { content: object } }>>;
  };
  operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { security, requestBody }]) => ({
      method: method.toUpperCase() as Operation['method'],
      path,
      open: security?.length === 0,
      type: requestBody && Object.keys(requestBody.content)[0],
    })),
  );
  samples = await makeSamples();
});
afterAll(() => app.close());

async function makeSamples(): Promise<Record<string, string>> {
  const directory = directoryFile(2, 1);
  await app.admin.csv('/v1/imports/schools', csvOf(directory));
  const person = (await app.admin.post('/v1/people', { name: 'A', email: 'a@example.org' })).json();
  const program = app.ctx.programs.all[0]!;
  const assignment = await app.admin.post('/v1/assignments', {
    person: person.id,
    program: program.id,
    role: program.pack.program.roles[0]!.id,
    organization: { kind: 'school', code: directory[0]![0] },
    from: '2026-10-01',
  });
  const year = await app.admin.post('/v1/planning-years', {
    program: program.id,
    year: '2026-27',
    school: directory[0]![0],
    designation: 'Comprehensive',
    releasedOn: '2026-10-15',
    newlyDesignated: false,
    resourceAllocationReview: null,
  });
  await app.admin.post('/v1/vendors', { code: 'V-1', name: 'Partners' });
  const contract = await app.admin.post('/v1/contracts', {
    ...{ vendor: 'V-1', planningYear: year.json().id, proposedOn: '2026-11-01' },
  });
  const job = await app.admin.post(`/v1/programs/${program.id}/years/2026-27/events`, {
    type: Object.keys(program.machines.regions[0]!.events)[1]!,
  });
  const suppression = newId(app.clock.now());
  await app.ctx.db
    .insertInto('suppressions')
    .values({
      id: suppression,
      address: 'gone@example.org',
      reason: 'refused',
      since: app.clock.now(),
      detail: '550 5.1.1',
      messageId: null,
    })
    .execute();
  const feed = (await app.admin.post(`/v1/people/${person.id}/feeds`, { label: 'A test' })).json();
  const reminder = newId(app.clock.now());
  await app.ctx.db
    .insertInto('reminders')
    .values({
      id: reminder,
      planningYearId: year.json().id,
      role: program.pack.program.roles[0]!.id,
      rule: 'noRecipient',
      occasion: 'noRecipient:2026-11-10',
      dueOn: '2026-11-10',
      status: 'held',
      createdAt: app.clock.now(),
    })
    .execute();
  return {
    '/v1/mail/suppressions/': suppression,
    '/v1/mail/refused-addresses/': suppression,
    '/v1/people/{id}/feeds/': feed.id,
    '/v1/feeds/': /feeds\/(.+)\.ics$/.exec(feed.url)![1]!,
    '/v1/reminders/': reminder,
    '/v1/jobs/': job.json().id,
    '/v1/programs/{program}/years/': '2026-27',
    '/v1/planning-years/': year.json().id,
    '/v1/tasks/': (await app.admin.get('/v1/tasks?limit=1')).json().data[0].id,
    '/v1/programs/': program.id,
    '/v1/schools/': directory[0]![0]!,
    '/v1/organizations/': directory[0]![0]!,
    '/v1/people/': person.id,
    '/v1/assignments/': assignment.json().id,
    '/v1/vendors/': 'V-1',
    '/v1/contracts/': contract.json().id,
    '/v1/keys/': (await app.admin.get('/v1/keys')).json().data[0].id,
  };
}

const send = (
  { method, path }: Operation,
  more: { payload?: string; type?: string; query?: string; key?: string | null } = {},
) =>
  app.app.inject({
    method,
    url: path + (more.query ?? ''),
    ...(more.payload !== undefined && { payload: more.payload }),
    headers: {
      ...(more.key !== null && { authorization: `Bearer ${app.adminKey}` }),
      ...(more.payload !== undefined && { 'content-type': more.type ?? 'application/json' }),
      'if-match': '*',
    },
  });

/** The operation about something that does not exist, or about the sample. */
const about = (operation: Operation, thing?: string): Operation => ({
  ...operation,
  path: operation.path.replace(/\{[^}]+\}/g, (_, at: number) => {
    const sample = samples[operation.path.slice(0, at)];
    if (sample === undefined) throw new Error(`Add a sample for ${operation.path} to this test.`);
    return thing ?? sample;
  }),
});

test('the document holds every route', () => {
  expect(operations.length).toBeGreaterThan(20);
});

test('without a key: 401, whatever else is wrong', async () => {
  for (const operation of operations.filter(({ open }) => !open)) {
    const bad = { ...operation, path: operation.path.replace(/\{[^}]+\}/, '%00') };
    const reply = await send(bad, { key: null, query: '?unknown=1' });
    expectProblem(reply, 401, 'unauthenticated');
  }
});

test('a malformed id, or one of nothing: 404, before the body is looked at', async () => {
  for (const operation of operations.filter(({ path }) => path.includes('{')))
    for (const thing of ['x', '%00', '%F0%9F%98%80', '019ab3c4-5d6e-7f80-9a1b-2c3d4e5f6071'])
      expectProblem(
        await send(about(operation, thing), operation.type ? { payload: '[' } : {}),
        404,
        'not-found',
      );
});

test('an unknown query parameter: 400, and it is named', async () => {
  for (const operation of operations) {
    const { errors } = expectProblem(await send(about(operation), { query: '?unknwon=1' }), 400);
    // Where a body is missing as well, that may be told first.
    if (operation.type === undefined)
      expect(errors?.map(({ pointer }) => pointer)).toContain('?unknwon');
  }
});

test('a body that is none: 400, of another type: 415, too large: 413', async () => {
  const json = operations.filter(({ type }) => type === 'application/json');
  expect(json.length).toBeGreaterThan(4);
  for (const operation of json.map((each) => about(each))) {
    for (const payload of ['null', '[]', '"text"', '{', '{"unknwon":1}'])
      expectProblem(await send(operation, { payload }), 400);
    expectProblem(await send(operation, { payload: 'a,b', type: 'text/csv' }), 415);
    expectProblem(await send(operation, { payload: `{"a":"${'x'.repeat(1e7)}"}` }), 413);
  }
});

test('an unknown field is named', async () => {
  for (const operation of operations.filter(({ type }) => type === 'application/json')) {
    const reply = await send(about(operation), { payload: '{"unknwon":1}' });
    const pointers = expectProblem(reply, 400).errors?.map(({ pointer }) => pointer);
    expect(pointers).toContain('/unknwon');
  }
});

test('a file instead of JSON, and JSON instead of a file: 415', async () => {
  for (const operation of operations.filter(({ type }) => type === 'text/csv'))
    expectProblem(await send(operation, { payload: '{}' }), 415);
});
