const PREFIX = '#/components/schemas/';
type Document = Record<string, unknown>;
type Schemas = Record<string, unknown>;

/**
 * Every named schema comes twice, as a reply holds it (`X`) and as a request may bring it (`XInput`).
 * Where the two are one, keeps `X` alone; drops what nothing refers to.
 */
export function tidySchemas(document: Document): Document {
  const components = (document.components ?? {}) as { schemas?: Schemas };
  const schemas = closedTuples(components.schemas ?? {});
  const twins = equalTwins(schemas);
  const merged = renameRefs(
    { ...document, components: { ...components, schemas: without(schemas, twins) } },
    (name) => (twins.has(name) ? name.slice(0, -INPUT.length) : name),
  );
  return withPlainNames(withUsedSchemasOnly(merged));
}

/**
 * Zod closes a list of fixed length twice, by `maxItems` and by `items: false`. Tools that look for a
 * schema under `items` stumble over the second, so the first has to do.
 */
function closedTuples<T>(value: T): T {
  if (Array.isArray(value)) return value.map(closedTuples) as T;
  if (typeof value !== 'object' || value === null) return value;
  const { maxItems, items } = value as { maxItems?: number; items?: unknown };
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [
      key,
      key === 'items' && items === false && maxItems !== undefined ? {} : closedTuples(item),
    ]),
  ) as T;
}

/** `XInput` becomes `X` where no reply holds an `X`. */
function withPlainNames(document: Document): Document {
  const components = document.components as { schemas: Schemas };
  const plain = (name: string) => {
    const short = name.endsWith(INPUT) ? name.slice(0, -INPUT.length) : name;
    return short in components.schemas ? name : short;
  };
  const schemas = Object.fromEntries(
    Object.entries(components.schemas).map(([name, schema]) => [plain(name), schema]),
  );
  return renameRefs({ ...document, components: { ...components, schemas } }, plain);
}

const INPUT = 'Input';

/** Names `XInput` that say the same as `X`, counting inner twins as the same until one differs. */
function equalTwins(schemas: Schemas): Set<string> {
  const twins = new Set(
    Object.keys(schemas).filter(
      (name) => name.endsWith(INPUT) && name.slice(0, -INPUT.length) in schemas,
    ),
  );
  for (let size = -1; size !== twins.size; ) {
    size = twins.size;
    const plain = (schema: unknown) =>
      JSON.stringify(
        renameRefs(schema, (name) => (twins.has(name) ? name.slice(0, -INPUT.length) : name)),
      );
    for (const name of [...twins])
      if (plain(schemas[name]) !== plain(schemas[name.slice(0, -INPUT.length)])) twins.delete(name);
  }
  return twins;
}

function withUsedSchemasOnly(document: Document): Document {
  const components = document.components as { schemas: Schemas };
  const used = new Set<string>();
  const visit = (value: unknown): void => {
    renameRefs(value, (name) => {
      if (!used.has(name)) {
        used.add(name);
        visit(components.schemas[name]);
      }
      return name;
    });
  };
  visit(document.paths);
  const unused = Object.keys(components.schemas).filter((name) => !used.has(name));
  return {
    ...document,
    components: { ...components, schemas: without(components.schemas, new Set(unused)) },
  };
}

const without = (schemas: Schemas, names: Set<string>): Schemas =>
  Object.fromEntries(Object.entries(schemas).filter(([name]) => !names.has(name)));

function renameRefs<T>(value: T, rename: (name: string) => string): T {
  if (Array.isArray(value)) return value.map((item) => renameRefs(item, rename)) as T;
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [
      key,
      key === '$ref' && typeof item === 'string' && item.startsWith(PREFIX)
        ? PREFIX + rename(item.slice(PREFIX.length))
        : renameRefs(item, rename),
    ]),
  ) as T;
}
