import { createHash } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { InvalidInputError, PreconditionRequiredError, StaleVersionError } from '../errors.ts';

/**
 * A strong tag such as `"v7"` or `"v7.ab12"`. The version is what a writer has to know; the suffix
 * stands for what a reader sees change without a write of the resource itself (the day, its tasks).
 *
 * @param suffix letters, digits, `-` and `_`
 */
export const etagOf = (version: number, ...suffix: string[]): string =>
  tagOf(`v${version}`, ...suffix);

/** A strong tag of any parts: for what has no version of its own. */
export const tagOf = (...parts: string[]): string => `"${parts.join('.')}"`;

/** A short name of a text, for the suffix of a tag. */
export const fingerprint = (text: string): string =>
  createHash('sha256').update(text).digest('hex').slice(0, 8);

/**
 * Refuses a write unless `If-Match` names this version. Only the version's part of a tag counts: what
 * the suffix tells of does not concern a writer, nor what a proxy has made of the tag on its way.
 *
 * @throws PreconditionRequiredError without `If-Match`
 * @throws StaleVersionError when none of its tags is of this version
 * @throws InvalidInputError when it is no list of tags
 */
export function requireMatch(request: FastifyRequest, version: number): void {
  const header = request.headers['if-match'];
  if (header === undefined)
    throw new PreconditionRequiredError(
      'Say which version this write is meant for: send If-Match with the ETag that you read, or *.',
      { currentVersion: version },
    );
  const tags = tagsOf(header, 'If-Match');
  const named = tags === '*' || tags.some((tag) => tag.replace(/[.].*"$/, '"') === etagOf(version));
  if (!named)
    throw new StaleVersionError(
      `If-Match does not name the current version, which is ${version}. Read it again, and write with its ETag.`,
      { currentVersion: version },
    );
}

/**
 * Puts the tag on the reply, and answers 304 when the caller has that very state already.
 *
 * @returns true when the reply is sent
 */
export function conditional(request: FastifyRequest, reply: FastifyReply, etag: string): boolean {
  reply.header('etag', etag);
  const known = isKnown(request.headers, etag);
  if (known) reply.code(304).send();
  return known;
}

/** Whether the caller has the state of this tag already. */
export function isKnown(headers: IncomingHttpHeaders, etag: string | undefined): boolean {
  const header = headers['if-none-match'];
  if (header === undefined || etag === undefined) return false;
  if (header === etag) return true;
  const tags = tagsOf(header, 'If-None-Match');
  return tags === '*' || tags.includes(etag);
}

/**
 * The tags of a header, as they were given out: a proxy that compresses calls a tag weak, or writes the
 * coding into it (`"v4-gzip"`: Apache, Caddy; `"v4--gzip"`: Jetty), and browsers send that back.
 */
function tagsOf(header: string, name: string): '*' | string[] {
  if (header.trim() === '*') return '*';
  const tags = header.match(/(?:W\/)?"[\x21\x23-\x7e\x80-\xff]*"/g) ?? [];
  const rest = header.replace(/(?:W\/)?"[\x21\x23-\x7e\x80-\xff]*"/g, '').replace(/[\s,]/g, '');
  if (tags.length === 0 || rest !== '')
    throw new InvalidInputError(`${name} is * or a list of ETags, each in double quotes.`, [
      { pointer: name, detail: 'must be the ETag as it came, with its quotes, or *' },
    ]);
  return tags.map((tag) => tag.replace(/^W\//, '').replace(CODING, '"'));
}

const CODING = /(?:--?|;)(?:gzip|br|zstd|deflate)"$/;
