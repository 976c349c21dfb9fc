import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type ThreeSchools, threeSchools } from '../policy/support/three-schools.ts';

/** What the document does not name, no reply carries; looked up by a reader of its own. */

interface Schema {
  $ref?: string;
  properties?: Record<string, Schema>;
  additionalProperties?: boolean | Schema;
  anyOf?: Schema[];
  oneOf?: Schema[];
  allOf?: Schema[];
  items?: Schema;
}

let world: ThreeSchools;
let schemas: Record<string, Schema>;
let paths: Record<string, { get?: { responses: Record<string, Reply> } }>;
interface Reply {
  content?: Record<string, { schema: Schema }>;
}

beforeAll(async () => {
  world = await threeSchools();
  const document = world.api.app.swagger() as unknown as {
    paths: typeof paths;
    components: { schemas: Record<string, Schema> };
  };
  schemas = document.components.schemas;
  paths = document.paths;
});
afterAll(() => world.api.close());

let looked = 0;

/** The fields of a value that none of its schemas names. */
function unnamed(value: unknown, given: Schema, at = ''): string[] {
  const schema = given.$ref ? schemas[given.$ref.split('/').at(-1)!]! : given;
  const choices = schema.anyOf ?? schema.oneOf ?? schema.allOf;
  if (choices)
    return choices
      .map((choice) => unnamed(value, choice, at))
      .sort((a, b) => a.length - b.length)[0]!;
  if (Array.isArray(value))
    return value.flatMap((each, n) => unnamed(each, schema.items ?? {}, `${at}/${n}`));
  if (value === null || typeof value !== 'object') return [];
  return Object.entries(value).flatMap(([name, inner]) => {
    looked += 1;
    const about = schema.properties?.[name] ?? schema.additionalProperties;
    if (about === undefined && !schema.properties) return [];
    if (about === undefined || about === false) return [`${at}/${name}`];
    return about === true ? [] : unnamed(inner, about, `${at}/${name}`);
  });
}

test('no reply holds a field that its schema does not name', async () => {
  const { api, program, things, feeds } = world;
  const named: Record<string, string> = { '/v1/programs/': program, '/v1/vendors/': 'V-1' };
  for (const [prefix, [thing]] of Object.entries(things.own)) named[prefix] ??= thing!.name;
  let replies = 0;
  for (const [path, { get }] of Object.entries(paths)) {
    const schema = get?.responses['200']?.content?.['application/json']?.schema;
    const name = named[path.slice(0, path.indexOf('{'))];
    if (!schema || (path.includes('{') && name === undefined)) continue;
    const query = path.endsWith('/preview') ? '?from=2026-11-10&to=2026-12-31' : '';
    const address = path
      .replace('{year}', '2026-27')
      .replace('{feed}', feeds[name ?? ''] ?? '')
      .replace(/\{[^}]+\}/, name ?? '');
    const url = address + query;
    const reply = await api.admin.get(url);
    expect([url, reply.statusCode]).toEqual([url, 200]);
    expect({ url, unnamed: unnamed(reply.json(), schema) }).toEqual({ url, unnamed: [] });
    replies += 1;
  }
  process.stderr.write(`replies: ${replies} addresses, ${looked} fields, 0 outside their schema\n`);
  expect(replies).toBeGreaterThan(25);
  expect(looked).toBeGreaterThan(2_000);
});
