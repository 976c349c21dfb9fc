import type { RouteOptions } from 'fastify';
import { problem } from './problems.ts';

/** A route's schema on its way into the document: JSON schemas by part. */
type Schema = Record<string, unknown> & {
  response?: Record<string, unknown>;
  body?: { required?: unknown };
};

/** Adds what holds for a route by convention: headers of request and reply, and what can go wrong. */
export function describeConventions(
  { route }: { route: RouteOptions },
  { schema, url }: { schema: unknown; url: string },
): { schema: never; url: string } {
  const given = schema as Schema | undefined;
  if (!given || given.hide === true) return { schema: schema as never, url };
  const described: Schema = {
    ...given,
    headers: requestHeaders(route),
    response: {
      ...Object.fromEntries(
        Object.entries(given.response ?? {}).map(([status, reply]) => [
          status,
          { description: SUCCESS[status], ...(reply as object), ...replyHeaders(route, status) },
        ]),
      ),
      ...(route.config?.etag && isGet(route) ? { 304: NOT_MODIFIED } : {}),
      ...Object.fromEntries(
        failures(route).map(([status, code]) => [status, failure(status, code)]),
      ),
    },
    ...(route.config?.policy === 'public' ? { security: [] } : {}),
  };
  return { schema: described as never, url };
}

/** A body none of whose fields is required may be left out. */
export function tidyOperations(document: Record<string, unknown>) {
  const { schemas } = document.components as { schemas: Record<string, BodySchema> };
  const operations = Object.values(document.paths as Record<string, Record<string, Operation>>);
  for (const { requestBody } of operations.flatMap((path) => Object.values(path))) {
    const schema = requestBody?.content['application/json']?.schema;
    const whole = schema?.$ref ? schemas[schema.$ref.split('/').at(-1)!] : schema;
    if (requestBody && whole)
      requestBody.required = (whole.required ?? []).length > 0 || (whole.minProperties ?? 0) > 0;
  }
  return document;
}

interface Operation {
  requestBody?: {
    required: boolean;
    content: Record<string, { schema?: BodySchema }>;
  };
}

interface BodySchema {
  $ref?: string;
  required?: string[];
  minProperties?: number;
}

const isGet = (route: RouteOptions) => [route.method].flat().includes('GET');
const isPost = (route: RouteOptions) => [route.method].flat().includes('POST');

function requestHeaders(route: RouteOptions): Record<string, unknown> {
  const properties = {
    ...(isPost(route) && {
      'Idempotency-Key': {
        type: 'string',
        minLength: 1,
        maxLength: 255,
        description: 'Makes the call safe to repeat for 24 hours. A UUID is a good one.',
      },
    }),
    ...(route.config?.ifMatch && {
      'If-Match': {
        type: 'string',
        description: 'The ETag that this write is meant for, or `*`. Needed: without it, 428.',
      },
    }),
    ...(route.config?.etag &&
      isGet(route) && {
        'If-None-Match': {
          type: 'string',
          description: 'An ETag; 304 when nothing has changed since.',
        },
      }),
  };
  return { type: 'object', properties, required: route.config?.ifMatch ? ['If-Match'] : [] };
}

function replyHeaders(route: RouteOptions, status: string): { headers?: object } {
  const headers = {
    ...(route.config?.etag && {
      ETag: { type: 'string', description: 'Names this version of the resource.' },
    }),
    ...(status === '201' && {
      Location: { type: 'string', description: 'Address of what was created.' },
    }),
    ...(isPost(route) && {
      'Idempotency-Replayed': {
        type: 'string',
        description: '`true` when the answer is that of an earlier, equal request.',
      },
    }),
  };
  return Object.keys(headers).length > 0 ? { headers } : {};
}

const SUCCESS: Record<string, string> = {
  200: 'Done; here it is.',
  201: 'It was created.',
  202: 'It was taken up and goes on in the background.',
  204: 'Done; there is nothing to say.',
};

const NOT_MODIFIED = { type: 'null', description: 'Nothing has changed since that ETag.' };

type Failure = [status: number, code: string];

function failures(route: RouteOptions): Failure[] {
  const { policy, ifMatch, namesOthers } = route.config ?? {};
  const when = (holds: unknown, ...list: Failure[]) => (holds ? list : []);
  return [
    [400, 'invalid-input'],
    ...when(policy !== 'public', [401, 'unauthenticated'], [403, 'forbidden']),
    ...when(route.url.includes(':') || namesOthers, [404, 'not-found']),
    ...when(hasSeveralTypes(route), [406, 'not-acceptable']),
    ...when(!isGet(route), [409, 'conflict']),
    ...when(ifMatch, [412, 'stale-version']),
    ...when(!isGet(route), [413, 'body-too-large'], [415, 'unsupported-media-type']),
    ...when(isPost(route), [422, 'idempotency-key-reused']),
    ...when(ifMatch, [428, 'precondition-required']),
    [429, 'too-many-requests'],
    [500, 'internal-error'],
    [503, 'unavailable'],
  ];
}

function hasSeveralTypes({ schema }: RouteOptions): boolean {
  const { 200: reply } = (schema?.response ?? {}) as Record<string, { content?: object }>;
  return Object.keys(reply?.content ?? {}).length > 1;
}

const failure = (status: number, code: string) => ({
  description: MEANING[status],
  ...(status === 401 && {
    headers: { 'WWW-Authenticate': { type: 'string', description: 'How to authenticate.' } },
  }),
  ...((status === 429 || status === 503) && {
    headers: { 'Retry-After': { type: 'integer', description: 'Seconds to wait.' } },
  }),
  content: {
    'application/problem+json': {
      schema: { $ref: '#/components/schemas/Problem' },
      example: problem(status, code, MEANING[status]!, 'b5a9f1c2-6a3e-4a58-9d0e-2f7f1f0f3c11'),
    },
  },
});

const MEANING: Record<number, string> = {
  400: 'The request can’t be taken as it is; `errors` says why.',
  401: 'No valid API key, and nobody is signed in.',
  403: 'In scope, but not this role’s to do.',
  404: 'There is no such thing, or it is outside of the key’s scope.',
  406: 'None of the media types accepted can be made.',
  409: 'It contradicts the state of things.',
  412: 'It has changed since it was read.',
  413: 'The body is too large.',
  415: 'Another Content-Type is needed.',
  422: 'It was understood and is refused: bad rows of an import, or a reused Idempotency-Key.',
  428: 'If-Match is missing.',
  429: 'Too many requests.',
  500: 'Something went wrong here.',
  503: 'A dependency does not answer; try again in a moment.',
};
