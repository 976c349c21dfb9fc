import type { FastifySerializerCompiler } from 'fastify/types/schema.js';
import { z } from 'zod';
import { QuarantinedError } from '../errors.ts';
import type { App } from './app.ts';
import { itemFault, leavesOut } from './paging.ts';

type Compiler = FastifySerializerCompiler<z.ZodType>;

/**
 * A list of which one item is not as its schema has it leaves that one out and sets it aside, instead
 * of failing whole. What no schema describes never leaves, and is no fault of what is stored.
 */
export const listsGoOn =
  (compiler: Compiler, app: App): Compiler =>
  (route) => {
    const serialize = compiler(route);
    const item = itemOf(route.schema);
    if (!item) return route.method === 'GET' ? oneOf(route.url, serialize) : serialize;
    return (page) => {
      try {
        return serialize(page);
      } catch (error) {
        const { data, ...rest } = page as { data: unknown[]; warnings?: unknown[] };
        const faults = data.map((one) => item.safeEncode(one).error);
        const wrong = data.filter((_, at) => faults[at]);
        if (wrong.length === 0 || faults.some((fault) => fault && isOurs(fault))) throw error;
        for (const [at, fault] of faults.entries())
          if (fault) app.setAside(new QuarantinedError(faultAt(route.url, data[at], fault)));
        const warnings = [...(rest.warnings ?? []), leavesOut(wrong.length)];
        return serialize({ ...rest, data: data.filter((_, at) => !faults[at]), warnings });
      }
    };
  };

/** One thing that is asked for and is not as described is told of as one to be mended. */
const oneOf =
  (url: string, serialize: (one: unknown) => string): ((one: unknown) => string) =>
  (one) => {
    try {
      return serialize(one);
    } catch (cause) {
      const fault = (cause as Error).cause;
      if (!(fault instanceof z.core.$ZodError) || isOurs(fault)) throw cause;
      const reason = "It holds what can't be shown.";
      throw new QuarantinedError(itemFault(url, one, reason), { cause });
    }
  };

/** Whether the program has made something else than it describes, whatever is stored. */
const isOurs = ({ issues }: z.core.$ZodError): boolean =>
  issues.some(({ code }) => code === 'unrecognized_keys');

/** The schema of the items where it is that of a list. */
function itemOf(schema: unknown): z.ZodType | undefined {
  const { data } = schema instanceof z.ZodObject ? schema.shape : {};
  return data instanceof z.ZodArray && 'nextCursor' in (schema as z.ZodObject).shape
    ? (data.element as z.ZodType)
    : undefined;
}

function faultAt(url: string | undefined, item: unknown, { issues }: z.ZodError) {
  const where = issues.map(({ path }) => path.join('.')).join(', ');
  return itemFault(url, item, `It holds what can't be shown (${where}).`);
}
