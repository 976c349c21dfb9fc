import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { sql } from 'kysely';
import { threeSchools } from '../policy/support/three-schools.ts';
import type { TestApp } from '../support/app.ts';
import { expectProblem } from './problem.ts';

/**
 * What the server keeps for itself (ids, versions, who did it and when) can't be sent along. Which
 * fields those are is told by the document: what some reply carries and a request does not take.
 */

interface Schema {
  $ref?: string;
  properties?: Record<string, Schema>;
  anyOf?: Schema[];
  oneOf?: Schema[];
  items?: Schema;
  example?: object;
  examples?: object[];
}

let app: TestApp;
let routes: {
  method: 'POST' | 'PUT' | 'PATCH';
  url: string;
  takes: Set<string>;
  example: object;
}[];
let owned: string[];

beforeAll(async () => {
  const world = await threeSchools();
  app = world.api;
  const document = app.app.swagger() as unknown as {
    paths: Record<string, Record<string, Operation>>;
    components: { schemas: Record<string, Schema> };
  };
  const { schemas } = document.components;
  const resolved = (schema: Schema): Schema =>
    schema.$ref ? schemas[schema.$ref.split('/').at(-1)!]! : schema;
  const fieldsOf = (schema: Schema | undefined, deep: boolean, depth = 0): string[] => {
    if (!schema || depth > 6) return [];
    const { properties = {}, anyOf = [], oneOf = [], items } = resolved(schema);
    const inner = deep ? [...Object.values(properties), ...(items ? [items] : [])] : [];
    const also = [...anyOf, ...oneOf, ...inner].flatMap((one) => fieldsOf(one, deep, depth + 1));
    return [...Object.keys(properties), ...also];
  };
  const things = { ...world.things.own, '/v1/programs/': [{ name: world.program }] };
  const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
  );
  owned = [
    ...new Set(
      operations.flatMap(({ operation }) =>
        Object.entries(operation.responses)
          .filter(([status]) => status.startsWith('2'))
          .flatMap(([, { content }]) => fieldsOf(content?.['application/json']?.schema, true)),
      ),
    ),
  ];
  routes = operations.flatMap(({ path, method, operation }) => {
    const schema = operation.requestBody?.content['application/json']?.schema;
    if (!schema) return [];
    const { example, examples } = resolved(schema);
    const prefix = path.slice(0, path.indexOf('{'));
    const name = (things as Record<string, { name: string }[]>)[prefix]?.[0]?.name;
    const url = path.replace('{year}', '2026-27').replace(/\{[^}]+\}/, name ?? ID);
    const takes = new Set(fieldsOf(schema, false));
    const route = { method: method.toUpperCase() as 'POST', url, takes };
    return [{ ...route, example: example ?? examples?.[0] ?? {} }];
  });
});
afterAll(() => app.close());

interface Operation {
  requestBody?: { content: Record<string, { schema: Schema }> };
  responses: Record<string, { content?: Record<string, { schema: Schema }> }>;
}

const ID = '019ab3c4-5d6e-7f80-9a1b-2c3d4e5f6071';
const VALUES = [ID, 1, true, null, { id: ID }];

/** All that is stored, but for what a refusal itself writes. */
async function everything(): Promise<string> {
  const { rows } = await sql<{ name: string }>`
    select c.relname as name from pg_class c
    where c.relnamespace = current_schema()::regnamespace and c.relkind = 'r'
      and c.relname not in ('audit_entries', 'api_keys') order by 1`.execute(app.ctx.db);
  const sums: string[] = [];
  for (const { name } of rows) {
    const { rows: found } = await sql<{ sum: string }>`
      select coalesce(md5(string_agg(t::text, '' order by t::text)), '') as sum
      from ${sql.table(name)} t`.execute(app.ctx.db);
    sums.push(`${name} ${found[0]!.sum}`);
  }
  return sums.join('\n');
}

test('a field that is the server’s own is refused in every body, by name, and changes nothing', async () => {
  expect(routes.length).toBeGreaterThan(15);
  for (const field of ['id', 'version', 'demo', 'createdAt', 'lastUsedAt', 'recordedAt', 'actor'])
    expect(owned).toContain(field);
  const before = await everything();
  let sent = 0;
  for (const { method, url, takes, example } of routes)
    for (const field of owned.filter((each) => !takes.has(each))) {
      const reply = await app.app.inject({
        method,
        url,
        payload: JSON.stringify({ ...example, [field]: VALUES[sent % VALUES.length] }),
        headers: {
          authorization: `Bearer ${app.adminKey}`,
          'content-type': 'application/json',
          'if-match': '*',
        },
      });
      sent += 1;
      if (reply.statusCode === 404 && url.includes(ID)) continue;
      const pointers = expectProblem(reply, 400).errors?.map(({ pointer }) => pointer);
      expect({ url, pointers }).toEqual({ url, pointers: expect.arrayContaining([`/${field}`]) });
    }
  process.stderr.write(`injection: ${sent} bodies, ${owned.length} fields\n`);
  expect(sent).toBeGreaterThan(1_000);
  expect(await everything()).toBe(before);
});
