import type { FastifyReply, FastifyRequest } from 'fastify';
import type { z } from 'zod';

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
 * A cursor carries the last key, signed together with the list and its filters: one of another list,
 * or one that was not made here, is refused.
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
  const { cursors } = request.server;
  const after = cursor === undefined ? null : cursors.read(cursor, list, key);
  return {
    limit,
    after,
    fetch: limit + 1,
    close(rows, keyOf, itemOf) {
      const shown = rows.slice(0, limit);
      const last = shown.at(-1);
      const nextCursor =
        rows.length > limit && last !== undefined ? cursors.make(keyOf(last), list) : null;
      if (nextCursor !== null) reply.header('link', linkTo(request, nextCursor));
      return { data: shown.map(itemOf), nextCursor };
    },
  };
}

function linkTo(request: FastifyRequest, cursor: string): string {
  const url = new URL(request.url, 'http://localhost');
  url.searchParams.set('cursor', cursor);
  return `<${url.pathname}${url.search}>; rel="next"`;
}
