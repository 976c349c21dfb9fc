import type { FastifyRequest } from 'fastify';
import type { Context } from '../context.ts';
import { ForbiddenError, NotFoundError } from '../errors.ts';
import { authenticate } from '../http/authenticate.ts';
import { UnauthenticatedError } from '../http/http-errors.ts';

/**
 * Lets only an administrator on this machine pass: for pages that a browser asks for, which knows
 * HTTP Basic and no Bearer. The key is the password; the user's name does not matter. Basic is taken
 * nowhere else, since a browser would send it along with whatever another site makes it ask for.
 */
export const localAdministrator =
  (ctx: Context) =>
  async (request: FastifyRequest): Promise<void> => {
    if (!isLocal(request)) throw new NotFoundError('There is nothing at this address.');
    try {
      const key = passwordIn(request.headers.authorization);
      request.actor = await authenticate(ctx, key && `Bearer ${key}`);
    } catch (error) {
      if (!(error instanceof UnauthenticatedError)) throw error;
      const told = "Give an administrator's key as the password; any user name will do.";
      throw new UnauthenticatedError(told, error.whose, BASIC);
    }
    if (!request.actor.grants.some(({ role }) => role === 'administrator'))
      throw new ForbiddenError("The mails are an administrator's to read. Use such a key.");
  };

const BASIC = 'Basic realm="Mails: the key is the password", charset="UTF-8"';

/** From this machine, and not handed on by a proxy on it. */
const isLocal = ({ socket, headers }: FastifyRequest): boolean =>
  /^(::ffff:)?127\.|^::1$/.test(socket.remoteAddress ?? '') &&
  ['forwarded', 'x-forwarded-for', 'x-real-ip', 'via'].every((name) => headers[name] === undefined);

function passwordIn(header: string | undefined): string | undefined {
  const [, encoded] = /^Basic +(\S+) *$/i.exec(header ?? '') ?? [];
  if (encoded === undefined) return undefined;
  const text = Buffer.from(encoded, 'base64').toString();
  return text.slice(text.indexOf(':') + 1);
}
