import { createHash, timingSafeEqual } from 'node:crypto';
import { type Actor, actorWith } from '../actor.ts';
import type { Context, Db } from '../context.ts';
import { kindOf } from '../programs/kind-of.ts';
import { todayOf } from '../programs/today.ts';
import { UnauthenticatedError } from './http-errors.ts';

/**
 * Who an `Authorization` header stands for. Keys are looked up anew on every request, so that one
 * that is revoked, by whatever process, is refused from then on.
 *
 * @throws UnauthenticatedError when there is no key, or it is unknown, expired or revoked
 */
export async function authenticate(ctx: Context, header: string | undefined): Promise<Actor> {
  const key = /^Bearer +(\S+) *$/i.exec(header ?? '')?.[1];
  if (key === undefined)
    throw new UnauthenticatedError(
      'This needs an API key: send "Authorization: Bearer KEY". An administrator makes keys. People sign in at /sign-in.',
    );
  const hash = hashOfKey(key);
  const { bootstrapKey } = ctx.config;
  if (bootstrapKey !== null && timingSafeEqual(hash, hashOfKey(bootstrapKey))) return bootstrap;

  const row = await keyByHash(ctx.db, hash);
  const now = ctx.clock.now();
  const kind = row && kindOf(ctx.programs, row.role, row.program);
  if (
    !row ||
    !kind ||
    !timingSafeEqual(hash, row.hash) ||
    row.revokedAt !== null ||
    row.expiresOn < todayOf(ctx.programs, row.program, now)
  )
    throw new UnauthenticatedError(
      'This API key is not valid: it is unknown, revoked or expired. Ask an administrator for another.',
    );
  if (row.lastUsedAt === null || now.getTime() - row.lastUsedAt.getTime() >= NOTED_EVERY)
    void noteUse(ctx.db, row.id, now).catch((err) =>
      ctx.log.warn({ err }, "A key's use was not noted."),
    );
  const { id, role, program, scope } = row;
  return actorWith(`key:${id}`, { kind, role, program, scope });
}

/** What is stored of a key. Keys are random and long, so a plain digest can't be guessed back. */
export const hashOfKey = (key: string): Buffer => createHash('sha256').update(key).digest();

/** Whoever holds the key of the settings: for first set-up and tests. */
export const bootstrap = actorWith('bootstrap', {
  kind: 'state',
  role: 'administrator',
  program: null,
  scope: { all: true },
});

const keyByHash = (db: Db, hash: Buffer) =>
  db
    .selectFrom('apiKeys')
    .select(['id', 'hash', 'role', 'program', 'scope', 'expiresOn', 'revokedAt', 'lastUsedAt'])
    .where('hash', '=', hash)
    .executeTakeFirst();

const NOTED_EVERY = 60_000;

async function noteUse(db: Db, id: string, now: Date): Promise<void> {
  await db
    .updateTable('apiKeys')
    .set({ lastUsedAt: now })
    .where('id', '=', id)
    .where((eb) =>
      eb.or([
        eb('lastUsedAt', 'is', null),
        eb('lastUsedAt', '<=', new Date(now.getTime() - NOTED_EVERY)),
      ]),
    )
    .execute();
}
