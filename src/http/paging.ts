import { createHash, timingSafeEqual } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { z } from 'zod';
import { InvalidInputError } from '../errors.ts';

/** Where a page of a list begins, and how it is closed. Rows are ordered by a unique key. */
export interface Page<Key> {
  limit: number;
  /** The key of the last row of the page before; null on the first page. */
  after: Key | null;
  /** Rows to fetch: one more than the page holds tells whether another follows. */
  fetch: number;
  close<Row, Item>(
    rows: Row[],
    keyOf: (row: Row) => Key,
    itemOf: (row: Row) => Item,
  ): { data: Item[]; nextCursor: string | null };
}

/**
 * Opens the page that a request asks for. Paging goes by key, never by offset, so that a row that
 * does not change comes once however much is written meanwhile.
 *
 * A cursor carries the last key and a digest over it, the list and its filters: one of another list,
 * or one that was tampered with, is refused.
 *
 * @throws InvalidInputError when the cursor was not made for this list
 */
export function openPage<Key>(
  request: FastifyRequest,
  reply: FastifyReply,
  query: { limit: number; cursor?: string | undefined },
  key: z.ZodType<Key>,
): Page<Key> {
  const { limit, cursor, ...filters } = query;
  const list = JSON.stringify([request.routeOptions.url, request.params, filters]);
  const after = cursor === undefined ? null : readCursor(cursor, list, key);
  return {
    limit,
    after,
    fetch: limit + 1,
    close(rows, keyOf, itemOf) {
      const shown = rows.slice(0, limit);
      const last = shown.at(-1);
      const nextCursor =
        rows.length > limit && last !== undefined ? makeCursor(keyOf(last), list) : null;
      if (nextCursor !== null) reply.header('link', linkTo(request, nextCursor));
      return { data: shown.map(itemOf), nextCursor };
    },
  };
}

/** An opaque text for a place in a list, which {@link readCursor} takes back. */
export function makeCursor(key: unknown, list: string): string {
  const text = Buffer.from(JSON.stringify(key));
  return Buffer.concat([digest(text, list), text]).toString('base64url');
}

/** @throws InvalidInputError when the cursor was not made for this list */
export function readCursor<Key>(
  cursor: string,
  list: string,
  key: z.ZodType<Key>,
  pointer = '?cursor',
): Key {
  const bytes = Buffer.from(cursor, 'base64url');
  const text = bytes.subarray(DIGEST_BYTES);
  const made = bytes.subarray(0, DIGEST_BYTES);
  const whole = made.length === DIGEST_BYTES && bytes.toString('base64url') === cursor;
  if (whole && timingSafeEqual(made, digest(text, list))) {
    const parsed = key.safeParse(JSON.parse(text.toString()));
    if (parsed.success) return parsed.data;
  }
  const detail = 'is no cursor of this list with these filters';
  throw new InvalidInputError('Use nextCursor of the page before, or leave the cursor out.', [
    { pointer, detail },
  ]);
}

function linkTo(request: FastifyRequest, cursor: string): string {
  const url = new URL(request.url, 'http://localhost');
  url.searchParams.set('cursor', cursor);
  return `<${url.pathname}${url.search}>; rel="next"`;
}

const DIGEST_BYTES = 12;

const digest = (text: Buffer, list: string): Buffer =>
  createHash('sha256').update(`cursor\0${list}\0`).update(text).digest().subarray(0, DIGEST_BYTES);
