import { createHmac, timingSafeEqual } from 'node:crypto';
import type { z } from 'zod';
import type { Context } from '../context.ts';
import { keptSecret } from '../db/kept-secret.ts';
import { InvalidInputError } from '../errors.ts';
import type { App } from './app.ts';

/** Places in lists, as callers carry them from one page to the next. */
export interface Cursors {
  /** @param list the list and its filters: a cursor is good for no other */
  make(key: unknown, list: string): string;
  /** @throws InvalidInputError unless {@link make} made it, on any server of the installation, for this list */
  read<Key>(cursor: string, list: string, key: z.ZodType<Key>, pointer?: string): Key;
  /** What a cursor says that need not be ours, to tell whose it is and for nothing else. */
  claimed<Key>(cursor: string, key: z.ZodType<Key>): Key | undefined;
}

/**
 * Lets routes make and read cursors, by `app.cursors`. They are signed with a secret of the
 * installation, which is asked for before the first list is.
 */
export function installCursors(app: App, ctx: Context): void {
  let secret: Buffer | undefined;
  app.decorate(
    'cursors',
    signedCursors(() => secret!),
  );
  app.addHook('onRoute', (route) => {
    if (!PLACES.some((name) => Object.hasOwn(fieldsOf(route.schema?.querystring), name))) return;
    route.preHandler = [
      async () => {
        secret ??= await keptSecret(ctx.db, 'cursors', ctx.clock.now());
      },
      ...[route.preHandler ?? []].flat(),
    ];
  });
}

/** Query parameters that take a cursor. */
const PLACES = ['cursor', 'since'];

const fieldsOf = (query: unknown): object => (query as { shape?: object } | undefined)?.shape ?? {};

/** @param secret asked for whenever a cursor is made or read */
function signedCursors(secret: () => Buffer): Cursors {
  const signature = (text: Buffer, list: string): Buffer =>
    createHmac('sha256', secret()).update(`${list}\0`).update(text).digest().subarray(0, BYTES);
  return {
    make(key, list) {
      const text = Buffer.from(JSON.stringify(key));
      return Buffer.concat([signature(text, list), text]).toString('base64url');
    },
    read(cursor, list, key, pointer = '?cursor') {
      const bytes = Buffer.from(cursor, 'base64url');
      const signed = bytes.subarray(0, BYTES);
      const text = bytes.subarray(BYTES);
      const isWhole = signed.length === BYTES && bytes.toString('base64url') === cursor;
      if (!isWhole || !timingSafeEqual(signed, signature(text, list))) throw notOurs(pointer);
      const read = key.safeParse(parsed(text));
      if (!read.success) throw notOurs(pointer);
      return read.data;
    },
    claimed: (cursor, key) =>
      key.safeParse(parsed(Buffer.from(cursor, 'base64url').subarray(BYTES))).data,
  };
}

const BYTES = 16;

function parsed(text: Buffer): unknown {
  try {
    return JSON.parse(text.toString());
  } catch {
    return undefined;
  }
}

const notOurs = (pointer: string) =>
  new InvalidInputError('Use nextCursor of the page before, or leave the cursor out.', [
    { pointer, detail: 'is no cursor of this list with these filters' },
  ]);
