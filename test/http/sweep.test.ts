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

/** What names nothing, although some of it would in an object, a query or a line. */
const NOTHING = [
  ...[
    'x',
    '%00',
    '%F0%9F%98%80',
    '019ab3c4-5d6e-7f80-9a1b-2c3d4e5f6071',
    '%ff',
    '%',
    '%0A',
    'a%0Ab',
  ],
  ...['%0D%0A', 'constructor', '__proto__', 'toString', "'", '%27%20or%201=1', 'x'.repeat(5_000)],
  ...['%ED%A0%80', '*', '%2F', '%20', 'NULL', '{}', '0', '-1'],
];

test('a malformed id, or one of nothing: 404, before the body is looked at', async () => {
  for (const operation of operations.filter(({ path }) => path.includes('{')))
    for (const thing of NOTHING)
      expectProblem(
        await send(about(operation, thing), operation.type ? { payload: '[' } : {}),
        404,
        'not-found',
      );
});

test('a webhook’s key is told of nothing whether it exists', async () => {
  const key = await app.keyFor({ role: 'webhook', program: null });
  const ask = async (operation: Operation) => {
    const { statusCode, json } = await app.app.inject({
      ...{ method: operation.method, url: operation.path },
      headers: { authorization: `Bearer ${key}`, 'if-match': '*' },
    });
    return [statusCode, json().code, json().detail];
  };
  const named = operations.filter(({ open, path }) => !open && path.includes('{'));
  expect(named.length).toBeGreaterThan(40);
  for (const operation of named) {
    const nothing = await ask(about(operation, '019ab3c4-5d6e-7f80-9a1b-2c3d4e5f6071'));
    expect([operation.path, ...(await ask(about(operation)))]).toEqual([
      operation.path,
      ...nothing,
    ]);
  }
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

/** Words that every object of JavaScript knows, and texts that a database or a header takes badly. */
const WORDS = ['constructor', '__proto__', 'toString', '\0', '\ud800', '\n', '', "'", '%', '😀'];

interface Schema {
  $ref?: string;
  type?: string | string[];
  properties?: Record<string, Schema>;
  required?: string[];
  items?: Schema;
  anyOf?: Schema[];
  oneOf?: Schema[];
  allOf?: Schema[];
  enum?: unknown[];
  const?: unknown;
  example?: unknown;
  examples?: unknown[];
  format?: string;
}

function sampleOf(schema: Schema, depth = 0): unknown {
  const { components } = app.app.swagger() as unknown as {
    components: { schemas: Record<string, Schema> };
  };
  if (schema.$ref) return sampleOf(components.schemas[schema.$ref.split('/').at(-1)!]!, depth);
  const told = schema.examples?.[0] ?? schema.example ?? schema.const ?? schema.enum?.[0];
  if (told !== undefined) return told;
  const [choice] = schema.anyOf ?? schema.oneOf ?? [];
  if (choice) return sampleOf(choice, depth);
  if (schema.allOf)
    return Object.assign({}, ...schema.allOf.map((each) => sampleOf(each, depth) as object));
  const type = [schema.type].flat()[0];
  if (type === 'object' && depth < 5)
    return Object.fromEntries(
      Object.entries(schema.properties ?? {}).map(([name, each]) => [
        name,
        sampleOf(each, depth + 1),
      ]),
    );
  if (type === 'array') return schema.items ? [sampleOf(schema.items, depth + 1)] : [];
  if (type === 'boolean') return true;
  if (type === 'integer' || type === 'number') return 1;
  return (
    { date: '2026-11-20', uuid: '019ab3c4-5d6e-7f80-9a1b-2c3d4e5f6071' }[schema.format ?? ''] ?? 'x'
  );
}

/** The value with one of its leaves, or of its names, changed, in every possible way. */
function variants(value: unknown, word: unknown): unknown[] {
  if (Array.isArray(value))
    return [
      word,
      ...value.flatMap((item, at) => variants(item, word).map((other) => value.with(at, other))),
    ];
  if (typeof value !== 'object' || value === null) return [word];
  return [
    word,
    Object.fromEntries([...Object.entries(value), [String(word), 'x']]),
    ...Object.entries(value).flatMap(([name, item]) =>
      variants(item, word).map((other) =>
        Object.fromEntries([...Object.entries(value), [name, other]]),
      ),
    ),
  ];
}

/** The value with one of its fields left out, in every possible way. */
function without(value: unknown): unknown[] {
  if (Array.isArray(value))
    return value.flatMap((item, at) => without(item).map((other) => value.with(at, other)));
  if (typeof value !== 'object' || value === null) return [];
  const fields = Object.entries(value);
  return fields.flatMap(([name, item]) => [
    Object.fromEntries(fields.filter(([other]) => other !== name)),
    ...without(item).map((other) => ({ ...value, [name]: other })),
  ]);
}

const LONG = 'x'.repeat(5_000);

/** Goes on the name of a field, on a page as in a program; nothing of a library's own words. */
const isPredicate = (detail: string): boolean =>
  /^(is|must|has|was|names|belongs|lies|holds|contains|cannot|needs) /.test(detail) &&
  !/[.]$|Invalid|expected \w+, |received|[<>]=/.test(detail);

test('hostile words and missing fields, everywhere: no 500, and each fault told in our words', async () => {
  const { paths } = app.app.swagger() as unknown as {
    paths: Record<
      string,
      Record<
        string,
        {
          parameters?: { name: string; in: string }[];
          requestBody?: { content: Record<string, { schema: Schema }> };
        }
      >
    >;
  };
  const failed: unknown[] = [];
  const unfit = new Set<string>();
  let asked = 0;
  const ask = async (operation: Operation, more: Parameters<typeof send>[1]) => {
    asked += 1;
    const { statusCode, body } = await send(operation, more);
    if (statusCode >= 500)
      failed.push([operation.method, operation.path, more, body.slice(0, 200)]);
    if (statusCode === 400)
      for (const { detail } of JSON.parse(body).errors ?? [])
        if (!isPredicate(detail)) unfit.add(`${operation.method} ${operation.path}: ${detail}`);
  };
  // What ends or takes away what the others are about comes last.
  const order = (operation: Operation) =>
    /DELETE|close|merge|recode|revoke/.test(operation.method + operation.path) ? 1 : 0;
  for (const operation of operations.toSorted((a, b) => order(a) - order(b))) {
    const { parameters = [], requestBody } =
      paths[operation.path]![operation.method.toLowerCase()]!;
    const own = about(operation);
    const query = parameters.filter((parameter) => parameter.in === 'query');
    for (const word of WORDS) {
      for (const { name } of query)
        await ask(own, { query: `?${name}=${encodeURIComponent(word.toWellFormed())}` });
      const schema = requestBody?.content['application/json']?.schema;
      if (schema)
        for (const payload of variants(sampleOf(schema), word))
          await ask(own, { payload: JSON.stringify(payload) });
    }
    const schema = requestBody?.content['application/json']?.schema;
    if (schema)
      for (const odd of [null, 1e308, -1, 0, true, [], {}, [[]], '9999-12-31', '0000-00-00'])
        for (const payload of variants(sampleOf(schema), odd))
          await ask(own, { payload: JSON.stringify(payload) });
    if (schema)
      for (const payload of [...without(sampleOf(schema)), ...variants(sampleOf(schema), LONG)])
        await ask(own, { payload: JSON.stringify(payload) });
  }
  expect(failed).toEqual([]);
  expect([...unfit]).toEqual([]);
  expect(asked).toBeGreaterThan(2_000);
});
