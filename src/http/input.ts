import type { FastifyBodyParser, FastifyRequest } from 'fastify';
import { InvalidInputError } from '../errors.ts';
import type { App } from './app.ts';
import { UnsupportedCharsetError } from './http-errors.ts';
import { requireModest } from './modest.ts';
import { faultsOfText } from './strings.ts';

const MIB = 1024 * 1024;
export const JSON_LIMIT = MIB;
const CSV_LIMIT = 32 * MIB;
const FORM_LIMIT = 16 * 1024;
/** A report holds at most the mail that it is about. */
const MAIL_LIMIT = 2 * MIB;

/**
 * Reads bodies: JSON everywhere, other types only where a room asks for them. Keeps the bytes for the
 * fingerprint of a request, takes a missing body for `{}`, and refuses text that can't be stored.
 */
export function installInput(app: App): void {
  app.decorateRequest('rawBody', null);
  app.removeAllContentTypeParsers();
  app.addContentTypeParser<Buffer>(
    'application/json',
    { parseAs: 'buffer', bodyLimit: JSON_LIMIT },
    readJson(app),
  );

  app.addHook('preValidation', async (request) => {
    if (request.raw.headers.host === undefined && request.raw.httpVersion === '1.1')
      throw new InvalidInputError('Say with a Host header for whom this is.', [
        { pointer: 'Host', detail: 'is missing' },
      ]);
    const { schema } = request.routeOptions;
    if (request.body === undefined && schema?.body) request.body = {};
    else if (request.body !== undefined && !schema?.body && !request.is404)
      throw new InvalidInputError('This takes no body. Send it without one.');
    const faults = [
      ...faultsOfText(request.query).map((fault) => ({
        ...fault,
        pointer: fault.pointer.replaceAll('/', '?'),
      })),
      ...(typeof request.body === 'object' ? faultsOfText(request.body) : []),
    ];
    if (faults.length > 0)
      throw new InvalidInputError('Some of the text cannot be stored; see errors.', faults);
  });
}

function readJson(app: App): FastifyBodyParser<Buffer> {
  const parseJson = app.getDefaultJsonParser('error', 'error');
  return (request, body, done) => {
    request.rawBody = body;
    if (body.length === 0) return done(null, undefined);
    requireModest(body);
    parseJson(request, textOf(request, body), done);
  };
}

/** Within this scope JSON may also be called text, as Amazon SNS does. */
export function acceptJsonAsText(scope: App): void {
  scope.addContentTypeParser<Buffer>(
    'text/plain',
    { parseAs: 'buffer', bodyLimit: JSON_LIMIT },
    readJson(scope),
  );
}

/**
 * Within this scope bodies are CSV files and nothing else. A handler gets the text, without a byte
 * order mark.
 */
export function acceptCsv(scope: App): void {
  scope.removeAllContentTypeParsers();
  scope.addContentTypeParser<Buffer>(
    'text/csv',
    { parseAs: 'buffer', bodyLimit: CSV_LIMIT },
    (request, body, done) => {
      request.rawBody = body;
      requireText(body);
      done(null, textOf(request, body));
    },
  );
}

/**
 * Within this scope bodies are forms of our own pages and nothing else. A handler gets the fields.
 *
 * @param bodyLimit in bytes: more than what is typed, since most letters of the world take up to nine
 */
export function acceptForms(scope: App, bodyLimit = FORM_LIMIT): void {
  scope.removeAllContentTypeParsers();
  scope.addContentTypeParser<Buffer>(
    'application/x-www-form-urlencoded',
    { parseAs: 'buffer', bodyLimit },
    (_request, body, done) => done(null, fieldsOf(utf8(body))),
  );
}

/** Browsers end each line with two characters where whoever typed it counts one. */
const fieldsOf = (form: string): Record<string, string> =>
  Object.fromEntries(
    [...new URLSearchParams(form)].map(([name, value]) => [name, value.replaceAll('\r\n', '\n')]),
  );

/**
 * Within this scope bodies are mails and nothing else. A handler gets one character for each byte,
 * since a mail may be in several encodings.
 */
export function acceptMail(scope: App): void {
  scope.removeAllContentTypeParsers();
  scope.addContentTypeParser<Buffer>(
    ['message/rfc822', 'multipart/report'],
    { parseAs: 'buffer', bodyLimit: MAIL_LIMIT },
    (request, body, done) => {
      request.rawBody = body;
      done(null, body.toString('latin1'));
    },
  );
}

/**
 * Names what spreadsheets save beside CSV, by its first bytes.
 *
 * @throws UnsupportedCharsetError when it is no text in UTF-8
 */
function requireText(body: Buffer): void {
  const start = body.subarray(0, 4).toString('latin1');
  if (/^(?:\xff\xfe|\xfe\xff|[^\0]\0[^\0]\0|\0[^\0]\0[^\0])/.test(start))
    throw new UnsupportedCharsetError('UTF-16 (what Excel calls "Unicode Text")');
  if (start === 'PK\x03\x04' || start === '\xd0\xcf\x11\xe0')
    throw new UnsupportedCharsetError('the format of a workbook (.xlsx, .xls or .ods)');
}

/** @throws UnsupportedCharsetError when it says that it is in another encoding, or is */
function textOf({ headers }: FastifyRequest, body: Buffer): string {
  const [, charset = 'utf-8'] =
    /;\s*charset="?([^";\s]*)/i.exec(headers['content-type'] ?? '') ?? [];
  if (!/^utf-?8$/i.test(charset)) throw new UnsupportedCharsetError(charset);
  return utf8(body);
}

/** @throws InvalidInputError when the bytes are not UTF-8. Drops a byte order mark. */
function utf8(bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new InvalidInputError(
      'The body is not valid UTF-8; it may be Windows-1252, which Excel writes as plain "CSV". Save the file as "CSV UTF-8" and send it again.',
    );
  }
}
