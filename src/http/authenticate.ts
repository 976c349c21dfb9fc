import { timingSafeEqual } from 'node:crypto';
import { type Actor, actorWith, type Grant } from '../actor.ts';
import type { Context, Db } from '../context.ts';
import { type Lookup, lookUp } from '../db/gathered.ts';
import type { KeyScope } from '../db/tables.ts';
import { isNarrow } from '../policy/table.ts';
import { kindOf } from '../programs/kind-of.ts';
import { todayOf } from '../programs/today.ts';
import { UnauthenticatedError } from './http-errors.ts';
import { hashOfSecret } from './secrets.ts';

/**
 * Who an `Authorization` header stands for. Keys are looked up anew for every request, together with
 * those of other requests of the moment, so that one that is revoked, by whatever process, is refused
 * from then on.
 *
 * @throws UnauthenticatedError when there is no key, or it is unknown, expired or revoked
 */
export async function authenticate(ctx: Context, header: string | undefined): Promise<Actor> {
  const key = keyIn(header);
  if (key === undefined)
    throw new UnauthenticatedError(
      'This needs an API key: send "Authorization: Bearer KEY". An administrator makes keys. People sign in at /sign-in.',
    );
  if (isKeyOfSettings(ctx, header)) return bootstrap;

  const row = await lookUp(ctx.db, keyByHash, hexOf(hashOfSecret(key)));
  const now = ctx.clock.now();
  const kind = row && kindOf(ctx.programs, row.role, row.program);
  if (
    !row ||
    !kind ||
    !mayCome(header, row.role) ||
    !isGood(row, kind, todayOf(ctx.programs, row.program, now))
  )
    throw new UnauthenticatedError(
      'This API key is not valid: it is unknown, revoked or expired, or its contract is not in force. Ask an administrator for another.',
      row ? `key:${row.id}` : null,
    );
  if (row.lastUsedAt === null || now.getTime() - row.lastUsedAt >= NOTED_EVERY)
    void noteUse(ctx.db, row.id, now).catch((err) =>
      ctx.log.warn({ err }, "A key's use was not noted."),
    );
  return actorOf(row, kind);
}

const keyIn = (header: string | undefined): string | undefined =>
  /^Bearer +(\S+) *$/i.exec(header ?? '')?.[1] ?? passwordIn(header);

/** Of Basic authentication (RFC 7617), the only kind that some providers can send. */
const passwordIn = (header: string | undefined): string | undefined => {
  const [, encoded] = /^Basic +([A-Za-z0-9+/]+={0,2}) *$/i.exec(header ?? '') ?? [];
  const pair = encoded === undefined ? '' : Buffer.from(encoded, 'base64').toString();
  return /^[^:]*:(\S+)$/.exec(pair)?.[1];
};

/** A browser sends a password by itself to wherever it was typed once, so it opens nothing but reports. */
const mayCome = (header: string | undefined, role: string): boolean =>
  passwordIn(header) === undefined || role === 'webhook';

/** Whether an `Authorization` header carries the key of the settings, which no database knows. */
export function isKeyOfSettings(
  { config: { bootstrapKey } }: Context,
  header: string | undefined,
): boolean {
  const key = keyIn(header);
  return (
    bootstrapKey !== null &&
    key !== undefined &&
    passwordIn(header) === undefined &&
    timingSafeEqual(hashOfSecret(key), hashOfSecret(bootstrapKey))
  );
}

/** A vendor's key is as good as the contract that it stands for; nobody else's stands for one. */
function isGood(
  { revoked, expiresOn, contract, scope }: StoredKey,
  kind: Grant['kind'],
  today: string,
): boolean {
  if (revoked || expiresOn < today || isNarrow(kind) !== (contract !== null)) return false;
  if (!isScope(scope)) return false;
  if (contract === null) return true;
  const { proposedOn, toOn } = contract;
  return proposedOn !== null && proposedOn <= today && (toOn === null || toOn >= today);
}

/** A key that is stored with another scope than these opens nothing. */
function isScope(scope: unknown): boolean {
  const [[reach, what] = ['', null], ...more] = Object.entries(scope ?? {});
  if (more.length > 0) return false;
  return reach === 'all'
    ? what === true
    : ['districts', 'schools'].includes(reach) &&
        Array.isArray(what) &&
        what.every((code) => typeof code === 'string');
}

/** One for all who were looked up together: what is worked out of an actor is worked out once. */
function actorOf(row: StoredKey, kind: Grant['kind']): Actor {
  const { id, role, program, scope } = row;
  const actor = actors.get(row) ?? actorWith(`key:${id}`, { kind, role, program, scope });
  actors.set(row, actor);
  return actor;
}

const actors = new WeakMap<StoredKey, Actor>();

/** Whoever holds the key of the settings: for first set-up and tests. */
export const bootstrap = actorWith('bootstrap', {
  kind: 'state',
  role: 'administrator',
  program: null,
  scope: { all: true },
});

/** As PostgreSQL writes bytes. */
const hexOf = (hash: Buffer): string => `\\x${hash.toString('hex')}`;

interface StoredKey {
  id: string;
  role: string;
  program: string | null;
  /** Of a key that stands for a contract, what that reaches. */
  scope: KeyScope;
  /** Null: it stands for none. Without dates: there is no such contract any more. */
  contract: { proposedOn: string | null; toOn: string | null } | null;
  expiresOn: string;
  revoked: boolean;
  /** Milliseconds of the epoch. */
  lastUsedAt: number | null;
}

const keyByHash: Lookup<StoredKey> = {
  names: 'bytea[]',
  text: `
    select hash::text as name, json_build_object('id', k.id, 'role', role, 'program', k.program,
      'scope', case when y.id is null then k.scope
        else jsonb_build_object(y.organization_kind || 's', jsonb_build_array(y.organization_code)) end,
      'contract', case when k.scope->'contract' is not null
        then json_build_object('proposedOn', c.proposed_on, 'toOn', c.to_on) end,
      'expiresOn', expires_on, 'revoked', revoked_at is not null,
      'lastUsedAt', extract(epoch from last_used_at) * 1000) as found
    from api_keys k
      left join contracts c on c.id = case
        when k.scope->>'contract' ~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$'
        then (k.scope->>'contract')::uuid end
      left join planning_years y on y.id = c.planning_year_id
    where hash = any(@names)`,
};

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
