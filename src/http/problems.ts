import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { OUTDATED, TAKEN_OVER } from '../db/writers.ts';
import {
  ConflictError,
  CursorExpiredError,
  DomainError,
  type Fault,
  ForbiddenError,
  InvalidInputError,
  NotFoundError,
  PreconditionRequiredError,
  QuarantinedError,
  StaleVersionError,
  UnprocessableError,
} from '../errors.ts';
import { isDatabaseGone } from './database-gone.ts';
import {
  MethodNotAllowedError,
  NotAcceptableError,
  RequestTimeoutError,
  SignInRefusedError,
  TooLargeError,
  TooManyRequestsError,
  UnauthenticatedError,
  UnavailableError,
  UnsupportedCharsetError,
  UnsupportedCodingError,
} from './http-errors.ts';

/** A problem document (RFC 9457): what every reply that is not 2xx or 3xx consists of. */
export interface Problem {
  /** Stable name of the kind of problem, as a URN. */
  type: string;
  title: string;
  status: number;
  /** What happened and what to do next. */
  detail: string;
  /** Stable, for programs. */
  code: string;
  requestId: string;
  /** The first hundred. */
  errors?: Fault[];
  /** How many there are. */
  errorsTotal?: number;
  [more: string]: unknown;
}

export const PROBLEM_TYPE = 'application/problem+json';

const statuses: [abstract new (...args: never[]) => DomainError, number][] = [
  [InvalidInputError, 400],
  [UnauthenticatedError, 401],
  [ForbiddenError, 403],
  [SignInRefusedError, 403],
  [NotFoundError, 404],
  [MethodNotAllowedError, 405],
  [NotAcceptableError, 406],
  [RequestTimeoutError, 408],
  [ConflictError, 409],
  [CursorExpiredError, 410],
  [StaleVersionError, 412],
  [TooLargeError, 413],
  [UnsupportedCharsetError, 415],
  [UnsupportedCodingError, 415],
  [UnprocessableError, 422],
  [PreconditionRequiredError, 428],
  [TooManyRequestsError, 429],
  [UnavailableError, 503],
  [QuarantinedError, 503],
];

/** The reply to a request that failed. Unexpected errors are logged whole and told as nothing. */
export function sendProblem(error: unknown, request: FastifyRequest, reply: FastifyReply): void {
  const { status, code, detail, details, headers } = answerTo(error);
  if (status >= 500) request.log.error({ err: error }, 'A request failed.');
  reply
    .code(status)
    .headers({ ...headers, 'x-request-id': request.id })
    .type(PROBLEM_TYPE)
    .send(JSON.stringify(problem(status, code, detail, request.id, details)));
}

export function problem(
  status: number,
  code: string,
  detail: string,
  requestId: string,
  details: Record<string, unknown> = {},
): Problem {
  const title = `${code.charAt(0).toUpperCase()}${code.slice(1).replaceAll('-', ' ')}`;
  const type = `urn:problem-type:planning-year:${code}`;
  const own = { type, title, status, detail, code, requestId };
  // Own members come first in the document, and win.
  return { ...own, ...details, ...own };
}

/** What a failure comes to, whatever form the reply takes. */
export interface Answer {
  status: number;
  code: string;
  detail: string;
  details: Record<string, unknown>;
  headers: Record<string, string>;
}

export function answerTo(error: unknown): Answer {
  if (error instanceof DomainError) {
    const status = statuses.find(([kind]) => error instanceof kind)?.[1];
    if (status !== undefined)
      return {
        status,
        code: error.code,
        detail: error.message,
        details: error.details,
        headers: headersOf(error),
      };
  }
  if ((error as { code?: unknown } | undefined)?.code === OUTDATED)
    return plain(503, 'outdated-release', TAKEN_OVER, { 'retry-after': '2' });
  if (isDatabaseGone(error))
    return plain(
      503,
      'unavailable',
      'The database does not answer, or can write nothing. Try again in a moment.',
      {
        'retry-after': '2',
      },
    );
  const refusal = refusals[(error as FastifyError | undefined)?.code ?? ''];
  if (refusal) return plain(...refusal);
  const status = (error as { statusCode?: unknown } | undefined)?.statusCode;
  if (typeof status === 'number' && status >= 400 && status < 500)
    return plain(status, 'bad-request', 'The request could not be read. Check how it is made.');
  return plain(
    500,
    'internal-error',
    'Something went wrong here. Try again; if it stays, tell the operator the requestId.',
  );
}

export const plain = (
  status: number,
  code: string,
  detail: string,
  headers: Record<string, string> = {},
): Answer => ({ status, code, detail, details: {}, headers });

function headersOf(error: DomainError): Record<string, string> {
  if (error instanceof UnauthenticatedError) return { 'www-authenticate': error.challenge };
  if (error instanceof MethodNotAllowedError) return { allow: error.allowed.join(', ') };
  if (error instanceof TooManyRequestsError)
    return { 'retry-after': String(error.retryAfterSeconds) };
  if (error instanceof UnavailableError) return { 'retry-after': '2' };
  // RFC 9110, 12.5.3.
  if (error instanceof UnsupportedCodingError) return { 'accept-encoding': 'gzip' };
  if (error instanceof RequestTimeoutError) return { connection: 'close' };
  // The next scan looks at it again.
  if (error instanceof QuarantinedError) return { 'retry-after': '60' };
  return {};
}

type Refusal = [status: number, code: string, detail: string];

const NO_GZIP: Refusal = [
  400,
  'bad-request',
  'The body is not whole, or is not gzip as Content-Encoding says. Compress it again, or send it plain.',
];

/** Refusals of the framework, and of what it reads by, in our words. */
const refusals: Record<string, Refusal> = {
  FST_ERR_CTP_INVALID_JSON_BODY: [
    400,
    'malformed-json',
    'The body is not valid JSON. Check quotes, commas and braces.',
  ],
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: [
    400,
    'bad-request',
    'The body is not as long as Content-Length says. Send it again.',
  ],
  FST_ERR_CTP_BODY_TOO_LARGE: [
    413,
    'body-too-large',
    'The body is too large: JSON may have 1 MiB, an imported file 32 MiB. Split it.',
  ],
  FST_ERR_CTP_INVALID_MEDIA_TYPE: [
    415,
    'unsupported-media-type',
    'This address does not take that Content-Type. Use application/json, or text/csv for an import.',
  ],
  Z_DATA_ERROR: NO_GZIP,
  Z_BUF_ERROR: NO_GZIP,
  FST_ERR_BAD_URL: [404, 'not-found', 'There is nothing at this address: it is not well formed.'],
  FST_ERR_MAX_PARAM_LENGTH: [404, 'not-found', 'There is nothing at this address.'],
};
