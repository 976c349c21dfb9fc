import type { FastifyReply, FastifyRequest } from 'fastify';
import type { z } from 'zod';
import { QuarantinedError, REBUILD, type StoredFault } from '../errors.ts';

/** Where a page of a list begins, and how it is closed. Rows are ordered by a unique key. */
export interface Page<Key> {
  limit: number;
  /** The key of the last row of the page before; null on the first page. */
  after: Key | null;
  /** Rows to fetch: one more than the page holds tells whether another follows. */
  fetch: number;
  /** Leaves out and sets aside what can't be shown as it is stored, and says so. */
  close<Row, Item>(
    rows: Row[],
    keyOf: (row: Row) => Key,
    itemOf: (row: Row) => Item,
  ): { data: Item[]; nextCursor: string | null; warnings?: Warning[] };
}

interface Warning {
  code: string;
  detail: string;
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
      const data: ReturnType<typeof itemOf>[] = [];
      let leftOut = 0;
      for (const row of shown) {
        try {
          data.push(itemOf(row));
        } catch (error) {
          request.server.setAside(faultOfItem(request.routeOptions.url, row, error));
          leftOut += 1;
        }
      }
      return { data, nextCursor, ...(leftOut > 0 && { warnings: [leavesOut(leftOut)] }) };
    },
  };
}

/** What a list says of items that it can't show. */
export const leavesOut = (count: number): Warning => ({
  code: 'quarantined',
  detail: `${count} of this page can't be shown as they are stored, and are left out; GET /v1/quarantine tells which.`,
});

/** An item that can't be shown, as something to be mended. */
function faultOfItem(url: string | undefined, row: unknown, error: unknown): QuarantinedError {
  if (error instanceof QuarantinedError) return error;
  const { name, message } = error as Error;
  const reason = `It can't be shown (${name}: ${message}).`;
  return new QuarantinedError(itemFault(url, row, reason), { cause: error });
}

/** @param url the list's pattern, such as `/v1/people` */
export function itemFault(url: string | undefined, item: unknown, reason: string): StoredFault {
  const { id, code, rcdts, version } = (item ?? {}) as Record<string, unknown>;
  const list = url?.replace('/v1/', '').replace(/\/:.*/, '') ?? '';
  const subject = `${list}/${id ?? code ?? rcdts ?? version ?? '?'}`;
  // What was witnessed is never changed, by no command either.
  const remedy = list === 'audit' ? 'npm run restore -- FILE' : REBUILD;
  return { kind: 'row', subject, reason, remedy };
}

function linkTo(request: FastifyRequest, cursor: string): string {
  const url = new URL(request.url, 'http://localhost');
  url.searchParams.set('cursor', cursor);
  return `<${request.server.base}${url.pathname}${url.search}>; rel="next"`;
}
