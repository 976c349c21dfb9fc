import type { Context } from '../context.ts';
import { ownsTables } from '../db/serving-role.ts';
import type { Check } from './health.ts';

/** Warns of a server that could change the log itself, since it works by the owner's role. */
export const roleCheck = ({ db }: Pick<Context, 'db'>): Check => ({
  name: 'databaseRole',
  warnsOnly: true,
  run: async () => {
    if (await ownsTables(db))
      throw new Error(
        'the server owns its tables and could switch off what protects the logs; set MIGRATION_DATABASE_URL, and let DATABASE_URL name another role',
      );
  },
});
